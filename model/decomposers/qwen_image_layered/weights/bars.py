"""What the hub's library takes for progress bars: one that is silent, and one that counts bytes for somebody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

OnBytes: TypeAlias = Callable[[int, int], None]
"""Called with the bytes that have arrived and those that must, from any thread; what it raises ends the fetching."""


class Silent:
    """As much of ``tqdm`` as is used, and nothing on the screen."""

    def __init__(self, iterable: Iterable[Any] = (), *, unit: str = "", total: int | None = None, **_: Any) -> None:
        self._iterable, self._unit, self.total, self.n = iterable, unit, total, 0
        self.format_dict: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def update(self, n: float | None = 1) -> None:
        self.n += int(n or 0)

    def close(self) -> None:
        """Nothing was opened."""

    def _unshown(self, *_: Any, **__: Any) -> None:
        """Nothing is drawn."""

    refresh = set_description = set_description_str = set_postfix_str = _unshown


def counting(on_bytes: OnBytes, total_bytes: int) -> type[Silent]:
    """A class of bars that report together.

    There are two bars of bytes, of what came through the network and what is written; the further one counts.
    """
    lock = threading.Lock()
    most = 0

    class Counting(Silent):
        def update(self, n: float | None = 1) -> None:
            nonlocal most
            if self._unit != "B":
                return
            with lock:
                super().update(n)
                if self.n > most:
                    most = self.n
                    on_bytes(min(most, total_bytes), total_bytes)

    return Counting
