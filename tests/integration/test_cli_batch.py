"""``lamina batch`` and ``lamina templates`` on the real API."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from app.cli import main
from tests.api_in_thread import BLUE, GREY, Api, pixels_of
from tests.batch_makers import rendering, template_of

ROWS = "name,accent,shown\nfirst,#00ff00,\n,no colour,\nhidden,,false\n"


@pytest.fixture
def lamina(api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Runs a command in this process, where there is a template of two cards and a worker that draws."""
    monkeypatch.setenv("LAMINA_URL", api.url)
    template_of(api.http, api.made())

    def run(*arguments: object, given: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(one) for one in arguments], input=given)

    with rendering(api.settings, api.engine, tmp_path / "worker"):
        yield run


def test_rows_become_a_zip_and_those_that_fail_are_listed(lamina: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    out = tmp_path / "out.zip"
    done = lamina("batch", "cards", tmp_path / "rows.csv", "-o", out, "--width", 30)
    assert (done.exit_code, done.stdout) == (4, f"{out}\n"), done.output
    first, row, last = done.stderr.splitlines()
    assert first.endswith(": 3 rows")
    assert row.startswith("Row 2: /accent: ")
    assert last == "Error: 1 of 3 rows could not be drawn."
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == ["first.png", "hidden.png", "rows.ndjson"]
        hidden = pixels_of(archive.read("hidden.png"))
    assert (hidden.shape, tuple(hidden[8, 8].tolist())) == ((20, 30, 4), (*GREY, 255))

    later = lamina("batch", "--job", first.partition(":")[0], "-o", tmp_path / "again.zip", "--json")
    told = json.loads(later.stdout)
    assert told["counts"] == {"total": 3, "succeeded": 2, "failed": 1}
    assert [(error["row"], error["pointer"]) for error in told["errors"]] == [(2, "/accent")]
    assert (tmp_path / "again.zip").read_bytes() == out.read_bytes()


def test_rows_are_read_from_standard_input(lamina: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    done = lamina(
        "batch", "cards", "-", "-o", out, "--input", "ndjson", "--format", "webp", given='{"glow": 0.5}\n{}\n'
    )
    assert (done.exit_code, done.stdout) == (0, f"{out}\n"), done.output
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == ["00001.webp", "00002.webp", "rows.ndjson"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("rows.csv", b"name;product\na;green.png\nb;below/green.png\nc;nowhere.png\nd;../secret.png\ne;\n"),
        ("rows.csv", b"\xef\xbb\xbfsep=|\nname|product.image\na|green.png\nb|green.png\nc|x.png\nd|y\n\n\"e\"|\n"),
        ("rows.tsv", "name\tproduct\na\tgreen.png\nb\tgreen.png\nc\tnone.png\nd\tnone.png\ne\t\n".encode("utf-16")),
        ("rows.ndjson", b'{"product": "green.png"}\n{"product": "green.png"}\n{"product": "x"}\n{"product": 3}\n{}\n'),
        ("rows.json", b'{"rows": [{"product": "green.png"}, {"product": "green.png"}, {"product": "x"}, 4, {}]}'),
    ],
    ids=["semicolons", "bars, as Excel says them", "tabs in UTF-16", "NDJSON", "JSON"],
)  # fmt: skip
def test_pictures_of_a_folder_are_uploaded(name: str, rows: bytes, lamina: Any, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    for path in (folder / "green.png", folder / "below" / "green.png", tmp_path / "secret.png"):
        Image.new("RGB", (8, 8), (0, 200, 0)).save(path)
    (tmp_path / name).write_bytes(rows)
    out = tmp_path / "out.zip"
    done = lamina("batch", "cards", tmp_path / name, "-o", out, "--pictures", folder, "--json")
    assert done.exit_code == 4, done.output
    told = json.loads(done.stdout)
    assert told["counts"] == {"total": 5, "succeeded": 3, "failed": 2}
    assert [error["row"] for error in told["errors"]] == [3, 4]
    with zipfile.ZipFile(out) as archive:
        first, second, last = (pixels_of(archive.read(one)) for one in archive.namelist()[:3])
    assert tuple(first[20, 42].tolist()) == tuple(second[20, 42].tolist()) == (0, 200, 0, 255)
    assert tuple(last[20, 42].tolist()) == (*BLUE, 255)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("batch", "-o", "x.zip"), 2, "Name TEMPLATE and ROWS, or --job"),
        (("batch", "cards", "ROWS", "-o", "x.zip", "--job", "job_1"), 2, "Name TEMPLATE and ROWS, or --job"),
        (("batch", "cards", "-", "-o", "x.zip"), 2, "say it with --input"),
        (("batch", "none", "ROWS", "-o", "x.zip"), 1, "There is no template 'none'"),
        (("batch", "cards", "ROWS", "-o", "x.zip", "--input", "json"), 1, "JSON"),
        (("batch", "cards", "ROWS", "-o", "x.zip", "--template-version", 9), 1, "9"),
        (("render", "cards", "glow", "-o", "x.png"), 2, "'glow' is no NAME=VALUE"),
        (("render", "cards", "glow=7", "-o", "x.png"), 1, "/values/glow"),
        (("render", "cards", "-o", "x.zip"), 2, "it ends in one of"),
        (("render", "cards", "-o", "x.png", "--values", "ROWS"), 2, "It is not valid JSON"),
        (("batch", "--job", "job_none", "-o", "x.zip"), 1, "There is no job job_none."),
    ],
)
def test_what_goes_wrong_is_a_line_and_a_status(
    arguments: tuple[object, ...], code: int, words: str, lamina: Any, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    done = lamina(*[tmp_path / "rows.csv" if one == "ROWS" else one for one in arguments])
    assert done.exit_code == code, done.output
    assert words in done.stderr
    assert not Path("x.zip").exists()


def test_a_batch_of_which_nothing_could_be_drawn_leaves_no_zip(lamina: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(f"product\n{'f' * 64}\n")
    done = lamina("batch", "cards", tmp_path / "rows.csv", "-o", tmp_path / "out.zip")
    assert done.exit_code == 1
    assert "Row 1: /product" in done.stderr
    assert not (tmp_path / "out.zip").exists()


def test_a_template_is_drawn_with_values_of_the_command_line(lamina: Any, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), (0, 200, 0)).save(tmp_path / "green.png")
    out = tmp_path / "out.png"
    done = lamina("render", "cards", f"product={tmp_path / 'green.png'}", "glow=0", "accent=#123456", "-o", out)
    assert (done.exit_code, done.stdout) == (0, f"{out}\n"), done.output
    drawn = pixels_of(out.read_bytes())
    assert (tuple(drawn[20, 42].tolist()), tuple(drawn[16, 16].tolist())) == ((0, 200, 0, 255), (*GREY, 255))
    told = lamina("render", "cards", "-o", out, "--values", "-", "--width", 30, "--json", given='{"shown": false}')
    assert json.loads(told.stdout) == {"path": str(out), "template": "cards", "version": 1}
    assert pixels_of(out.read_bytes()).shape == (20, 30, 4)


def test_templates_are_listed(lamina: Any) -> None:
    listed = lamina("templates")
    assert listed.stdout == "cards  v1  60 x 40  accent: color, product: image, glow: opacity, shown: visible\n"
    assert json.loads(lamina("templates", "--json").stdout)["name"] == "cards"
