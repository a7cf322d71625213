"""``lamina demo``: the whole way of one picture through a service of its own, with everything left to look at."""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from textwrap import shorten

import click
from PIL import Image

from app.cli.contact_sheet import contact_sheet, layer_cells
from app.cli.folder import MANIFEST, save_layers, save_manifest
from app.cli.follow import job_bar
from app.cli.sample_poster import sample_poster
from app.cli.service import running
from lamina.client import Client, Decomposition, Layer, NoAnswer, Problem, operations

_COLOUR = "#8fd6c2"
_CELL_PX = 380


@click.command()
@click.option(
    "--image", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Your picture, not the sample."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"), show_default=True)
def demo(image: Path | None, out: Path) -> None:
    """Take a poster apart, recolour one layer, move another, and leave the results in a folder."""
    data = out / ".data"
    shutil.rmtree(data, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    clock = _Clock()
    try:
        with _started(data, clock) as url, Client(url) as client:
            _tour(client, image, out, clock)
            clock.begin("stop everything")
    except Problem as problem:
        raise click.ClickException(str(problem)) from None
    except NoAnswer as error:
        raise click.ClickException(f"The service went away ({error}); its logs are in {data / 'logs'}.") from None
    shutil.rmtree(data)
    clock.report()
    click.echo(f"\nLook at {out / 'contact_sheet.png'} first, then at {out / 'edited.png'}.")
    click.echo(f"The layers are in {out / 'layers'}.")


@contextmanager
def _started(data: Path, clock: "_Clock") -> Iterator[str]:
    clock.begin("start Postgres, Redis, the API and a worker")
    with running(data, data / "logs", {}) as url:
        yield url


def _tour(client: Client, image: Path | None, out: Path, clock: "_Clock") -> None:
    clock.begin("draw the sample poster" if image is None else "read the picture")
    upload = sample_poster() if image is None else image.read_bytes()

    clock.begin("take it apart")
    with job_bar() as seen:
        found = client.decompose(upload, on_progress=seen)
    save_manifest(out / MANIFEST, found.raw)

    clock.begin("fetch the layers")
    layers = [path.read_bytes() for path in save_layers(out / "layers", found.layers)]
    source = found.source()
    (out / "source.png").write_bytes(source)

    clock.begin("put them together again")
    recomposed = _composite(layers)
    recomposed.save(out / "recomposed.png")
    _check(recomposed, source, len(layers))

    clock.begin("edit")
    found.save(out / "edited.png", _edits(found))

    clock.begin("draw the contact sheet")
    title = f"{len(layers)} layers, {found.size.width} x {found.size.height} pixels each"
    contact_sheet(layer_cells(found.raw, layers, _CELL_PX), _CELL_PX, title).save(out / "contact_sheet.png")


def _composite(layers: list[bytes]) -> Image.Image:
    """The layers over each other, by Pillow alone: nothing of ours takes part in the check."""
    opened = [Image.open(BytesIO(data)).convert("RGBA") for data in layers]
    canvas = Image.new("RGBA", opened[0].size)
    for layer in opened:
        canvas = Image.alpha_composite(canvas, layer)
    return canvas


def _check(recomposed: Image.Image, source: bytes, count: int) -> None:
    original = Image.open(BytesIO(source)).convert("RGBA")
    if recomposed.size != original.size or recomposed.tobytes() != original.tobytes():
        raise click.ClickException(
            "The layers do not recompose to the picture. This is a defect of ours; please report it."
        )
    width, height = original.size
    click.echo(f"The {count} layers recompose to the picture: all {width} x {height} pixels are equal, bit for bit.")


def _edits(found: Decomposition) -> list[operations.Operation]:
    """Recolour the largest shape or object, move the largest text; what is not there is replaced by the next best."""
    recoloured = _pick(found.layers, ("shape", "object", "text", "residual", "background"))
    others = [layer for layer in found.layers if layer is not recoloured] or [recoloured]
    moved = _pick(others, ("text", "object", "shape", "residual", "background"))
    click.echo(f"Recoloured: {shorten(recoloured.name, 50)}. Moved: {shorten(moved.name, 50)}.")
    return [
        operations.recolor(recoloured.index, _COLOUR, mode="tint"),
        operations.move(moved.index, by={"x": "8%", "y": "1.5%"}),
    ]


def _pick(layers: Sequence[Layer], kinds: tuple[str, ...]) -> Layer:
    """The largest layer of the first kind there is."""
    return min(layers, key=lambda layer: (kinds.index(layer.kind), -layer.area_ratio))


class _Clock:
    """How long each stage took; a stage ends when the next begins."""

    def __init__(self) -> None:
        self._moments: list[tuple[str, float]] = []

    def begin(self, stage: str) -> None:
        self._moments.append((stage, time.perf_counter()))
        click.echo(f"{stage[0].upper()}{stage[1:]} ...")

    def report(self) -> None:
        ends = [moment for _, moment in self._moments[1:]] + [time.perf_counter()]
        click.echo("")
        for (stage, begun), ended in zip(self._moments, ends, strict=True):
            click.echo(f"{ended - begun:7.2f} s  {stage}")
        click.echo(f"{ends[-1] - self._moments[0][1]:7.2f} s  in all")
