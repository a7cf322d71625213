"""The cache takes files as they are, by moving them."""

import hashlib
from pathlib import Path

import pytest

from app.store.blob_cache import BlobCache


def file_of(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "fetched"
    path.write_bytes(data)
    return path


def test_a_file_that_was_fetched_is_moved_into_the_cache(tmp_path: Path) -> None:
    fetched, name = file_of(tmp_path, b"layer"), hashlib.sha256(b"layer").hexdigest()
    found = BlobCache(tmp_path / "cache", 1000).get("default", name, lambda: fetched)
    assert found is not None
    assert found.read_bytes() == b"layer"
    assert not fetched.exists()


def test_a_file_with_other_bytes_is_refused(tmp_path: Path) -> None:
    fetched = file_of(tmp_path, b"damaged")
    with pytest.raises(ValueError, match="not those of"):
        BlobCache(tmp_path / "cache", 1000).get("default", hashlib.sha256(b"layer").hexdigest(), lambda: fetched)


def test_a_file_that_was_made_is_moved_into_the_cache(tmp_path: Path) -> None:
    found = BlobCache(tmp_path / "cache", 1000).get_or_make("key", lambda: file_of(tmp_path, b"made"))
    assert found.read_bytes() == b"made"
    assert not (tmp_path / "fetched").exists()


def test_moved_files_count_towards_the_size_of_the_cache(tmp_path: Path) -> None:
    cache = BlobCache(tmp_path / "cache", 1000)
    cache.get_or_make("first", lambda: b"")  # the look at what was left by earlier processes
    cache.get_or_make("key", lambda: file_of(tmp_path, b"x" * 40))
    assert cache._written == 40
