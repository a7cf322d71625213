"""What other programs show of the files that we export, where they are installed: ImageMagick, GIMP and LibreOffice."""

import io
import os
import subprocess
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from export_stacks import STACKS, Maker, noise
from lettered_stack import lettered
from PIL import Image

from model.compositing import over
from model.export.options import Slides
from model.export.pptx import write as write_pptx
from model.export.stack import Exported
from model.export.table import FORMATS
from model.layers import Pixels
from tests.may_be_missing import program

WIDTH, HEIGHT = 320, 240
"""Large enough for a slide of 96 pixels an inch."""
PATIENCE_S = 120


def written(stack: Exported, format_: str, folder: Path) -> Path:
    out = io.BytesIO()
    import_module(str(FORMATS[format_].module)).write(stack, out)
    path = folder / f"exported.{format_}"
    path.write_bytes(out.getvalue())
    return path


def furthest(shown: Pixels, wanted: Pixels) -> float:
    """In steps of 255, of colours times alpha."""
    assert shown.shape == wanted.shape
    return max(
        float(np.abs(shown[..., :3] * (shown[..., 3:] / 255) - wanted[..., :3] * (wanted[..., 3:] / 255)).max()),
        float(np.abs(shown[..., 3].astype(int) - wanted[..., 3]).max()),
    )


def ran(*command: str, more: Mapping[str, str] | None = None) -> bytes:
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, env={**os.environ, **(more or {})})
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def by_imagemagick(path: Path, *told: str, first: bool = False) -> Pixels:
    """The last of a file's pictures, or the first."""
    magick = program("imagemagick", "magick", "convert-im6", "convert-im7")
    raw = ran(magick, f"{path}[0]" if first else str(path), *told, "-depth", "8", "rgba:-")
    size = ran(magick, f"{path}[0]", "-format", "%w %h", "info:").split()
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, int(size[1]), int(size[0]), 4)
    return np.asarray(pictures[0 if first else -1])


@pytest.mark.parametrize("format_", ["psd", "tiff"])
@pytest.mark.parametrize("name", ["grouped", "beyond", "blended", "clear"])
def test_imagemagick_shows_the_picture(name: str, format_: str, tmp_path: Path) -> None:
    stack = STACKS[name]()
    shown = by_imagemagick(written(stack, format_, tmp_path), first=True)
    # A PSD that is not opaque has its colours over white: of those that are seen through, some are a step off.
    assert furthest(shown, stack.picture) <= (1 if (format_, name) == ("psd", "clear") else 0)


def test_imagemagick_finds_the_layers_of_a_psd_where_they_lie(tmp_path: Path) -> None:
    magick = program("imagemagick", "magick", "convert-im6", "convert-im7")
    path = written(STACKS["beyond"](), "psd", tmp_path)
    told = ran(magick, f"{path}[1--1]", "-format", "%l %wx%h%O\n", "info:").decode().splitlines()
    assert told[1:3] == ["Top left 10x8-5-3", "Bottom right 10x8+33+27"]


def test_imagemagick_plays_a_webp_to_the_picture(tmp_path: Path) -> None:
    stack = STACKS["blended"]()
    assert np.array_equal(by_imagemagick(written(stack, "webp", tmp_path), "-coalesce"), stack.picture)


def test_gimp_composes_the_layers_of_a_psd_to_the_picture(tmp_path: Path) -> None:
    gimp = program("gimp", "gimp-console")
    names = ("plain", "grouped", "beyond", "clear")
    wanted = {name: STACKS[name]().picture for name in names}
    for name in names:
        written(STACKS[name](), "psd", tmp_path).rename(tmp_path / f"{name}.psd")
    told = "".join(_MERGED.format(tmp_path / f"{name}.psd", tmp_path / f"{name}.png") for name in names)
    ran(gimp, "-i", "-d", "-f", "-b", f"(begin {told})", "-b", "(gimp-quit 0)", more={"HOME": str(tmp_path)})
    for name in names:
        with Image.open(tmp_path / f"{name}.png") as picture:
            assert furthest(np.array(picture.convert("RGBA")), wanted[name]) <= 1, name


_MERGED = """
(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "{0}" "{0}")))
       (layer (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE))))
  (gimp-layer-resize-to-image-size layer)
  (file-png-save RUN-NONINTERACTIVE image layer "{1}" "{1}" 0 9 0 0 0 0 0)
  (gimp-image-delete image))
"""
"""In its Scheme: a file's visible layers as one picture."""


def deck() -> Exported:
    """All that a slide has to show: groups, what is hidden, seen through, of another mode, or beyond the edge."""
    make = Maker(WIDTH, HEIGHT)
    inner = [make.layer("a", noise(2, 90, 60), 20, 20), make.layer("b", noise(3, 90, 60), 60, 50)]
    faded = make.group("Faded", inner, opacity=0.6)
    away = make.group("Away", [make.layer("c", noise(4, 50, 50), 200, 20)], visible=False)
    outer = make.group("Outer", [make.layer("d", noise(5, 50, 50), 200, 120), faded])
    return make.stack(
        make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True)),
        outer,
        away,
        make.layer("Shade", noise(6, 80, 80), 150, 90, blend="multiply"),
        make.layer("Edge", noise(7, 60, 60), -20, 200, opacity=0.5),
        make.layer("Unseen", noise(8, 300, 200), 3, 3, visible=False),
    )


def by_libreoffice(stack: Exported, options: Slides, tmp_path: Path) -> Pixels:
    """The first slide, a pixel of the canvas a pixel."""
    office = program("libreoffice-impress", "soffice", "libreoffice")
    with (tmp_path / "deck.pptx").open("wb") as file:
        write_pptx(stack, file, options)
    height, width = stack.picture.shape[:2]
    size = f'{{"PixelWidth":{{"type":"long","value":"{width}"}},"PixelHeight":{{"type":"long","value":"{height}"}}}}'
    ran(
        office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
        "--convert-to", f"png:impress_png_Export:{size}", "--outdir", str(tmp_path), str(tmp_path / "deck.pptx"),
        more={"HOME": str(tmp_path)},
    )  # fmt: skip
    with Image.open(tmp_path / "deck.png") as picture:
        return np.array(picture.convert("RGBA"))


def test_libreoffice_shows_a_slide_as_the_picture(tmp_path: Path) -> None:
    stack = deck()
    wanted = np.full_like(stack.picture, 255)
    over(wanted, stack.picture, np.s_[:, :])
    assert furthest(by_libreoffice(stack, Slides(build="clicks"), tmp_path), wanted) <= 3


def test_libreoffice_sets_words_where_they_stood(tmp_path: Path) -> None:
    stack, _ = lettered(12)
    words = stack.load(stack.outline.items[1])
    ground = stack.load(stack.outline.items[0])
    assert words is not None
    assert ground is not None
    shown = by_libreoffice(stack, Slides(text="boxes"), tmp_path)
    for seen in (shown, stack.picture):
        assert seen.shape == ground.pixels.shape
    edges = [
        [found.min(axis=1), found.max(axis=1)]
        for seen in (shown, stack.picture)
        for found in [np.array(np.nonzero((np.abs(seen.astype(int) - ground.pixels) > 90).any(axis=2)))]
    ]
    assert np.abs(np.subtract(*edges)).max() <= 6  # of a font of 40 pixels
