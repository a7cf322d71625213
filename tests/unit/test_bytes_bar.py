"""A large download is told by its share, its rate and the time to go; not too often, and its end always."""

import pytest

from app.cli.bytes_bar import Progress, said

GB = 10**9


class Watch:
    """A clock that is set by hand, and what was said."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[str] = []

    def __call__(self) -> float:
        return self.now

    def say(self, line: str, share: float) -> None:
        assert 0 <= share <= 1
        self.lines.append(line)


@pytest.mark.parametrize(
    ("arrived", "wanted", "rate", "expected"),
    [
        (0, 58 * GB, 0, "0.0 of 58.0 GB, 0 %"),
        (29 * GB, 58 * GB, 100e6, "29.0 of 58.0 GB, 50 %, 100 MB/s, 4 min 50 s to go"),
        (29 * GB, 58 * GB, 2.5e6, "29.0 of 58.0 GB, 50 %, 2.5 MB/s, 3 h 13 min to go"),
        (58 * GB - 1, 58 * GB, 100e6, "58.0 of 58.0 GB, 99 %, 100 MB/s, 0 s to go"),
        (58 * GB, 58 * GB, 100e6, "58.0 of 58.0 GB, 100 %, 100 MB/s"),
        (3_000_000, 6_000_000, 1e6, "3.0 of 6.0 MB, 50 %, 1.0 MB/s, 3 s to go"),
        (0, 0, 0, "0.0 of 0.0 MB, 100 %"),
    ],
)
def test_figures_are_in_words_of_people(arrived: int, wanted: int, rate: float, expected: str) -> None:
    assert said(arrived, wanted, rate) == expected


def test_little_is_said_between_the_beginning_and_the_end() -> None:
    watch = Watch()
    progress = Progress(30, watch.say, watch)
    for second in range(101):
        watch.now = second
        progress(second * GB, 100 * GB)
    assert [line.split(" of")[0] for line in watch.lines] == ["0.0", "30.0", "60.0", "90.0", "100.0"]


def test_the_end_is_said_once() -> None:
    watch = Watch()
    progress = Progress(30, watch.say, watch)
    for _ in range(3):
        progress(GB, GB)
        watch.now += 100
    assert len(watch.lines) == 1


def test_the_rate_is_that_of_the_last_seconds() -> None:
    watch = Watch()
    progress = Progress(0, watch.say, watch)
    for second in range(200):
        watch.now = second
        progress(second * 10**8 if second < 100 else 100 * 10**8 + (second - 100) * 10**7, 50 * GB)
    assert "100 MB/s" in watch.lines[50]
    assert "10 MB/s" in watch.lines[199]
