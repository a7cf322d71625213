"""Archives that were made to do harm: each is refused before anything of it is unpacked."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from model.errors import ImageRejected, ImageTooLarge
from model.imports.archive import MOST_ENTRIES, opened


@pytest.fixture
def look(tmp_path: Path) -> Callable[[bytes], list[bytes]]:
    def once(file: bytes, *names: str) -> list[bytes]:
        path = tmp_path / "file.zip"
        path.write_bytes(file)
        with opened(path) as archive:
            return [archive.read(name, 2**20) for name in names]

    return once


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
    return out.getvalue()


def linked() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("manifest.json")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


def named(name: str) -> bytes:
    """With a name that ``zipfile`` would not write."""
    return zipped(("A" * len(name), b"x")).replace(b"A" * len(name), name.encode())


def twice() -> bytes:
    return zipped(("aa", b"1"), ("ab", b"2")).replace(b"ab", b"aa")


def bomb() -> bytes:
    return zipped(("manifest.json", bytes(64 * 2**20)))


def many_large() -> bytes:
    """Each may be, all together may not: forty entries of one stretch of bytes, which unpack to 40 × 30 MB."""
    data = zlib.compress(b"".join(bytes([at % 251]) * 90 for at in range(330_000)), 9)[2:-4]
    unpacked = zlib.decompress(data, -15)
    check = zlib.crc32(unpacked)
    sizes = struct.pack("<3L", check, len(data), len(unpacked))
    local = struct.pack("<4s5H", b"PK\3\4", 20, 0, 8, 0, 33) + sizes + struct.pack("<2H", 3, 0) + b"a00"
    listed = [
        struct.pack("<4s6H", b"PK\1\2", 20, 20, 0, 8, 0, 33) + sizes + struct.pack("<5H2L", 3, 0, 0, 0, 0, 0, 0)
        + f"a{at:02}".encode()
        for at in range(40)
    ]  # fmt: skip
    directory = b"".join(listed)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 40, 40, len(directory), len(local) + len(data), 0)
    return local + data + directory + end


def encrypted() -> bytes:
    file = bytearray(zipped(("a", b"x"), method=zipfile.ZIP_STORED))
    file[6] |= 1
    file[file.index(b"PK\1\2") + 8] |= 1
    return bytes(file)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: named("../../etc/passwd"), "leave its folder"),
        (lambda: named("/etc/passwd"), "leave its folder"),
        (lambda: named("//data/a.png"), "leave its folder"),
        (lambda: named("/data/../../a.png"), "leave its folder"),
        (lambda: named("..\\..\\boot.ini"), "leave its folder"),
        (lambda: named("C:/boot.ini"), "leave its folder"),
        (lambda: named("a\0.png"), "leave its folder"),
        (lambda: zipped((linked(), b"/etc/passwd")), "a link or a device"),
        (twice, "two files"),
        (encrypted, "encrypted"),
        (lambda: zipped(("a", b"x" * 99), method=zipfile.ZIP_BZIP2), "other than DEFLATE"),
        (lambda: b"PK\3\4", "its list of files is missing"),
        (lambda: zipped(("a", b"x"))[:-30], "its list of files is missing"),
        (lambda: zipped(("a", b"x" * 999))[60:], "broken or cut short"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_archive_is_said(
    file: Callable[[], bytes], words: str, look: Callable[..., list[bytes]]
) -> None:
    with pytest.raises(ImageRejected, match=words) as caught:
        look(file())
    assert type(caught.value) is ImageRejected


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (bomb, "a bomb"),
        (many_large, "unpacks to"),
        (lambda: zipped(*((str(at), b"") for at in range(MOST_ENTRIES + 1))), "has 2,001 files"),
        (lambda: zipped(*((f"{at:060}", b"") for at in range(10_000))), "lists too many files"),
    ],
)
def test_what_is_too_much_is_refused_before_it_is_unpacked(
    file: Callable[[], bytes], words: str, look: Callable[..., list[bytes]]
) -> None:
    with pytest.raises(ImageTooLarge, match=words):
        look(file())


def test_a_sparse_archive_of_more_than_4_gib_is_refused_by_its_kind(look: Callable[..., list[bytes]]) -> None:
    file = zipped(("a", b"x"))
    end = file.index(b"PK\5\6")
    with pytest.raises(ImageTooLarge, match="4 GiB"):
        look(file[:end] + b"PK\6\7" + bytes(16) + file[end:])


def test_what_is_read_is_what_was_written_and_is_there(look: Callable[..., list[bytes]]) -> None:
    file = zipped(("folder/", b""), ("folder/a", b"abc" * 99), ("b", b""))
    assert look(file, "folder/a", "b") == [b"abc" * 99, b""]
    with pytest.raises(ImageRejected, match="no 'c'"):
        look(file, "c")
    with pytest.raises(ImageTooLarge, match=r"at most 1,048,576"):
        look(zipped(("a", bytes(range(256)) * 5000)), "a")


def test_a_damaged_file_in_an_archive_is_refused(look: Callable[..., list[bytes]]) -> None:
    file = zipped(("a", bytes(range(250)) * 9), method=zipfile.ZIP_STORED)
    with pytest.raises(ImageRejected, match="broken"):
        look(file.replace(bytes(range(100, 110)), bytes(10)), "a")
    lying = bytearray(file)
    at = file.index(b"PK\1\2")
    lying[at + 24 : at + 28] = struct.pack("<L", 100)  # the size unpacked, in the list alone
    with pytest.raises(ImageRejected, match="broken"):
        look(bytes(lying), "a")
