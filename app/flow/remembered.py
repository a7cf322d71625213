"""What was found out lately, so that it need not be found out again."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """The last ``size`` values by name, those used longest ago forgotten first; safe for many threads."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Value] = OrderedDict()

    def get(self, name: str) -> Value | None:
        """``None`` where nothing was found out, or it was forgotten."""
        with self._lock:
            found = self._entries.get(name)
            if found is not None:
                self._entries.move_to_end(name)
            return found

    def put(self, name: str, value: Value) -> None:
        """Remember a value, in place of the one of the same name."""
        with self._lock:
            self._entries[name] = value
            self._entries.move_to_end(name)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
