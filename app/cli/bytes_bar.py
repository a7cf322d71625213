"""How far a large download is: a bar on a terminal, elsewhere a line now and then."""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

_WINDOW_S = 20.0  # over which the rate is measured
_REDRAW_S = 0.2
_LINE_S = 30.0  # between two lines where there is no terminal
_WIDTH = 30


@contextmanager
def bytes_bar() -> Iterator[Callable[[int, int], None]]:
    """Gives what is called with the bytes that have arrived and those that must, from any thread."""
    terminal = sys.stderr.isatty()
    progress = Progress(_REDRAW_S if terminal else _LINE_S, _draw if terminal else _print)
    try:
        yield progress
    finally:
        if terminal and progress.drawn:
            click.echo(err=True)


class Progress:
    """Says how far it is: at first, now and then, and at the end.

    Args:
        pause_s: between two times.
        say: takes the line and the share that has arrived, 0 to 1.
        clock: in seconds.
    """

    def __init__(
        self, pause_s: float, say: Callable[[str, float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause_s, self._say, self._clock = pause_s, say, clock
        self._lock = threading.Lock()
        self._seen: deque[tuple[float, int]] = deque()
        self._next_s = 0.0
        self._all_said = False
        self.drawn = False

    def __call__(self, arrived: int, wanted: int) -> None:
        with self._lock:
            now = self._clock()
            self._seen.append((now, arrived))
            while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW_S:
                self._seen.popleft()
            done = arrived >= wanted
            if (now < self._next_s and not done) or self._all_said:
                return
            self._next_s, self._all_said, self.drawn = now + self._pause_s, done, True
            share = arrived / wanted if wanted else 1.0
            self._say(said(arrived, wanted, self._rate()), share)

    def _rate(self) -> float:
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        return (last - first) / (last_s - first_s) if last_s > first_s else 0.0


def said(arrived: int, wanted: int, rate: float) -> str:
    """``12.3 of 57.7 GB, 21 %, 118 MB/s, 6 min 25 s to go``; ``rate`` is in bytes a second."""
    share = arrived / wanted if wanted else 1.0
    words = [f"{_amount(arrived, wanted)} of {_amount(wanted, wanted, unit=True)}", f"{int(100 * share)} %"]
    if rate > 0:
        words.append(f"{rate / 1e6:.0f} MB/s" if rate >= 10e6 else f"{rate / 1e6:.1f} MB/s")
        if arrived < wanted:
            words.append(f"{_duration((wanted - arrived) / rate)} to go")
    return ", ".join(words)


def _amount(size: int, wanted: int, unit: bool = False) -> str:
    divisor, name = (1e9, " GB") if wanted >= 1e9 else (1e6, " MB")
    return f"{size / divisor:.1f}{name * unit}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _print(line: str, _: float) -> None:
    click.echo(line, err=True)


def _draw(line: str, share: float) -> None:
    full = int(_WIDTH * share)
    click.echo(f"\r[{'#' * full}{'-' * (_WIDTH - full)}] {line}\x1b[K", nl=False, err=True)
