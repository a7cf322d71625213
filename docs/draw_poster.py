"""Draws ``docs/poster.png``: the sample poster beside the layers that ``classic`` takes it apart into.

    make docs-picture

Runs the ``lamina decompose`` command, so that what the picture shows is what a reader gets.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from app.cli.contact_sheet import Cell, contact_sheet, layer_cells
from app.cli.sample_poster import HEIGHT, WIDTH, sample_poster

OUT = Path(__file__).with_name("poster.png")
CELL_PX = 250
COLUMNS = 5


def main() -> None:
    with TemporaryDirectory(prefix="lamina") as name:
        poster, layers = Path(name) / "poster.png", Path(name) / "layers"
        poster.write_bytes(sample_poster())
        command = [sys.executable, "-m", "app.cli", "decompose", str(poster), "--out", str(layers)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        manifest = json.loads((layers / "manifest.json").read_text())
        pictures = [path.read_bytes() for path in sorted(layers.glob("[0-9][0-9]-*.png"))]
        with Image.open(poster) as opened:
            source = Cell(opened.convert("RGBA"), "The poster", f"{WIDTH} x {HEIGHT} pixels")
    sheet = contact_sheet([source, *layer_cells(manifest, pictures, CELL_PX)], CELL_PX, columns=COLUMNS)
    sheet.quantize(256, dither=Image.Dither.NONE).save(OUT, optimize=True)
    print(f"{OUT.name}: {sheet.width} x {sheet.height} pixels, {OUT.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
