import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.__main__ import main
from model.decomposers import NAMES, OnProgress, Parameters, register
from model.errors import OutOfMemory
from model.layers import Layer, Pixels, Stack


class Halves:
    """The picture's left half over a background, named in a way that no file can be."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        on_progress("halves", 1, 1)
        height, width = image.shape[:2]
        half = image[:, : width // 2].copy()
        layers = [Layer(np.full_like(image, 255), kind="background"), Layer(half, name="../left / Mitte", kind="text")]
        return Stack(width, height, tuple(layers[: parameters.most_layers]), {"seed": parameters.seed})


class Full(Halves):
    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        raise OutOfMemory("The GPU is full.")


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("halves", "full"):
        monkeypatch.setitem(NAMES, name, None)  # type: ignore[arg-type]  # taken away again after the test
    register("halves", "test_model_main:Halves", "7")
    register("full", "test_model_main:Full", "7")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 4), dtype=np.uint8)
    pixels[:10, :, 3] = 0
    pixels[10:30, :, 3] = 255
    pixels[pixels[..., 3] == 0] = 0
    path = tmp_path / "poster.png"
    Image.fromarray(pixels).save(path)
    return path


def _composed(folder: Path) -> Pixels:
    manifest = json.loads((folder / "manifest.json").read_text())
    canvas = Image.new("RGBA", (manifest["width"], manifest["height"]))
    for layer in manifest["layers"]:
        with Image.open(folder / layer["file"]) as png:
            canvas = Image.alpha_composite(canvas, png.convert("RGBA"))
    return np.asarray(canvas)


def test_the_files_recompose_to_the_picture(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "layers"
    assert main([str(picture), "--model", "halves", "--out", str(out), "--seed", "3", "--no-residual"]) == 0
    with Image.open(picture) as image:
        assert np.array_equal(_composed(out), np.asarray(image))
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["model"], manifest["model_revision"], manifest["max_error"]) == ("halves", "7", 0)
    assert manifest["notes"] == {"seed": 3}
    assert manifest["parameters"]["enable_residual"] is False
    assert [layer["kind"] for layer in manifest["layers"]] == ["background", "text"]
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [str(path) for path in sorted(out.iterdir())]
    assert "halves 1/1" in printed.err


def test_as_many_layers_as_the_picture_has_may_be_asked_for(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "layers"
    assert main([str(picture), "--model", "halves", "--out", str(out), "--max-layers", "auto", "--quiet"]) == 0
    assert json.loads((out / "manifest.json").read_text())["parameters"]["max_layers"] == "auto"


def test_no_name_of_a_layer_leads_out_of_the_folder(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "layers"
    assert main([str(picture), "--model", "halves", "--out", str(out), "--no-residual", "--quiet"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["00-background.png", "01-left-mitte.png", "manifest.json"]


def test_a_second_run_removes_the_layers_of_the_first_and_nothing_else(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "layers"
    out.mkdir()
    kept = out / "02-mine.png"
    kept.write_bytes(b"mine")
    assert main([str(picture), "--model", "halves", "--out", str(out), "--quiet"]) == 0
    assert main([str(picture), "--model", "halves", "--out", str(out), "--max-layers", "1", "--quiet"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["00-background.png", "02-mine.png", "manifest.json"]


def test_quiet_prints_no_progress(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(picture), "--model", "halves", "--out", str(tmp_path / "layers"), "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_bytes_that_are_no_picture_end_in_a_sentence_and_leave_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "poster.svg"
    text.write_bytes(BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>").getvalue())
    assert main([str(text), "--model", "halves", "--out", str(tmp_path / "layers")]) == 1
    assert "SVG" in capsys.readouterr().err
    assert not (tmp_path / "layers").exists()


def test_a_missing_picture_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.png"), "--model", "halves"]) == 1
    assert "none.png: No such file" in capsys.readouterr().err


def test_what_a_model_complains_of_is_passed_on(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(picture), "--model", "full", "--out", str(tmp_path / "layers"), "--quiet"]) == 1
    assert capsys.readouterr().err == "python -m model: The GPU is full.\n"


def test_a_folder_that_is_a_file_is_named(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(picture), "--model", "halves", "--out", str(picture), "--quiet"]) == 1
    assert "poster.png: File exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--max-layers", "0"],
        ["--max-layers", "17"],
        ["--max-layers", "many"],
        ["--min-alpha-area-ratio", "nan"],
        ["--seed", "-1"],
        ["--resolution", "512"],
        ["--model", "nobody"],
        ["--guidance-scale", "31"],
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_named_with_status_2(
    picture: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(picture), *wrong])
    assert ended.value.code == 2
    assert wrong[0] in capsys.readouterr().err


def test_options_for_weights_are_refused_where_there_are_none(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(picture), "--model", "halves", "--out", str(tmp_path / "out"), "--fp16"])


def test_weights_that_are_not_there_are_named(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = tmp_path / "nowhere" / "weights"
    weights.mkdir(parents=True)
    arguments = ["--model", "qwen-image-layered", "--out", str(tmp_path / "out"), "--weights", str(weights)]
    assert main([str(picture), *arguments]) == 1
    assert str(weights) in capsys.readouterr().err
