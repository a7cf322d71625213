"""The commands that talk to a service, on the real API: what they write, what they say, how they end."""

import json
import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from app.cli import main
from app.cli.folder import MANIFEST
from lamina.client import Client, Document
from tests.api_in_thread import GREY, Api, cards_pixels, cards_png, pixels_of
from tests.worker_process import PATIENCE_S

HIDE = '{"op": "hide", "layer": "Red card"}'


@pytest.fixture
def lamina(api: Api, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command in this process, with the service in its environment."""
    monkeypatch.setenv("LAMINA_URL", api.url)

    def run(*arguments: object, given: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(one) for one in arguments], input=given)

    return run


@pytest.fixture
def document(api: Api, lamina: Any) -> Document:
    with Client(api.url) as client:
        return client.decompositions.get(api.made()).edit("Two cards")


def _look(path: Path) -> tuple[int, ...]:
    """The pixel in the middle of the red card."""
    return tuple(pixels_of(path.read_bytes())[16, 16].tolist())


def test_a_decomposition_and_a_picture_are_edited_and_nothing_is_kept(api: Api, lamina: Any, tmp_path: Path) -> None:
    cards, picture = api.made(), tmp_path / "cards.png"
    picture.write_bytes(cards_png())
    (tmp_path / "more.json").write_text(json.dumps({"layers": {"Blue card": {"opacity": 0}}}))
    for source in (cards, picture):
        out = tmp_path / "out.png"
        done = lamina(
            "edit", source, "-o", out, "--model", "cards", "--operations", tmp_path / "more.json", "--op", HIDE
        )
        assert (done.exit_code, done.stdout) == (0, f"{out}\n"), done.output
        assert np.array_equal(pixels_of(out.read_bytes()), np.full_like(cards_pixels(), (*GREY, 255)))
    told = lamina(
        "edit", cards, "-o", tmp_path / "small.webp", "--width", 30, "--operations", "-", "--json", given="[]"
    )
    assert json.loads(told.stdout) == {"path": str(tmp_path / "small.webp"), "decomposition_id": cards}
    with Image.open(tmp_path / "small.webp") as small:
        assert (small.format, small.size) == ("WEBP", (30, 20))
    assert api.http.get("/v1/documents").json()["documents"] == []


def test_edits_of_a_document_are_kept_unless_they_are_only_tried(
    document: Document, lamina: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    tried = lamina("edit", document.id, "-o", out, "--no-keep", "--op", HIDE)
    assert (tried.exit_code, _look(out)) == (0, (*GREY, 255)), tried.output
    kept = lamina("edit", document.id, "-o", out, "--op", HIDE, "--json")
    assert json.loads(kept.stdout) | {"path": ""} == {
        "path": "", "decomposition_id": document.decomposition_id, "document_id": document.id, "revision": 2
    }  # fmt: skip
    again = lamina("edit", document.id, "-o", out)
    assert again.stderr == f"It is revision 2 of {document.id}.\n"
    assert _look(out) == (*GREY, 255)
    new = lamina("edit", document.decomposition_id, "-o", out, "--keep", "--op", HIDE, "--json")
    assert json.loads(new.stdout)["document_id"] != document.id


def test_exports_say_what_they_cannot_hold(document: Document, lamina: Any, tmp_path: Path) -> None:
    lamina("edit", document.id, "-o", tmp_path / "a.png", "--op", '{"op": "blend", "layer": 1, "mode": "multiply"}')
    done = lamina("export", document.id, "-o", tmp_path / "cards.tiff")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'cards.tiff'}\n"), done.output
    assert done.stderr.startswith("Note: ")
    assert "Red card" in done.stderr
    told = json.loads(lamina("export", document.id, "-o", tmp_path / "x", "--format", "psd", "--json").stdout)
    assert told == {"path": str(tmp_path / "x"), "bytes": (tmp_path / "x").stat().st_size, "warnings": []}
    old = lamina("export", document.id, "-o", tmp_path / "old.gif", "--revision", 1, "--frame-ms", 50)
    assert (old.exit_code, (tmp_path / "old.gif").read_bytes()[:3]) == (0, b"GIF"), old.output
    imported = lamina("import", tmp_path / "x", "--out", tmp_path / "layers")
    assert imported.exit_code == 0, imported.output
    manifest = json.loads((tmp_path / "layers" / MANIFEST).read_text())
    assert (manifest["id"], manifest["layers"][1]["blend"]) == (imported.stdout.strip(), "multiply")
    assert len(list((tmp_path / "layers").glob("*.png"))) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("edit", "dec_none", "-o", "x.png"), 1, "There is no decomposition dec_none."),
        (("edit", "CARDS", "-o", "x.png", "--op", '{"op": "fly"}'), 1, "fly"),
        (("edit", "CARDS", "-o", "x.png", "--op", "{"), 2, "It is not valid JSON"),
        (("edit", "CARDS", "-o", "x.png", "--op", "[]"), 2, "no JSON object"),
        (("edit", "CARDS", "-o", "x.png", "--operations", "none.json"), 2, "none.json cannot be read"),
        (("edit", "CARDS", "-o", "x.bmp"), 2, "it ends in one of .png"),
        (("edit", "poster.png", "-o", "x.png"), 2, "neither a file nor an id"),
        (("edit", "CARDS", "-o", "none/x.png"), 1, "No such file or directory"),
        (("export", "CARDS", "-o", "x.doc"), 2, "doc is none of the formats"),
        (("export", "CARDS", "-o", "x.psd", "--revision", 3), 2, "--revision is of a document"),
        (
            ("export", "CARDS", "-o", "x.psd", "--url", "http://127.0.0.1:1"),
            3,
            "There is no service at http://127.0.0.1:1",
        ),
        (("export", "CARDS", "-o", "x.psd", "--url", "nothing://"), 3, "no address"),
        (("import", __file__), 1, "PSD"),
    ],
)
def test_what_goes_wrong_is_a_line_and_a_status(
    arguments: tuple[object, ...], code: int, words: str, api: Api, lamina: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lamina.client.retrying.Retries.after_error", lambda *_: None)
    cards = api.made()
    done = lamina(*[cards if one == "CARDS" else one for one in arguments])
    assert done.exit_code == code, done.output
    assert words in done.stderr
    assert "Traceback" not in done.output
    if code != 2:
        assert done.stderr.startswith("Error: ")
        assert len(done.stderr.splitlines()) == 1


def test_problems_are_told_as_objects_where_json_was_asked_for(lamina: Any) -> None:
    done = lamina("export", "dec_none", "-o", "x.psd", "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert json.loads(done.stderr)["code"] == "not-found"


@pytest.mark.parametrize("flag", [[], ["--cancel-on-interrupt"]])
def test_a_job_goes_on_after_ctrl_c_or_is_canceled_as_asked(flag: list[str], api: Api, tmp_path: Path) -> None:
    (tmp_path / "cards.png").write_bytes(cards_png())
    command = [
        sys.executable,
        "-m",
        "app.cli",
        "decompose",
        str(tmp_path / "cards.png"),
        "--out",
        str(tmp_path / "out"),
    ]
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [*command, "--url", api.url, "--model", "noop", *flag], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while b"queued" not in shown:  # no worker takes it
            shown += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130
    os.close(ours)
    (job,) = api.http.get("/v1/jobs").json()["jobs"]
    assert job["status"] == ("canceled" if flag else "queued")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def incoming(api: Api, tmp_path: Path) -> Path:
    """A folder with a picture under two names and something that is none; what is made of it is known."""
    api.made()
    folder = tmp_path / "incoming"
    folder.mkdir()
    for name in ("cards.png", "cards.jpg"):
        (folder / name).write_bytes(cards_png())
    (folder / "page.png").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return folder


QUICK = ("--model", "cards", "--every", "0.02", "--settle", "0.02")


def test_a_watched_folder_is_done_once_and_what_failed_is_done_when_it_is_better(
    api: Api, lamina: Any, incoming: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / ".part-of-a-killed-run").mkdir(parents=True)
    watch = ("watch", incoming, "--out", out, "--once", "--export", "psd", "--op", HIDE, *QUICK)
    done = lamina(*watch)
    assert done.exit_code == 4
    assert sorted(done.stdout.splitlines()) == [
        f"cards.jpg -> {out / 'cards'} (3 layers)", f"cards.png -> {out / 'cards.png'} (3 layers)"
    ]  # fmt: skip
    assert "page.png: " in done.stderr
    assert "SVG" in (out / "page.failed.txt").read_text()
    shown = sorted(path.name for path in out.iterdir() if not path.name.startswith("."))
    assert shown == ["cards", "cards.png", "page.failed.txt"]
    assert [path.name for path in out.glob(".*") if path.is_dir()] == []
    names = sorted(path.name for path in (out / "cards").iterdir())
    assert names == ["00-ground.png", "01-red-card.png", "02-blue-card.png", "cards.psd", "edited.png", MANIFEST]
    assert _look(out / "cards" / "edited.png") == (*GREY, 255)

    again = lamina(*watch)
    assert (again.exit_code, again.output) == (0, "")
    (incoming / "page.png").write_bytes(cards_png())
    better = lamina(*watch)
    assert (better.exit_code, better.stdout) == (0, f"page.png -> {out / 'page'} (3 layers)\n")
    assert not (out / "page.failed.txt").exists()


def test_pictures_are_moved_when_they_are_done_with(api: Api, lamina: Any, incoming: Path, tmp_path: Path) -> None:
    (incoming / "done").mkdir()
    (incoming / "done" / "cards.png").write_bytes(b"of another day")
    done = lamina("watch", incoming, "--out", tmp_path / "out", "--once", "--move", "--no-layers", "--json", *QUICK)
    assert {one["name"]: one["detail"] is None for one in map(json.loads, done.stdout.splitlines())} == {
        "cards.png": True, "cards.jpg": True, "page.png": False
    }  # fmt: skip
    left = sorted(str(path.relative_to(incoming)) for path in incoming.rglob("*.*"))
    assert left == ["done/cards-2.png", "done/cards.jpg", "done/cards.png", "failed/page.png"]


def test_folders_of_others_are_not_written_to(api: Api, lamina: Any, incoming: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "cards").mkdir(parents=True)
    (tmp_path / "out" / "cards" / "letter.txt").write_text("mine")
    done = lamina("watch", incoming, "--out", tmp_path / "out", "--once", *QUICK)
    assert "it is not ours to write to" in done.stderr
    assert [path.name for path in (tmp_path / "out" / "cards").iterdir()] == ["letter.txt"]


def test_orders_that_no_picture_fits_end_the_watch(api: Api, lamina: Any, incoming: Path, tmp_path: Path) -> None:
    done = lamina("watch", incoming, "--out", tmp_path / "out", "--once", "--model", "magic", "--settle", "0")
    assert done.exit_code == 1
    assert "There is no model called 'magic'" in done.stderr
    assert list((tmp_path / "out").glob("*.failed.txt")) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_watch_that_is_stopped_leaves_nothing_half_done_and_goes_on_later(
    number: int, code: int, api: Api, lamina: Any, incoming: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "app.cli", "watch", str(incoming), "--out", str(out), "--at-once", "3", *QUICK]
    (incoming / "waits.png").write_bytes(_other_png())  # no worker takes it
    with subprocess.Popen(
        command, env=os.environ | {"LAMINA_URL": api.url}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = {process.stdout.readline().partition(" ")[0] for _ in range(2)}
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == code
    assert lines == {"cards.jpg", "cards.png"}
    assert not (out / "waits").exists()
    assert [path.name for path in out.glob(".*") if path.is_dir()] == []
    if api.http.get("/v1/jobs", params={"status": "queued"}).json()["jobs"]:  # it had been posted by then
        api.work("cards")
    else:
        api.made(_other_png())
    done = lamina("watch", incoming, "--out", out, "--once", *QUICK)
    assert done.stdout == f"waits.png -> {out / 'waits'} (3 layers)\n"


def _other_png() -> bytes:
    pixels = cards_pixels()
    pixels[0, 0] = (1, 2, 3, 255)
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()
