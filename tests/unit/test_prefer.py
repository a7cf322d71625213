"""``Prefer: wait=N`` as RFC 7240 writes it, and as people do."""

import pytest

from app.web.prefer import MAX_WAIT_S, wait_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=20", 20),
        ("wait=0", 0),
        ("Wait = 2.5", 2.5),
        ('wait="7"', 7),
        ("respond-async, wait=10", 10),
        ("respond-async; wait=10", 10),
        ("wait=10, handling=lenient", 10),
        ("wait", MAX_WAIT_S),
        ("wait=100000", MAX_WAIT_S),
        ("wait=" + "9" * 400, MAX_WAIT_S),
    ],
)
def test_a_wait_is_heeded_up_to_the_longest(header: str, seconds: float) -> None:
    assert wait_s(header) == seconds


@pytest.mark.parametrize("header", [None, "", "respond-async", "await=3", "wait=-1", "wait=soon", "waiting=3"])
def test_nothing_else_is_taken_for_a_wait(header: str | None) -> None:
    assert wait_s(header) is None
