"""A contact sheet: pictures in a grid, each on a checkerboard that it stands out from, its name and a note beneath."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from math import ceil
from typing import Any
from unicodedata import combining, normalize

from PIL import Image, ImageDraw, ImageFont, ImageStat

_PAGE, _TITLE_COLOUR, _NAME_COLOUR, _NOTE_COLOUR, _FRAME = "#f6f5f2", "#16181d", "#16181d", "#6b6f76", "#d8d6d0"
_CHECKS_LIGHT, _CHECKS_DARK = ((255, 255, 255), (228, 228, 230)), ((62, 65, 72), (80, 84, 92))
_CHECKS_MIDDLE = ((122, 125, 132), (138, 141, 148))
_BRIGHT, _MIXED = 150, 62  # of 255: the mean above which a picture is bright, the deviation above which it is both
_CHECK_PX = 12
_MARGIN, _GAP = 36, 28
_NAME_SIZE, _NOTE_SIZE, _TITLE_SIZE = 19, 15, 27
_CAPTION_HEIGHT, _TITLE_HEIGHT = 62, 54
_MOST_COLUMNS = 4

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Cell:
    """``picture`` is RGBA of any size; ``note`` is one short line."""

    picture: Image.Image
    name: str
    note: str


def layer_cells(manifest: Mapping[str, Any], layers: Sequence[bytes], side: int) -> list[Cell]:
    """A cell a layer, bottom first: its name, then its kind and the share of the canvas that it covers.

    Args:
        manifest: of the decomposition.
        layers: the PNG of each on the full canvas, in the manifest's order.
        side: of the cells, in pixels; larger layers are reduced at once, to keep the memory for one of them only.
    """
    cells = []
    for entry, data in zip(manifest["layers"], layers, strict=True):
        with Image.open(BytesIO(data)) as opened:
            picture = _fitted(opened.convert("RGBA"), side)
        name = _writable(entry["name"]) or f"Layer {entry['index']}"
        cells.append(Cell(picture, name, f"{entry['kind']}, area {_percent(entry['area_ratio'])}"))
    return cells


def contact_sheet(cells: Sequence[Cell], side: int, title: str = "", columns: int | None = None) -> Image.Image:
    """The cells in rows, left to right.

    Args:
        cells: at least one.
        side: the largest width and height of a picture, in pixels.
        title: stands above them.
        columns: how many a row; chosen by their number otherwise.
    """
    pictures = [_fitted(cell.picture, side) for cell in cells]
    columns = columns or _columns(len(cells))
    width = max(_NAME_SIZE * 9, *(picture.width for picture in pictures))
    height = max(picture.height for picture in pictures)
    top = _MARGIN + (_TITLE_HEIGHT if title else 0)
    rows = ceil(len(cells) / columns)
    page = Image.new(
        "RGB",
        (
            2 * _MARGIN + columns * width + (columns - 1) * _GAP,
            top + rows * (height + _CAPTION_HEIGHT) + (rows - 1) * _GAP + _MARGIN - _GAP // 2,
        ),
        _PAGE,
    )
    pen = ImageDraw.Draw(page)
    pen.text((_MARGIN, _MARGIN - 6), _cut(title, _font(_TITLE_SIZE), page.width - 2 * _MARGIN), _TITLE_COLOUR,
             font=_font(_TITLE_SIZE), stroke_width=0.3)  # fmt: skip
    for index, (cell, picture) in enumerate(zip(cells, pictures, strict=True)):
        row, column = divmod(index, columns)
        x, y = _MARGIN + column * (width + _GAP), top + row * (height + _CAPTION_HEIGHT + _GAP)
        _put(page, picture, x, y)
        _caption(pen, cell, x, y + height, width)
    return page


def _columns(count: int) -> int:
    """Full rows rather than a last one that is nearly empty."""
    return ceil(count / ceil(count / _MOST_COLUMNS))


def _put(page: Image.Image, picture: Image.Image, x: int, y: int) -> None:
    ImageDraw.Draw(page).rectangle((x - 1, y - 1, x + picture.width, y + picture.height), outline=_FRAME)
    page.paste(_checkerboard(picture), (x, y))
    page.paste(picture, (x, y), picture)


def _checkerboard(picture: Image.Image) -> Image.Image:
    """What to lay under the picture so that it stands out."""
    first, second = _checks(picture)
    board = Image.new("RGB", picture.size, first)
    pen = ImageDraw.Draw(board)
    for y in range(0, picture.height, _CHECK_PX):
        for x in range(_CHECK_PX * (y // _CHECK_PX % 2), picture.width, 2 * _CHECK_PX):
            pen.rectangle((x, y, x + _CHECK_PX - 1, y + _CHECK_PX - 1), second)
    return board


def _checks(picture: Image.Image) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Dark under a bright picture, light under a dark one, grey under one that is both."""
    seen = picture.getchannel("A").point(lambda value: 255 * (value > 127))
    if seen.getbbox() is None:
        return _CHECKS_LIGHT
    statistics = ImageStat.Stat(picture.convert("L"), seen)
    if statistics.stddev[0] > _MIXED:
        return _CHECKS_MIDDLE
    return _CHECKS_DARK if statistics.mean[0] > _BRIGHT else _CHECKS_LIGHT


def _caption(pen: ImageDraw.ImageDraw, cell: Cell, x: int, y: int, width: int) -> None:
    pen.text((x, y + 10), _cut(cell.name, _font(_NAME_SIZE), width), _NAME_COLOUR, font=_font(_NAME_SIZE))
    pen.text((x, y + 36), _cut(cell.note, _font(_NOTE_SIZE), width), _NOTE_COLOUR, font=_font(_NOTE_SIZE))


def _cut(words: str, font: _Font, width: int) -> str:
    """As much of the words as fits, with three dots for the rest."""
    kept = words
    while kept and font.getlength(kept + ("..." if kept != words else "")) > width:
        kept = kept[:-1].rstrip()
    return kept if kept == words else kept + "..."


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    """The picture, reduced until neither side is longer; never enlarged."""
    scale = min(1.0, side / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _percent(ratio: float) -> str:
    """Two digits that count: ``38 %``, ``4.1 %``, ``0.35 %``."""
    value = 100 * ratio
    return f"{value:.0f} %" if value >= 10 else f"{value:.1f} %" if value >= 1 else f"{value:.2f} %"


def _writable(words: str) -> str | None:
    """The words in letters that Pillow's own font has, accents left out; ``None`` where it lacks the script.

    What it lacks is drawn as one and the same box, which gives it away.
    """
    plain = "".join(letter for letter in normalize("NFKD", words) if not combining(letter))
    box = bytes(_font(_NAME_SIZE).getmask("\uffff"))
    lacking = any(bytes(_font(_NAME_SIZE).getmask(letter)) == box for letter in plain if not letter.isspace())
    return None if lacking else plain


@cache
def _font(size: int) -> _Font:
    return ImageFont.load_default(size)
