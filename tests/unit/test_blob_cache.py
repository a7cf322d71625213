"""The disk cache gives back what was put in, survives threads, thieves and rot, and stays near its size."""

import hashlib
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.store import blob_cache
from app.store.blob_cache import SPARED_S, BlobCache

TENANT = "default"


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def never() -> bytes:
    raise AssertionError("it is in the cache")


def put(cache: BlobCache, data: bytes) -> Path:
    path = cache.get(TENANT, name_of(data), lambda: data)
    assert path is not None
    return path


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_bytes_are_fetched_once_and_then_read_from_the_disk(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    assert put(cache, b"layer").read_bytes() == b"layer"
    found = cache.get(TENANT, name_of(b"layer"), never)
    assert found is not None
    assert found.read_bytes() == b"layer"


def test_another_process_finds_what_the_first_one_kept(tmp_path: Path) -> None:
    put(BlobCache(tmp_path, 1000), b"layer")
    assert BlobCache(tmp_path, 1000).get(TENANT, name_of(b"layer"), never) is not None


def test_tenants_do_not_see_each_other_s_bytes(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    put(cache, b"secret")
    assert cache.get("another", name_of(b"secret"), lambda: None) is None


def test_unknown_bytes_leave_nothing_behind(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    assert cache.get(TENANT, name_of(b"unknown"), lambda: None) is None
    assert size_of(tmp_path) == 0
    assert put(cache, b"unknown").exists()


def test_bytes_of_another_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not those of"):
        BlobCache(tmp_path, 1000).get(TENANT, name_of(b"wanted"), lambda: b"given")
    assert size_of(tmp_path) == 0


@pytest.mark.parametrize("key", ["../../outside", "/etc/passwd", "a\x00b", "", "x" * 5000])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    inside = tmp_path / "cache"
    made = BlobCache(inside, 1000).get_or_make(key, lambda: b"made")
    of_tenant = BlobCache(inside, 1000).get(key, name_of(b"blob"), lambda: b"blob")
    assert of_tenant is not None
    assert inside in made.resolve().parents
    assert inside in of_tenant.resolve().parents
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_rotten_bytes_are_fetched_again_when_a_look_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blob_cache, "SAMPLED", 1)  # each hit is looked at
    cache = BlobCache(tmp_path, 1000)
    put(cache, b"layer").write_bytes(b"lawyer")
    assert put(cache, b"layer").read_bytes() == b"layer"


def test_fifty_threads_that_want_the_same_make_it_once(tmp_path: Path) -> None:
    cache, made = BlobCache(tmp_path, 1000), []
    all_here = threading.Barrier(50)

    def make() -> bytes:
        made.append(threading.get_ident())
        return b"made"

    def want(_: int) -> bytes:
        all_here.wait()
        return cache.get_or_make("key", make).read_bytes()

    with ThreadPoolExecutor(50) as threads:
        assert set(threads.map(want, range(50))) == {b"made"}
    assert len(made) == 1


def test_what_could_not_be_made_is_tried_again(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    with pytest.raises(ZeroDivisionError):
        cache.get_or_make("key", lambda: bytes(1 // 0))
    assert cache.get_or_make("key", lambda: b"made").read_bytes() == b"made"


def test_one_slow_key_holds_up_no_other(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> bytes:
        begun.set()
        assert go_on.wait(60)
        return b"slow"

    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(cache.get_or_make, "slow", slowly)
        assert begun.wait(60)
        assert cache.get_or_make("quick", lambda: b"quick").read_bytes() == b"quick"
        go_on.set()
        assert slow.result().read_bytes() == b"slow"


def test_a_folder_that_is_deleted_under_us_fills_again(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    path = put(cache, b"layer")
    path.unlink()
    path.parent.rmdir()
    assert put(cache, b"layer").read_bytes() == b"layer"


def test_the_longest_unused_go_first_and_the_rest_stays(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    paths = [put(cache, bytes([index]) * 100) for index in range(10)]
    for index, path in enumerate(paths):
        age(path, 10 * SPARED_S - index)
    put(cache, bytes([0]) * 100)  # used just now, so the second is the oldest
    put(cache, b"x" * 100)  # 1100 bytes: down to 900
    assert [path.exists() for path in paths] == [True, False, False] + [True] * 7
    assert size_of(tmp_path) <= 1000


def test_files_in_use_are_spared_even_by_a_cache_of_no_size(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 0)
    first = put(cache, b"first")
    assert put(cache, b"second").read_bytes() == b"second"
    assert first.exists()
    age(first, 2 * SPARED_S)
    assert put(cache, b"third").exists()
    assert not first.exists()


def test_a_reader_keeps_its_file_when_the_name_goes(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 0)
    path = put(cache, b"first")
    with path.open("rb") as file:
        age(path, 2 * SPARED_S)
        put(cache, b"second")
        assert not path.exists()
        assert file.read() == b"first"


def test_what_a_killed_process_left_half_written_is_never_read_and_goes(tmp_path: Path) -> None:
    left = put(BlobCache(tmp_path, 1000), b"layer").parent / "left.part"
    left.write_bytes(b"half")
    BlobCache(tmp_path, 1000).get_or_make("one", lambda: b"made")
    assert left.exists()  # perhaps somebody is just writing it
    age(left, 7200)
    BlobCache(tmp_path, 1000).get_or_make("two", lambda: b"made")
    assert not left.exists()


def test_what_was_made_before_the_machine_started_is_not_trusted_and_blobs_are(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path, 1000)
    made, blob = cache.get_or_make("key", lambda: b"made"), put(cache, b"layer")
    assert BlobCache(tmp_path, 1000).get_or_make("key", never) == made
    made.parents[1].rename(tmp_path / "made-in-an-earlier-run")
    assert BlobCache(tmp_path, 1000).get_or_make("key", lambda: b"anew").read_bytes() == b"anew"
    assert not (tmp_path / "made-in-an-earlier-run").exists()
    assert blob.read_bytes() == b"layer"
