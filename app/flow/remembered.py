"""What was found out lately, so that it need not be found out again."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """The last ``size`` values by name, those used longest ago forgotten first; safe for many threads.

    What was looked up before something was forgotten may be out of date: who looks up what can go takes the ``epoch``
    first and gives it to ``put``.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self.epoch = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Value] = OrderedDict()

    def get(self, name: str) -> Value | None:
        """``None`` where nothing was found out, or it was forgotten."""
        with self._lock:
            found = self._entries.get(name)
            if found is not None:
                self._entries.move_to_end(name)
            return found

    def put(self, name: str, value: Value, epoch: int | None = None) -> None:
        """Remember a value, in place of the one of the same name; not where something was forgotten since ``epoch``."""
        with self._lock:
            if epoch is not None and epoch != self.epoch:
                return
            self._entries[name] = value
            self._entries.move_to_end(name)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def forget(self, name: str | None) -> None:
        """It has gone; ``None``: any may have."""
        with self._lock:
            self.epoch += 1
            if name is None:
                self._entries.clear()
            else:
                self._entries.pop(name, None)
