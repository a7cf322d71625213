"""``lamina decompose``: one picture into layers in a folder, by a service, or without one in a child process."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.cli.exits import told_plainly
from app.cli.folder import save_decomposition
from app.cli.follow import job_bar
from app.cli.local import take_apart
from app.cli.service_options import ENDING, cancel_option
from lamina.client import Client
from lamina.client.where import URL
from model.decomposers import MOST_LAYERS, LayerCount, Parameters

_DEFAULTS = Parameters()


class _Count(click.ParamType[LayerCount]):
    """A number of layers, or ``auto``."""

    name = f"1-{MOST_LAYERS}|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> LayerCount:
        if value == "auto":
            return "auto"
        try:
            return click.IntRange(1, MOST_LAYERS).convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is neither a whole number from 1 to {MOST_LAYERS} nor auto.", param, ctx)


@click.command(epilog=ENDING)
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("layers"), show_default=True,
    help="The folder for the layers and manifest.json.",
)  # fmt: skip
@click.option(
    "--url", envvar=URL, show_envvar=True,
    help="Of a running service that does the work; without it this machine does.",
)  # fmt: skip
@click.option("--model", metavar="NAME", help="[default: classic, or the service's first]")
@click.option(
    "--max-layers", type=_Count(), metavar=_Count.name, default=_DEFAULTS.max_layers, show_default=True,
    help=f"auto: as many as the picture has, {MOST_LAYERS} at most; a number: more are merged by likeness.",
)  # fmt: skip
@click.option(
    "--min-alpha-area-ratio", type=click.FloatRange(0, 1), default=_DEFAULTS.min_alpha_area_ratio, show_default=True,
    help="Layers that cover less of the canvas are merged.",
)  # fmt: skip
@click.option(
    "--residual/--no-residual", "enable_residual", default=_DEFAULTS.enable_residual, show_default=True,
    help="What no layer explains gets one of its own.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=_DEFAULTS.seed, show_default=True)
@click.option(
    "--prompt", help="For models that read text; they caption the picture without it. Needed by "
    "qwen-image-layered-control: the one thing to take out.",
)  # fmt: skip
@click.option("--negative-prompt")
@click.option(
    "--resolution", type=click.Choice(["640", "1024"]), default=str(_DEFAULTS.resolution), show_default=True,
    help="The model's own working size; the layers have the picture's.",
)  # fmt: skip
@click.option(
    "--num-inference-steps", type=click.IntRange(1, 200), default=_DEFAULTS.num_inference_steps, show_default=True,
    help="Diffusion models only.",
)  # fmt: skip
@click.option(
    "--guidance-scale", type=click.FloatRange(0, 30), default=_DEFAULTS.guidance_scale, show_default=True,
    help="Diffusion models only.",
)  # fmt: skip
@cancel_option
def decompose(
    picture: Path,
    out: Path,
    url: str | None,
    model: str | None,
    resolution: str,
    cancel_on_interrupt: bool,
    **options: Any,
) -> None:
    """Take PICTURE apart into PNG layers, bottom first, that recompose to it bit for bit."""
    parameters = Parameters(resolution=int(resolution), **options)
    if not url:
        paths = take_apart(picture, out, model or "classic", parameters)
    else:
        with told_plainly(), Client(url) as client:
            paths = _by_service(client, picture, out, cancel_on_interrupt, asdict(parameters) | {"model": model})
    for path in paths:
        click.echo(path)


def _by_service(client: Client, picture: Path, out: Path, cancel: bool, asked: dict[str, Any]) -> list[Path]:
    with job_bar() as seen:
        found = client.decompose(picture, on_progress=seen, cancel_on_interrupt=cancel, **asked)
    return save_decomposition(out, found)
