"""How fast and how small our PNGs are, beside Pillow's, OpenCV's and one single stream of the same pixels.

    python -m bench.encode [PICTURE ...] [--rounds 5]

Without pictures, five are drawn: a flat poster, a photograph-like one, a grey one, a layer that is mostly transparent
and one of lettering. Times are of the processor, the best of the rounds; the last columns are ratios, so that they mean
the same on any machine. *one stream* is what we wrote before there were bands: RGB or RGBA, compressed in one piece.
*a change* is the file again after a sixteenth of the rows changed.
"""

import io
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import click
import cv2
import numpy as np
from isal import isal_zlib
from PIL import Image, ImageDraw

from model.encode import decode_own, png
from model.layers import Pixels
from model.png_bands import PngBands

SIDE = 1024
KINDS = {0: "grey", 2: "RGB", 3: "palette", 6: "RGBA"}


@click.command()
@click.argument("pictures", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", default=5, show_default=True)
def main(pictures: tuple[Path, ...], rounds: int) -> None:
    """Print a line for each picture."""
    cv2.setNumThreads(1)
    named = {path.name: np.asarray(Image.open(path).convert("RGBA")) for path in pictures} or drawn()
    heads = ["picture", "megapixels", "kind", "ours, ms", "a change, ms", "reading, ms"]
    heads += [f"{who}: {what}, ×" for who in OTHERS for what in ("time", "size")]
    print("| " + " | ".join(heads) + " |\n" + "| --- " * len(heads) + "|")
    for name, pixels in named.items():
        print("| " + " | ".join(line(name, pixels, rounds)) + " |")


def line(name: str, pixels: Pixels, rounds: int) -> list[str]:
    """Times in milliseconds, then for each of the others its time and its size over ours."""
    ours_ms, ours = measured(lambda: png(pixels, least=True), rounds)
    reading_ms, _ = measured(lambda: decode_own(ours), rounds)
    bands = PngBands(pixels.shape[1], len(pixels))
    bands.file(pixels)
    change_ms, _ = measured(lambda: changed(bands, pixels), rounds)
    cells = [name, f"{pixels.shape[0] * pixels.shape[1] / 1e6:.2f}", KINDS[ours[25]]]
    cells += [f"{milliseconds:.1f}" for milliseconds in (ours_ms, change_ms, reading_ms)]
    for other in OTHERS.values():
        theirs_ms, theirs = measured(lambda other=other: other(pixels), min(rounds, 3))
        cells += [f"{theirs_ms / ours_ms:.1f}", f"{len(theirs) / len(ours):.2f}"]
    return cells


def measured(work: Callable[[], bytes | Pixels], rounds: int) -> tuple[float, bytes]:
    """Milliseconds of processor time, the best of the rounds, and what came of it."""
    best, made = float("inf"), b""
    for _ in range(rounds):
        begun = time.process_time()
        result = work()
        best = min(best, time.process_time() - begun)
        made = result if isinstance(result, bytes) else made
    return best * 1e3, made


def changed(bands: PngBands, pixels: Pixels) -> bytes:
    """The file after a sixteenth of the rows, in the middle, changed."""
    middle = len(pixels) // 2
    bands.changed(middle, middle + len(pixels) // 16)
    return bands.file(pixels)


def by_pillow(pixels: Pixels, level: int) -> bytes:
    """Pillow's PNG of the same pixels, without alpha where ours has none."""
    picture, out = Image.fromarray(pixels), io.BytesIO()
    (picture.convert("RGB") if _opaque(pixels) else picture).save(out, "PNG", compress_level=level)
    return out.getvalue()


def by_opencv(pixels: Pixels) -> bytes:
    code = cv2.COLOR_RGBA2BGR if _opaque(pixels) else cv2.COLOR_RGBA2BGRA
    return cv2.imencode(".png", cv2.cvtColor(pixels, code))[1].tobytes()


def one_stream(pixels: Pixels) -> bytes:
    """Only the compressed rows, without the file around them."""
    plain = cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB) if _opaque(pixels) else pixels
    rows = plain.reshape(len(plain), -1)
    filtered = np.full((len(rows), rows.shape[1] + 1), 2, np.uint8)
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    compressor = isal_zlib.compressobj(1)
    packed = bytes(compressor.compress(filtered) + compressor.flush())
    zlib.crc32(packed)
    return packed


OTHERS: dict[str, Callable[[Pixels], bytes]] = {
    "Pillow 1": lambda pixels: by_pillow(pixels, 1),
    "Pillow 6": lambda pixels: by_pillow(pixels, 6),
    "OpenCV": by_opencv,
    "one stream": one_stream,
}


def drawn() -> dict[str, Pixels]:
    """The five pictures, the same each time."""
    poster = Image.new("RGBA", (SIDE, SIDE), "#20406a")
    pen = ImageDraw.Draw(poster)
    for at in range(12):
        pen.ellipse((80 * at, 60 * at, 80 * at + 300, 60 * at + 200), (20 * at, 255 - 20 * at, 120, 255))
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).resize((SIDE, SIDE), 3)
    grain = rng.normal(0, 3, (SIDE, SIDE, 3))
    photograph = np.full((SIDE, SIDE, 4), 255, np.uint8)
    photograph[:, :, :3] = np.clip(np.asarray(coarse) + grain, 0, 255)
    grey = photograph.copy()
    grey[:, :, 1:3] = grey[:, :, :1]
    layer = np.zeros((SIDE, SIDE, 4), np.uint8)
    layer[300:500, 200:800] = photograph[300:500, 200:800]
    words = np.zeros((SIDE, SIDE), np.uint8)
    for at in range(8):
        place = 30, 120 * at + 100
        cv2.putText(words, "Lettering", place, cv2.FONT_HERSHEY_DUPLEX, 4, 255, 6, cv2.LINE_AA)
    lettering = np.full((SIDE, SIDE, 4), (200, 40, 60, 0), np.uint8)
    lettering[:, :, 3] = words
    made = {"flat poster": np.asarray(poster), "photograph": photograph, "grey photograph": grey}
    return {**made, "layer": layer, "lettering": lettering}


def _opaque(pixels: Pixels) -> bool:
    return bool(pixels[:, :, 3].min() == 255)


if __name__ == "__main__":
    main()
