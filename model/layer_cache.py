"""What was costly to make, such as decoded layers, by key and within a number of bytes: the least recently used goes
first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class LayerCache(Generic[Key, Value]):
    """May be used from any thread; what it holds is shared, and must not be changed by whoever gets it.

    The key names the content (a layer's SHA-256, say), so nothing in it ever becomes stale.

    Args:
        limit_bytes: all that is held is never more; what is larger by itself is given out and not held.
        size_of: the bytes of a value, asked once when it comes.
    """

    def __init__(self, limit_bytes: int, size_of: Callable[[Value], int]) -> None:
        self._limit_bytes = limit_bytes
        self._size_of = size_of
        self._lock = threading.Lock()
        self._held: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._nbytes = 0
        self._making: dict[Key, threading.Lock] = {}

    @property
    def nbytes(self) -> int:
        """Of all that is held."""
        return self._nbytes

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: Key) -> bool:
        return key in self._held

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """What is held under the key, made first where there is none: once, however many threads ask for it.

        Raises:
            Exception: whatever ``make`` raises; nothing is held then.
        """
        with self._lock:
            held = self._found(key)
            if held is not None:
                return held[0]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                held = self._found(key)
            if held is not None:
                return held[0]
            try:
                value = make()
                self._hold(key, value, self._size_of(value))
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return value

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._nbytes = 0

    def _found(self, key: Key) -> tuple[Value, int] | None:
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
        return held

    def _hold(self, key: Key, value: Value, size: int) -> None:
        with self._lock:
            if size > self._limit_bytes or key in self._held:
                return
            while self._nbytes + size > self._limit_bytes:
                _, (_, freed) = self._held.popitem(last=False)
                self._nbytes -= freed
            self._nbytes += size
            self._held[key] = value, size
