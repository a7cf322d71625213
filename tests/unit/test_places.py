"""Few things among many threads: whoever asked first is served first, and nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.flow.places import NoneFree, Places

PATIENCE_S = 30.0


def _until_waiting(places: Places[str], count: int) -> None:
    """Looks until so many wait: there is no event of it, as nobody else needs one."""
    while len(places._waiting) < count:
        pass


def test_what_was_given_last_is_taken_first() -> None:
    places: Places[str] = Places()
    places.give("cold")
    places.give("warm")
    assert [places.take(0), places.take(0)] == ["warm", "cold"]


def test_who_waits_longest_is_served_first_and_before_who_gave() -> None:
    places: Places[str] = Places()
    served: list[int] = []
    with ThreadPoolExecutor(3) as threads:
        for number in range(3):
            threads.submit(lambda number=number: served.append((places.take(PATIENCE_S), number)[1]))
            _until_waiting(places, number + 1)
        for count in range(1, 4):
            places.give("it")
            with pytest.raises(NoneFree):
                places.take(0)  # the giver comes after all that wait
            while len(served) < count:
                pass
    assert served == [0, 1, 2]


def test_who_has_no_patience_left_goes_and_takes_nothing_along() -> None:
    places: Places[str] = Places()
    with pytest.raises(NoneFree):
        places.take(0.001)
    places.give("it")
    assert places.take(0) == "it"


def test_many_threads_share_few_things_and_none_is_lost() -> None:
    places: Places[int] = Places()
    for thing in range(2):
        places.give(thing)
    in_use, most, lock = [0], [0], threading.Lock()

    def use(_: int) -> None:
        thing = places.take(PATIENCE_S)
        with lock:
            in_use[0] += 1
            most[0] = max(most[0], in_use[0])
        with lock:
            in_use[0] -= 1
        places.give(thing)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(use, range(2000)))
    assert most[0] <= 2
    assert {places.take(0), places.take(0)} == {0, 1}
