"""Things of which there are few, each used by one thread at a time, in the order in which threads ask."""

import threading
from collections import deque
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class NoneFree(Exception):
    """Nothing became free in time."""


class Places(Generic[Thing]):
    """What is free now, and who waits.

    A plain queue would let the thread that gives something back take it again before one that waits is awake: some
    would be served at once and others only after many.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[Thing] = []
        self._waiting: deque[_Waiter[Thing]] = deque()

    def take(self, patience_s: float) -> Thing:
        """What was given back last: it is the likeliest to have everything at hand.

        Raises:
            NoneFree: not within ``patience_s``.
        """
        with self._lock:
            if self._free:
                return self._free.pop()
            waiter: _Waiter[Thing] = _Waiter()
            self._waiting.append(waiter)
        if not waiter.called.wait(patience_s):
            with self._lock:
                if not waiter.called.is_set():
                    self._waiting.remove(waiter)
                    raise NoneFree
        return waiter.thing

    def give(self, thing: Thing) -> None:
        """It is free: who has waited longest gets it."""
        with self._lock:
            if self._waiting:
                waiter = self._waiting.popleft()
                waiter.thing = thing
                waiter.called.set()
            else:
                self._free.append(thing)


class _Waiter(Generic[Thing]):
    thing: Thing

    def __init__(self) -> None:
        self.called = threading.Event()
