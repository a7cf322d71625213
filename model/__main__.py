"""``python -m model poster.png --model classic --out layers/``: one picture into layers; no server, no database.

decode -> decompose -> refine -> encode -> read back and compare -> write

The exit status is 0 when all is written, 1 when the picture, the model or the folder would not have it, 2 when the
command line is wrong.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from model.decomposers import MOST_LAYERS, NAMES, LayerCount, Parameters, create, revision_of
from model.decomposers.qwen_image_layered.options import Memory, Precision, Speed
from model.errors import LaminaError
from model.file_name import file_name
from model.image import decode
from model.layers import Stack
from model.refine import refine
from model.result import entry, exact_pngs

_MANIFEST = "manifest.json"
_OF_WEIGHTS = ("weights", "revision", "precision", "memory", "speed", "adapter")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    chosen = vars(parser.parse_args(arguments))
    picture, model, out, quiet = (chosen.pop(name) for name in ("picture", "model", "out", "quiet"))
    options = {name: value for name in _OF_WEIGHTS if (value := chosen.pop(name))}
    if options and not model.startswith("qwen-image-layered"):
        parser.error(f"the model {model} has no weights to choose")
    on_progress = _silent if quiet else _told
    try:
        image = decode(picture.read_bytes())
        parameters = Parameters(**chosen)
        decomposer = create(model, **options)
        decomposer.setup()
        stack = refine(decomposer.decompose(image, parameters, on_progress), image, parameters, on_progress)
        pngs = exact_pngs(stack, image, on_progress)
        for path in _write(out, stack, pngs, {"model": model, "model_revision": revision_of(model)}, parameters):
            print(path)
    except LaminaError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{error.filename or picture}: {error.strerror or error}.")
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    usual = Parameters()
    parser = argparse.ArgumentParser(
        prog="python -m model",
        description="Take a picture apart into PNG layers that recompose to it bit for bit.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("picture", type=Path, help="PNG, JPEG, WebP, AVIF or GIF")
    add("--model", choices=sorted(NAMES), default="classic")
    add("--out", type=Path, default=Path("layers"), help="folder for the layers and manifest.json")
    add("--max-layers", type=_count, default=usual.max_layers, help=f"1 to {MOST_LAYERS}, or auto")
    add("--min-alpha-area-ratio", type=_number(float, 0, 1), default=usual.min_alpha_area_ratio)
    add("--no-residual", dest="enable_residual", action="store_false", help="no layer for what no layer explains")
    add("--seed", type=_number(int, 0, 2**32 - 1), default=usual.seed)
    add("--prompt", help="of models that read text; without it they caption the picture themselves")
    add("--negative-prompt")
    add("--resolution", type=int, choices=(640, 1024), default=usual.resolution, help="the model's own working size")
    add("--num-inference-steps", type=_number(int, 1, 200), default=usual.num_inference_steps)
    add("--guidance-scale", type=_number(float, 0, 30), default=usual.guidance_scale)
    add("--weights", help="of qwen-image-layered: a hub name or a folder")
    add("--revision", help="of the weights on the hub")
    add("--precision", choices=get_args(Precision), help="of its weights; auto is bfloat16 where the GPU has it")
    add("--fp16", dest="precision", action="store_const", const="fp16", help="the same as --precision fp16")
    add("--memory", choices=get_args(Memory), help="how its parts share the GPU; auto is the fastest way that fits")
    add("--speed", choices=get_args(Speed), help="fast drifts from exact")
    add("--adapter", help="a known adapter, a hub name or a folder with a LoRA")
    add("--quiet", action="store_true", help="no progress on standard error")
    return parser


def _count(text: str) -> LayerCount:
    if text == "auto":
        return "auto"
    if text.isdecimal() and 1 <= int(text) <= MOST_LAYERS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is neither a whole number from 1 to {MOST_LAYERS} nor auto")


def _number(kind: Callable[[str], float], least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = kind(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not within {least:g} and {most:g}")
        return value

    parse.__name__ = kind.__name__  # argparse says "invalid int value"
    return parse


def _told(stage: str, step: int, steps: int) -> None:
    print(f"{stage} {step}/{steps}", file=sys.stderr)


def _silent(stage: str, step: int, steps: int) -> None:
    """Nobody wants to know."""


def _write(
    folder: Path, stack: Stack, pngs: Sequence[bytes], made_by: dict[str, str], parameters: Parameters
) -> list[Path]:
    """The layers, bottom first, then the manifest; layers that an earlier manifest names are removed before."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in _named_in(folder / _MANIFEST):
        (folder / old).unlink(missing_ok=True)
    names = [file_name(index, layer.name) for index, layer in enumerate(stack.layers)]
    for name, png in zip(names, pngs, strict=True):
        (folder / name).write_bytes(png)
    manifest = {
        "width": stack.width,
        "height": stack.height,
        **made_by,
        "parameters": asdict(parameters),
        "max_error": 0,
        "notes": dict(stack.notes),
        "layers": [{**entry(stack, index), "file": name} for index, name in enumerate(names)],
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / _MANIFEST).write_text(text, encoding="utf-8")
    return [folder / name for name in (*names, _MANIFEST)]


def _named_in(manifest: Path) -> list[str]:
    """The files of an earlier run; none where there was none, or where the file is somebody else's."""
    try:
        names = [str(layer["file"]) for layer in json.loads(manifest.read_text(encoding="utf-8"))["layers"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [name for name in names if re.fullmatch(r"\d\d-[\w-]+\.png", name)]


def _complain(sentence: str) -> int:
    print(f"python -m model: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
