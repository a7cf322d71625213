"""The same rows by a plain loop of Pillow, as one would write it: compose, save."""

import io
import subprocess
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bench.batch.poster import FONT, FONT_SIZE, INK, SIDE, Row
from bench.edit.scene import LARGE, SMALL, TEXT
from model.layers import Layer


class Loop:
    """Layers and products are decoded, and products brought to their size, once: as well as a loop can be without
    keeping what it composed."""

    def __init__(self, layers: Sequence[Layer], products: Sequence[bytes]) -> None:
        self._layers = [(Image.fromarray(layer.pixels), (layer.x, layer.y)) for layer in layers]
        place = self._layers[LARGE][0].size
        self._products = [
            ImageOps.contain(Image.open(io.BytesIO(file)).convert("RGBA"), place, Image.Resampling.BICUBIC)
            for file in products
        ]
        self._font = ImageFont.truetype(_font_file(), FONT_SIZE)

    def draw(self, row: Row) -> bytes:
        """One picture, a PNG at Pillow's default level; without its alpha, as no pixel needs it."""
        canvas = Image.new("RGBA", (SIDE, SIDE))
        for at, (picture, corner) in enumerate(self._layers):
            place = corner
            if at == TEXT:
                words = Image.new("RGBA", canvas.size)
                ImageDraw.Draw(words).text(place, row.headline, (*INK, 255), self._font)
                canvas.alpha_composite(words)
                continue
            shown = picture
            if at == LARGE:
                shown = self._products[row.product]
                place = _centred(picture, shown, corner)
            elif at == SMALL:
                shown = Image.new("RGBA", picture.size, row.badge)
                shown.putalpha(picture.getchannel("A"))
            canvas.alpha_composite(shown, place)
        out = io.BytesIO()
        canvas.convert("RGB").save(out, "PNG")
        return out.getvalue()


def _centred(frame: Image.Image, picture: Image.Image, place: tuple[int, int]) -> tuple[int, int]:
    return place[0] + (frame.width - picture.width) // 2, place[1] + (frame.height - picture.height) // 2


def _font_file() -> str:
    found = subprocess.run(
        ["fc-match", "--format=%{file}", FONT.replace(" Bold", ":bold")], capture_output=True, text=True, check=True
    )
    return found.stdout
