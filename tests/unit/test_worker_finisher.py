"""One piece of work at a time beside its caller, whatever becomes of it."""

from collections.abc import Callable
from functools import partial
from threading import Event

import pytest

from worker.finisher import Finisher

PATIENCE_S = 60


@pytest.fixture
def finisher() -> Finisher:
    return Finisher()


def _held(begun: Event, may_end: Event) -> None:
    begun.set()
    assert may_end.wait(PATIENCE_S)


def _work() -> tuple[Callable[[], None], Event, Event]:
    begun, may_end = Event(), Event()
    return partial(_held, begun, may_end), begun, may_end


def test_work_begins_beside_its_caller_and_can_be_waited_for(finisher: Finisher) -> None:
    work, begun, may_end = _work()
    finisher.start(work)
    assert begun.wait(PATIENCE_S)
    assert not finisher.wait(0.0)
    may_end.set()
    assert finisher.wait(PATIENCE_S)


def test_there_is_nothing_to_wait_for_before_the_first_work(finisher: Finisher) -> None:
    assert finisher.wait()


def test_the_next_work_begins_when_the_last_one_is_done(finisher: Finisher) -> None:
    first, begun, may_end = _work()
    order: list[str] = []

    def slow() -> None:
        first()
        order.append("first")

    finisher.start(slow)
    assert begun.wait(PATIENCE_S)
    may_end.set()
    finisher.start(partial(order.append, "second"))
    assert finisher.wait(PATIENCE_S)
    assert order == ["first", "second"]


def test_work_that_fails_says_so_in_the_log_and_leaves_room_for_the_next(
    finisher: Finisher, caplog: pytest.LogCaptureFixture
) -> None:
    done = Event()

    def fail() -> None:
        raise RuntimeError("no room on the disk")

    finisher.start(fail)
    finisher.start(done.set)
    assert finisher.wait(PATIENCE_S)
    assert done.is_set()
    assert "no room on the disk" in caplog.text
