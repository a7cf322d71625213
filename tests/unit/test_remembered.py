"""What is remembered stays while it is used, and goes when there is too much of it."""

from app.flow.remembered import Remembered


def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    remembered: Remembered[int] = Remembered(2)
    remembered.put("a", 1)
    remembered.put("b", 2)
    assert remembered.get("a") == 1
    remembered.put("c", 3)
    assert (remembered.get("a"), remembered.get("b"), remembered.get("c")) == (1, None, 3)


def test_a_newer_value_takes_the_place_of_the_older() -> None:
    remembered: Remembered[int] = Remembered(2)
    remembered.put("a", 1)
    remembered.put("a", 2)
    remembered.put("b", 3)
    assert (remembered.get("a"), remembered.get("b")) == (2, 3)


def test_what_has_gone_is_forgotten_and_nothing_found_before_comes_back() -> None:
    remembered: Remembered[int] = Remembered(4)
    remembered.put("a", 1)
    remembered.put("b", 2)
    epoch = remembered.epoch
    remembered.forget("a")
    remembered.put("a", 1, epoch)
    assert (remembered.get("a"), remembered.get("b")) == (None, 2)
    remembered.put("a", 3, remembered.epoch)
    assert remembered.get("a") == 3
    remembered.forget(None)
    assert (remembered.get("a"), remembered.get("b")) == (None, None)
