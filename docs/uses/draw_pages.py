"""Draws the pictures of the five pages, ``docs/uses/*.webp``, out of what running the pages leaves.

    make docs-uses

A service of its own is started and every page is run on it from top to bottom.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.cli.contact_sheet import Cell, contact_sheet
from app.cli.service import running
from tests.use_pages import PAGES, run_page

CELL_PX = 300
LARGEST_BYTES = 90_000
SHEETS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "ad_variants": (
        ("poster.png", "The poster", "taken apart once"),
        ("variants/de.png", "de.png", "German"),
        ("variants/fr.png", "fr.png", "French, in smaller letters"),
        ("variants/ja.png", "ja.png", "Japanese"),
        ("variants/free.png", "free.png", "without the badge"),
        ("wide.jpg", "wide.jpg", "from an address, 600 pixels wide"),
    ),
    "film_cut_outs": (
        ("still.png", "The still", "960 x 540 pixels, with grain"),
        ("figure.png", "figure.png", "the whole frame, straight alpha"),
        ("plate.png", "plate.png", "the shot without the figure"),
        ("shot.png", "shot.png", "the figure moved, turned round, larger"),
    ),
    "game_languages": (
        ("button.png", "The button", "as it was painted"),
        ("sprites/start-de.png", "start-de.png", "LOS"),
        ("sprites/start-fr.png", "start-fr.png", "ALLEZ"),
        ("sprites/start-zh.png", "start-zh.png", "Chinese, from a font that has it"),
        ("sprites/start-ar.png", "start-ar.png", "Arabic, from right to left"),
        ("sprites/blank.png", "blank.png", "for engines that set text themselves"),
    ),
    "shop_pictures": (
        *((f"products/{name}.png", f"products/{name}.png", "as it was taken") for name in ("clock", "lamp", "mug")),
        *(
            (f"clean/{name}/edited.png", f"clean/{name}/edited.png", "off its wall")
            for name in ("clock", "lamp", "mug")
        ),
        *((f"cards/{name}.webp", f"cards/{name}.webp", "from the template") for name in ("clock", "lamp", "mug")),
    ),
    "teaching_slides": (
        ("lesson.webp#1", "Step 1", "the title"),
        ("lesson.webp#3", "Step 3", "the sea, and water rises"),
        ("lesson.webp#5", "Step 5", "the cloud, and rain falls"),
        ("lesson.webp#7", "Step 7", "the diagram again, to the bit"),
    ),
}
"""For each page: the file (and the frame of an animation), what is written under it, and a line of explanation."""


def main() -> None:
    with TemporaryDirectory(prefix="lamina") as name:
        folder = Path(name)
        with running(folder / "data", folder / "logs", {}) as url:
            for page in PAGES:
                here = folder / page.stem
                here.mkdir()
                run_page(page, here, url)
                _draw(page.stem, here)


def _draw(page: str, folder: Path) -> None:
    cells = []
    for file, title, note in SHEETS[page]:
        path, _, frame = file.partition("#")
        with Image.open(folder / path) as opened:
            opened.seek(int(frame or 0))
            cells.append(Cell(opened.convert("RGBA"), title, note))
    out = Path(__file__).with_name(f"{page}.webp")
    contact_sheet(cells, CELL_PX).save(out, "WEBP", quality=82, method=6)
    print(f"{out.name}: {out.stat().st_size / 1024:.0f} KiB")
    assert out.stat().st_size <= LARGEST_BYTES


if __name__ == "__main__":
    main()
