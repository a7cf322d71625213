import threading

import numpy as np
import pytest

from model.layer_cache import LayerCache
from model.layers import Pixels


def cache(limit_bytes: int) -> LayerCache[str, Pixels]:
    return LayerCache(limit_bytes, lambda pixels: pixels.nbytes)


def pixels(side: int) -> Pixels:
    return np.zeros((side, side, 4), np.uint8)


def never() -> Pixels:
    raise AssertionError("it is held")


def test_what_is_held_is_made_once():
    kept = cache(1000)
    first = kept.get("a", lambda: pixels(4))
    assert kept.get("a", never) is first
    assert kept.nbytes == 64


def test_the_least_recently_used_goes_first():
    kept = cache(3 * 64)
    for name in "abc":
        kept.get(name, lambda: pixels(4))
    kept.get("a", never)
    kept.get("d", lambda: pixels(4))
    assert [name in kept for name in "abcd"] == [True, False, True, True]
    kept.get("large", lambda: pixels(6))
    assert [name in kept for name in ("c", "d", "large")] == [False, False, True]
    assert kept.nbytes == 144


def test_what_is_larger_than_all_the_room_is_given_and_drives_nothing_out():
    kept = cache(100)
    kept.get("a", lambda: pixels(4))
    assert kept.get("huge", lambda: pixels(9)).shape == (9, 9, 4)
    assert "huge" not in kept
    assert "a" in kept


def test_without_room_nothing_is_held():
    kept = cache(0)
    kept.get("a", lambda: pixels(4))
    assert len(kept) == kept.nbytes == 0


def test_a_failure_is_passed_on_and_not_held():
    kept = cache(1000)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 / 0)
    assert kept.get("a", lambda: pixels(2)).nbytes == 16


def test_all_can_be_let_go():
    kept = cache(1000)
    kept.get("a", lambda: pixels(4))
    kept.clear()
    assert "a" not in kept
    assert kept.nbytes == 0


def test_threads_that_ask_for_the_same_at_once_make_it_once():
    kept, made, all_ask = cache(1000), [], threading.Barrier(5)

    def make() -> Pixels:
        made.append(1)
        all_ask.wait()  # until the others have asked, or are about to
        return pixels(3)

    got = []
    first = threading.Thread(target=lambda: got.append(kept.get("a", make)))

    def ask() -> None:
        all_ask.wait()
        got.append(kept.get("a", make))

    threads = [first, *(threading.Thread(target=ask) for _ in range(4))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len({id(one) for one in got}) == 1


def test_threads_that_use_it_at_once_never_hold_too_much():
    kept, too_much = cache(5 * 64), []

    def work(seed: int) -> None:
        for key in np.random.default_rng(seed).integers(0, 20, 300):
            kept.get(str(key), lambda: pixels(4))
            if kept.nbytes > 5 * 64:
                too_much.append(kept.nbytes)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not too_much
    assert kept.nbytes == 64 * len(kept) <= 5 * 64
