"""The pool of pixel processes outlives what hostile pictures do to them."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from pathlib import Path

import pytest

from app.flow.errors import Unavailable
from app.flow.pixels import PixelPool, PixelsFailed, PixelsLost
from model.errors import ImageRejected, InvalidEdit, OutOfMemory

HERE = str(Path(__file__).parent)


def _pool(**options) -> PixelPool:
    return PixelPool(1, tasks="misbehaving_tasks", path=(HERE,), **options)


@pytest.fixture(scope="module")
def pool() -> Iterator[PixelPool]:
    pool = _pool(memory_bytes=2 * 2**30)
    yield pool
    pool.close()


def test_a_task_runs_in_another_process_that_is_kept(pool):
    first = pool.call("pid")
    assert pool.call("pid") == first
    assert pool.pids() == [first]


def test_a_process_that_dies_twice_is_an_error_and_the_next_task_gets_a_fresh_one(pool):
    before = pool.call("pid")
    with pytest.raises(PixelsLost):
        pool.call("die")
    assert pool.call("pid") != before


def test_a_process_killed_from_outside_costs_nothing_but_a_retry(pool, tmp_path):
    assert pool.call("die_once", marker=str(tmp_path / "died")) == "second time lucky"


def test_a_hanging_task_is_ended_at_the_time_limit():
    pool = _pool(timeout_s=2.0)
    with pytest.raises(PixelsLost, match="longer than 2 s"):
        pool.call("hang")
    assert isinstance(pool.call("pid"), int)
    pool.close()
    assert pool.pids() == []


def test_who_finds_no_free_process_is_told_to_come_back():
    pool = _pool(patience_s=0.2)
    with ThreadPoolExecutor(1) as other:
        hanging = other.submit(pool.call, "hang")
        while pool.pids() == []:
            assert not hanging.done()
        with pytest.raises(Unavailable) as caught:
            pool.call("pid")
        assert caught.value.retry_after_s > 0
        pool.close()
        assert isinstance(hanging.exception(), PixelsLost)


def test_the_process_does_not_know_the_settings_of_the_service(monkeypatch):
    monkeypatch.setenv("LAMINA_DATABASE_URL", "postgresql://somebody:secret@db/lamina")
    pool = _pool()
    assert [name for name in pool.call("environment") if name.startswith("LAMINA_")] == []
    pool.close()


def test_a_memory_bomb_ends_as_an_error_and_not_as_a_full_machine(pool):
    with pytest.raises(OutOfMemory):
        pool.call("hog")


def test_our_errors_arrive_as_themselves(pool):
    with pytest.raises(ImageRejected, match=r"It is a poem\."):
        pool.call("refuse")
    with pytest.raises(InvalidEdit) as caught:
        pool.call("point")
    assert caught.value.pointer == "/operations/2/color"


def test_a_defect_arrives_as_one(pool):
    with pytest.raises(PixelsFailed, match="ZeroDivisionError: a defect"):
        pool.call("blunder")


def test_a_file_that_has_gone_is_told_apart_so_that_it_can_be_fetched_again(pool, tmp_path):
    with pytest.raises(FileNotFoundError):
        pool.call("read", path=str(tmp_path / "gone"))


def test_a_closed_pool_starts_nothing_more():
    pool = _pool()
    pool.close()
    with pytest.raises(PixelsLost):
        pool.call("pid")


def test_a_process_whose_server_goes_before_it_is_heard_ends_without_a_word():
    near, far = Pipe()
    command = [sys.executable, "-m", "app.flow.pixel_process", str(far.fileno()), "json", str(2**31)]
    with subprocess.Popen(command, pass_fds=[far.fileno()], stderr=subprocess.PIPE) as process:
        far.close()
        assert near.poll(60.0)
        near.close()  # with "ready" unread: a reset for the other end
        assert process.communicate(timeout=60.0) == (None, b"")
    assert process.returncode == 0
