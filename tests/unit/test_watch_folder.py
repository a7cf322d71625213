"""Which pictures of a watched folder are whole, and what is remembered of them."""

import os
from pathlib import Path

import pytest

from app.cli.watch_folder import SUFFIXES, Version, WatchedFolder
from app.cli.watch_journal import NAME, Entry, Journal, Taken


def _names(look: tuple[list[Version], bool]) -> tuple[list[str], bool]:
    return [version.name for version in look[0]], look[1]


def test_a_file_is_whole_when_it_has_not_changed_for_long_enough(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path, SUFFIXES, settle_s=2)
    assert folder.look(0) == ([], False)
    (tmp_path / "b.png").write_bytes(b"half")
    (tmp_path / "a.JPG").write_bytes(b"whole")
    assert _names(folder.look(1)) == ([], True)
    (tmp_path / "b.png").write_bytes(b"half and half")
    assert _names(folder.look(3)) == (["a.JPG"], True)
    assert _names(folder.look(5)) == (["a.JPG", "b.png"], False)
    os.utime(tmp_path / "a.JPG", ns=(0, 1))  # the same size, written again
    assert _names(folder.look(9)) == (["b.png"], True)
    (tmp_path / "b.png").unlink()
    assert _names(folder.look(11)) == (["a.JPG"], False)


def test_what_is_no_picture_yet_is_left_alone(tmp_path: Path) -> None:
    for name in (".hidden.png", "a.png.part", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere")
    folder = WatchedFolder(tmp_path, SUFFIXES, settle_s=0)
    assert folder.look(0) == ([], False)


def _entry(name: str, size: int = 1, **more: str) -> Entry:
    return Entry(name, size, 0, Path(name).stem, **more)


def test_the_journal_survives_a_line_that_was_cut_off(tmp_path: Path) -> None:
    with Journal.opened(tmp_path) as journal:
        journal.add(_entry("a.png"))
        journal.add(_entry("a.png", 2, detail="No picture."))
        journal.add(_entry("b.png"))
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"name": "c.png", "si')
    with Journal.opened(tmp_path) as journal:
        found = journal.entry(Version("a.png", 2, 0))
        assert found is not None
        assert found.detail == "No picture."
        assert journal.entry(Version("a.png", 1, 0)) is None
        assert journal.entry(Version("c.png", 1, 0)) is None
        journal.add(_entry("c.png"))
    assert len((tmp_path / NAME).read_bytes().splitlines()) == 3


def test_the_journal_knows_names_that_are_no_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.png")
    with Journal.opened(tmp_path) as journal:
        journal.add(_entry(name))
    with Journal.opened(tmp_path) as journal:
        assert journal.entry(Version(name, 1, 0)) is not None


def test_pictures_of_one_stem_have_folders_of_their_own_and_keep_them(tmp_path: Path) -> None:
    with Journal.opened(tmp_path) as journal:
        assert [journal.folder_of(name) for name in ("a.png", "a.jpg", "a.png")] == ["a", "a.jpg", "a"]
        journal.add(Entry("a.jpg", 1, 0, "a.jpg"))
    with Journal.opened(tmp_path) as journal:
        assert [journal.folder_of(name) for name in ("a.jpg", "a.webp")] == ["a.jpg", "a"]


def test_two_do_not_watch_into_one_folder(tmp_path: Path) -> None:
    with Journal.opened(tmp_path), pytest.raises(Taken), Journal.opened(tmp_path):
        pass
