"""How fast and how small our PNGs are, beside Pillow's own of the same pixels.

    python -m bench.encode [PICTURE ...] [--rounds 5]

Without pictures, three are drawn: a flat poster, a photograph-like one, and a layer that is mostly transparent. Times
are of the processor, the best of the rounds; the last columns are ratios, so that they mean the same on any machine.
"""

import io
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageDraw

from model.encode import decode_own, png
from model.layers import Pixels

LEVELS = (1, 6)
SIDE = 1024


@click.command()
@click.argument("pictures", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--rounds", default=5, show_default=True)
def main(pictures: tuple[Path, ...], rounds: int) -> None:
    """Print a line for each picture."""
    named = {path.name: np.asarray(Image.open(path).convert("RGBA")) for path in pictures} or drawn()
    click.echo(f"{'picture':24}{'megapixels':>11}{'ours':>9}{'reading':>9}" + _heads())
    for name, pixels in named.items():
        click.echo(line(name, pixels, rounds))


def line(name: str, pixels: Pixels, rounds: int) -> str:
    """Times in milliseconds, then for each of Pillow's levels its time and its size over ours."""
    ours_ms, ours = measured(lambda: png(pixels), rounds)
    reading_ms, _ = measured(lambda: decode_own(ours), rounds)
    text = f"{name[:23]:24}{pixels.shape[0] * pixels.shape[1] / 1e6:11.2f}{ours_ms:6.1f} ms{reading_ms:6.1f} ms"
    for level in LEVELS:
        theirs_ms, theirs = measured(lambda level=level: by_pillow(pixels, level), min(rounds, 3))
        text += f"{theirs_ms / ours_ms:14.1f} ×{len(theirs) / len(ours):9.2f} ×"
    return text


def measured(work: Callable[[], bytes | Pixels], rounds: int) -> tuple[float, bytes]:
    """Milliseconds of processor time, the best of the rounds, and what came of it."""
    best, made = float("inf"), b""
    for _ in range(rounds):
        begun = time.process_time()
        result = work()
        best = min(best, time.process_time() - begun)
        made = result if isinstance(result, bytes) else made
    return best * 1e3, made


def by_pillow(pixels: Pixels, level: int) -> bytes:
    """Pillow's PNG of the same pixels, without alpha where ours has none."""
    picture, out = Image.fromarray(pixels), io.BytesIO()
    (picture.convert("RGB") if pixels[:, :, 3].min() == 255 else picture).save(out, "PNG", compress_level=level)
    return out.getvalue()


def drawn() -> dict[str, Pixels]:
    """The three pictures, the same each time."""
    poster = Image.new("RGBA", (SIDE, SIDE), "#20406a")
    pen = ImageDraw.Draw(poster)
    for at in range(12):
        pen.ellipse((80 * at, 60 * at, 80 * at + 300, 60 * at + 200), (20 * at, 255 - 20 * at, 120, 255))
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).resize((SIDE, SIDE), 3)
    grain = rng.normal(0, 3, (SIDE, SIDE, 3))
    photograph = np.full((SIDE, SIDE, 4), 255, np.uint8)
    photograph[:, :, :3] = np.clip(np.asarray(coarse) + grain, 0, 255)
    layer = np.zeros((SIDE, SIDE, 4), np.uint8)
    layer[300:500, 200:800] = photograph[300:500, 200:800]
    return {"flat poster": np.asarray(poster), "photograph": photograph, "layer": layer}


def _heads() -> str:
    return "".join(f"{f'Pillow {level}: time':>16}{'size':>11}" for level in LEVELS)


if __name__ == "__main__":
    main()
