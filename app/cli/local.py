"""A picture taken apart without a server: ``python -m model`` as a child; no model is loaded into this process."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from app.cli.folder import MANIFEST, save_manifest
from app.cli.follow import Show, progress_bar, stage_of
from app.cli.options import settings_with
from app.settings import QWEN
from model.decomposers import Parameters

_PROGRESS = re.compile(r"(?P<stage>\S.*) (?P<step>\d+)/(?P<steps>\d+)", re.ASCII)
_MODELS_SHARE = 0.8  # of the bar; the rest is for refining
_COMPLAINT = re.compile(r"python -m model: (?:error: )?")


def take_apart(picture: Path, out: Path, model: str, parameters: Parameters) -> list[Path]:
    """Write the layers and ``manifest.json`` into the folder, showing a bar; the paths, bottom layer first.

    Raises:
        click.ClickException: the picture or the model would not have it.
    """
    command = [sys.executable, "-P", "-m", "model", *_arguments(picture, out, model, parameters)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        progress_bar(model) as show,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        said = shown(process.stderr, model, show)
        paths = [Path(line) for line in process.stdout.read().splitlines()]
        code = process.wait()
        if code == 0:
            show(model, 1.0, "")
    if code != 0:
        raise click.ClickException(_COMPLAINT.sub("", said[-1]) if said else f"The model ended with status {code}.")
    _reshape(out / MANIFEST)
    return paths


def _reshape(path: Path) -> None:
    """The manifest as the service gives it, but for what only a service has: ids, hashes and URLs."""
    given = json.loads(path.read_text(encoding="utf-8"))
    manifest = {
        "image": {"width": given.pop("width"), "height": given.pop("height")},
        "model": {"name": given.pop("model"), "revision": given.pop("model_revision")},
        "layer_count": len(given["layers"]),
        **given,
    }
    save_manifest(path, manifest)


def _arguments(picture: Path, out: Path, model: str, parameters: Parameters) -> list[str]:
    given = {
        "max-layers": parameters.max_layers,
        "min-alpha-area-ratio": parameters.min_alpha_area_ratio,
        "seed": parameters.seed,
        "prompt": parameters.prompt,
        "negative-prompt": parameters.negative_prompt,
        "resolution": parameters.resolution,
        "num-inference-steps": parameters.num_inference_steps,
        "guidance-scale": parameters.guidance_scale,
    }
    options = [f"--{name}={value}" for name, value in given.items() if value is not None]
    if not parameters.enable_residual:
        options.append("--no-residual")
    if model in QWEN:
        chosen = settings_with().qwen_options(model)
        options += [f"--{name}={value}" for name, value in chosen.items() if value is not None]
    return [f"--model={model}", f"--out={out}", *options, "--", str(picture)]


def shown(lines: Iterable[str], model: str, show: Show) -> list[str]:
    """Moves the bar by the lines that tell of progress; returns the others."""
    others: list[str] = []
    bar = _Bar()
    for line in lines:
        told = _PROGRESS.fullmatch(line.strip())
        if told is None:
            others.append(line.strip())
            continue
        stage, step, steps = told["stage"], int(told["step"]), int(told["steps"])
        show(model, bar.fraction(stage, step, steps), stage_of(stage, step, steps))
    return others


class _Bar:
    """The model's stages fill most of the bar, then refining fills the rest. The lines do not say whose a stage is."""

    def __init__(self) -> None:
        self._of_model: set[str] = set()
        self._model_was_through, self._refining, self._fraction = False, False, 0.0

    def fraction(self, stage: str, step: int, steps: int) -> float:
        """How far the bar is with this step; it never falls, and is full at the end of the process only."""
        share = min(1.0, step / max(1, steps))
        kind = stage.partition(",")[0]  # "layers, second seed" is the model's "layers" once more
        if step and self._model_was_through and kind not in self._of_model:
            self._refining = True
        if not self._refining:
            self._of_model.add(kind)
            self._model_was_through = self._model_was_through or share == 1.0
        now = _MODELS_SHARE + (1 - _MODELS_SHARE) * share if self._refining else _MODELS_SHARE * share
        self._fraction = max(self._fraction, min(now, 0.99))
        return self._fraction
