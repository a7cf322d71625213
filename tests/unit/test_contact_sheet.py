"""The contact sheet is readable: every layer stands out from its ground, and every name can be written."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from app.cli.contact_sheet import Cell, contact_sheet, layer_cells

INK, PAPER = (20, 22, 30, 255), (250, 248, 240, 255)


def _layer(colour: tuple[int, int, int, int], width: int = 60, height: int = 40) -> Image.Image:
    """A block of one colour in the middle of nothing."""
    picture = Image.new("RGBA", (width, height))
    picture.paste(colour, (width // 3, height // 3, 2 * width // 3, 2 * height // 3))
    return picture


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _entry(name: str, index: int = 0, ratio: float = 0.5) -> dict[str, object]:
    return {"index": index, "name": name, "kind": "shape", "area_ratio": ratio}


@pytest.mark.parametrize("colour", [INK, PAPER], ids=["dark", "bright"])
def test_layer_stands_out_from_its_checkerboard(colour: tuple[int, int, int, int]) -> None:
    picture = _layer(colour)
    sheet = np.array(contact_sheet([Cell(picture, "name", "note")], 60).convert("L")).astype(int)
    cell = sheet[36 : 36 + 40, 36 : 36 + 60]
    alpha = np.array(picture)[:, :, 3] > 0
    assert abs(cell[alpha].mean() - cell[~alpha].mean()) > 120
    assert cell[~alpha].std() > 0  # two shades


def test_empty_layer_shows_its_checkerboard() -> None:
    sheet = contact_sheet([Cell(Image.new("RGBA", (50, 50)), "nothing", "")], 50)
    colours = {colour for _, colour in sheet.crop((40, 40, 80, 80)).getcolors() or []}
    assert len(colours) == 2


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Citrus Market", "Citrus Market"),
        ("Äpfel à la crème", "Apfel a la creme"),
        ("夏日市集", "Layer 3"),
        ("Рынок", "Layer 3"),
    ],
)
def test_name_is_written_in_letters_that_the_font_has(name: str, written: str) -> None:
    (cell,) = layer_cells({"layers": [_entry(name, index=3)]}, [_png(_layer(INK))], 100)
    assert cell.name == written


@pytest.mark.parametrize(
    ("ratio", "written"), [(1.0, "100 %"), (0.3849, "38 %"), (0.0412, "4.1 %"), (0.00351, "0.35 %")]
)
def test_area_has_two_digits_that_count(ratio: float, written: str) -> None:
    (cell,) = layer_cells({"layers": [_entry("a", ratio=ratio)]}, [_png(_layer(INK))], 100)
    assert cell.note == f"shape, area {written}"


@pytest.mark.parametrize("size", [(1, 1), (4000, 3), (3, 4000), (900, 700)])
def test_picture_of_any_shape_fits_its_cell(size: tuple[int, int]) -> None:
    (cell,) = layer_cells({"layers": [_entry("a")]}, [_png(Image.new("RGBA", size, INK))], 100)
    assert max(cell.picture.size) == min(100, max(size))
    assert min(cell.picture.size) >= 1
    sheet = contact_sheet([cell], 100)
    assert (sheet.width > 72 + cell.picture.width, sheet.height > 72 + cell.picture.height) == (True, True)


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (4, 4), (5, 3), (6, 3), (8, 4), (16, 4)])
def test_rows_are_full_rather_than_the_last_one_nearly_empty(count: int, columns: int) -> None:
    cells = [Cell(Image.new("RGBA", (200, 200), INK), "name", "note")] * count
    assert round((contact_sheet(cells, 200).width - 2 * 36 + 28) / 228) == columns


def test_long_name_is_cut_and_stays_in_its_column() -> None:
    sheet = np.array(contact_sheet([Cell(_layer(INK, 180, 40), "a long name " * 20, "note")], 180).convert("L"))
    below = sheet[36 + 41 :, 36 + 180 + 1 :]
    assert below.min() == below.max()  # only paper
