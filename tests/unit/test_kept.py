"""Answers kept in memory: how many, until when."""

from app.web.kept import Answer, Kept


def _answer(size: int) -> Answer:
    return Answer((), (), '"e"', bytes(size))


def test_those_given_longest_ago_go_first() -> None:
    kept = Kept(1600)
    names = [chr(ord("a") + at) for at in range(16)]
    for name in names:
        kept.put((name,), "/r", _answer(100), kept.epoch)
    assert kept.get(("a",)) is not None
    kept.put(("z",), "/r", _answer(100), kept.epoch)
    assert [name for name in [*names, "z"] if kept.get((name,)) is None] == ["b"]


def test_one_that_is_too_large_is_not_kept() -> None:
    kept = Kept(1600)
    kept.put(("a",), "/r", _answer(101), kept.epoch)
    kept.put(("b",), "/r", _answer(100), kept.epoch)
    assert kept.get(("a",)) is None
    assert kept.get(("b",)) is not None


def test_a_resource_is_forgotten_with_all_its_answers_and_no_other() -> None:
    kept = Kept(16_000)
    kept.put(("a",), "/r", _answer(10), kept.epoch)
    kept.put(("b",), "/r", _answer(10), kept.epoch)
    kept.put(("c",), "/s", _answer(10), kept.epoch)
    kept.forget("/r")
    assert [name for name in "abc" if kept.get((name,))] == ["c"]
    kept.forget(None)
    assert kept.get(("c",)) is None


def test_what_was_asked_before_something_was_forgotten_is_not_kept() -> None:
    kept = Kept(16_000)
    asked = kept.epoch
    kept.forget("/r")
    kept.put(("a",), "/r", _answer(10), asked)
    assert kept.get(("a",)) is None
