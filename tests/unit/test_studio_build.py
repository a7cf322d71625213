"""The studio's bundle is part of the repository: what its sources make, small, in need of nothing from elsewhere."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STUDIO, STATIC = ROOT / "studio", ROOT / "app" / "web" / "static"
SOURCES = ("package.json", "package-lock.json", "build.mjs", "tsconfig.json", "src")
LARGEST_GZIPPED = 80_000
LARGEST_ALL_GZIPPED = 110_000


def _files(name: str) -> list[Path]:
    path = STUDIO / name
    if path.is_file():
        return [path]
    return sorted((one for one in path.rglob("*") if one.is_file()), key=lambda one: one.relative_to(STUDIO).as_posix())


def _digest() -> str:
    found = hashlib.sha256()
    for name in SOURCES:
        for path in _files(name):
            found.update(path.relative_to(STUDIO).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def test_the_bundle_was_made_of_these_sources() -> None:
    made_of = json.loads((STATIC / "build.json").read_text())["sources"]
    assert made_of == _digest(), (
        "studio/ has changed since the bundle was made: run `make studio` and commit what it made"
    )


def _gzipped(names: list[str]) -> dict[str, int]:
    return {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names}


@pytest.mark.parametrize("view", ["start", "editor"])
def test_what_is_loaded_before_a_view_is_seen_is_small(view: str) -> None:
    files = json.loads((STATIC / "build.json").read_text())["views"][view]
    assert {Path(name).suffix for name in files} == {".css", ".js"}
    assert sum(_gzipped(files).values()) < LARGEST_GZIPPED, _gzipped(files)


def test_all_of_it_together_is_not_large() -> None:
    """Panels, dialogs and languages are loaded when they are needed, but they are loaded."""
    sizes = _gzipped([path.name for path in STATIC.iterdir() if path.suffix in {".js", ".css"}])
    assert sum(sizes.values()) < LARGEST_ALL_GZIPPED, sizes


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    page = (STATIC / "index.html").read_text()
    assert not re.search(r"<style|\bstyle=|\bon\w+=", page)
    assert re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL) == [
        (f' type="module" src="/studio/{_entry()}"', "")
    ]


def _entry() -> str:
    """The script that is not loaded by another."""
    scripts = {path.name: path.read_text() for path in STATIC.glob("studio-*.js")}
    (entry,) = (name for name in scripts if not any(name in text for other, text in scripts.items() if other != name))
    return entry


@pytest.mark.parametrize(
    "path", sorted(STATIC.glob("*.html")) + sorted(STATIC.glob("*.css")), ids=lambda path: path.suffix
)
def test_nothing_is_asked_for_elsewhere(path: Path) -> None:
    assert not re.search(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text())


def test_the_lock_file_has_no_addresses() -> None:
    lock = json.loads((STUDIO / "package-lock.json").read_text())
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_what_is_in_the_bundle_is_named_with_its_licence() -> None:
    text = (STATIC / "LICENSES.txt").read_text()
    for name in json.loads((STUDIO / "package.json").read_text())["dependencies"]:
        assert re.search(rf"^{re.escape(name)} [\d.]+ \(MIT\)$", text, re.MULTILINE), name
