"""Archives that are put together while they are sent, read by Python's own reader."""

import io
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.flow.batch.archive import Archive, Entry, archive

MOMENT = datetime(2026, 11, 28, 18, 20, 42, tzinfo=UTC)
FILES = {f"bild {n} 画.png": bytes([n]) * (1000 * n + 1) for n in range(5)}
BLOBS = {name: data for name, data in FILES.items() if name != "bild 0 画.png"}


def read(name: str, start: int, length: int) -> bytes:
    return BLOBS[name][start : start + length]


def made() -> Archive:
    listed = [Entry.of("bild 0 画.png", FILES["bild 0 画.png"])]
    return archive([*listed, *(Entry(name, len(data), zlib.crc32(data), name) for name, data in BLOBS.items())], MOMENT)


def test_archive_is_what_its_size_says_and_holds_the_files() -> None:
    whole = made()
    data = b"".join(whole.bytes(read, 0, whole.size))
    assert len(data) == whole.size
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        assert {one.filename: found.read(one) for one in found.infolist()} == FILES
        assert {one.date_time for one in found.infolist()} == {(2026, 11, 28, 18, 20, 42)}


@pytest.mark.parametrize("piece", [1, 97, 2**20])
def test_any_range_is_that_part_of_the_whole_in_pieces(piece: int) -> None:
    whole = made()
    data = b"".join(whole.bytes(read, 0, whole.size))
    for start, end in [(0, 1), (10, 20), (0, whole.size), (whole.size - 1, whole.size), (29, 3000), (1500, 1501)]:
        pieces = list(whole.bytes(read, start, end, piece))
        assert b"".join(pieces) == data[start:end]
        assert max(map(len, pieces)) <= piece


def test_more_files_than_the_old_format_counts() -> None:
    whole = archive([Entry.of(f"{n}.png", b"x") for n in range(70_000)], MOMENT)
    data = b"".join(whole.bytes(read, 0, whole.size))
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert len(found.namelist()) == 70_000
        assert found.read("69999.png") == b"x"


def test_more_bytes_than_the_old_format_reaches(tmp_path: Path) -> None:
    large = 5 * 2**29
    whole = archive([Entry("a", large, 0, "a"), Entry("b", large, 0, "b"), Entry.of("last", b"here")], MOMENT)
    path = tmp_path / "sparse.zip"
    with path.open("wb") as file:  # all but the two large files, whose place is left empty
        for part in whole.parts:
            held = part if isinstance(part, bytes) else part.data
            if held is None:
                file.seek(large, 1)
            else:
                file.write(held)
    assert path.stat().st_size == whole.size > 2**32
    with zipfile.ZipFile(path) as found:
        assert [(one.filename, one.file_size) for one in found.infolist()] == [("a", large), ("b", large), ("last", 4)]
        assert found.read("last") == b"here"
