"""Answers that can be given again as they are: immutable pictures, and renders of the same edit."""

import threading
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
Name: TypeAlias = tuple[str, ...]
"""Everything of a request that decides its answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 200 of a route; ``unchanged`` are the headers of the 304 for who has it already."""

    headers: Headers
    unchanged: Headers
    etag: str
    body: bytes
    route: object = None


class Kept:
    """At most ``max_bytes`` of bodies; those given longest ago go first. Safe for many threads.

    Every answer belongs to a resource, by its path, and is forgotten with it. What was asked for before something was
    forgotten is not kept afterwards: ``put`` takes the ``epoch`` of when the question came.
    """

    LARGEST_SHARE = 1 / 16
    """Of ``max_bytes`` that one body may take."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._answers: OrderedDict[Name, tuple[str, Answer]] = OrderedDict()
        self._of_resource: defaultdict[str, set[Name]] = defaultdict(set)
        self._bytes = 0
        self.epoch = 0

    @property
    def largest(self) -> int:
        """Bytes of the largest body that is kept."""
        return int(self._max_bytes * self.LARGEST_SHARE)

    def get(self, name: Name) -> Answer | None:
        with self._lock:
            found = self._answers.get(name)
            if found is None:
                return None
            self._answers.move_to_end(name)
            return found[1]

    def put(self, name: Name, resource: str, answer: Answer, epoch: int) -> None:
        if len(answer.body) > self.largest:
            return
        with self._lock:
            if epoch != self.epoch or name in self._answers:
                return
            self._answers[name] = resource, answer
            self._of_resource[resource].add(name)
            self._bytes += len(answer.body)
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._answers)))

    def forget(self, resource: str | None) -> None:
        """A resource has gone; ``None``: any may have."""
        with self._lock:
            self.epoch += 1
            names = list(self._answers) if resource is None else list(self._of_resource.get(resource, ()))
            for name in names:
                self._drop(name)

    def _drop(self, name: Name) -> None:
        resource, answer = self._answers.pop(name)
        self._bytes -= len(answer.body)
        names = self._of_resource[resource]
        names.discard(name)
        if not names:
            del self._of_resource[resource]
