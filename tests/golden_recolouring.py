"""What the studio's preview of colours is compared with: pixels, steps, and what the server makes of them.

``python -m tests.golden_recolouring`` writes it anew.
"""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from model.edits import fold, parse, scene_of
from model.edits.recolor import recolored
from model.layers import Pixels

FILE = Path(__file__).parent / "golden" / "recolouring.json"
WIDTH, HEIGHT = 32, 24
STEPS: list[list[dict[str, Any]]] = [
    [{"op": "recolor", "mode": "hue", "color": "#0b7285"}],
    [{"op": "recolor", "mode": "hue", "color": "#808080"}],
    [{"op": "recolor", "mode": "tint", "color": "#ffd700"}],
    [{"op": "recolor", "mode": "tint", "color": "#000000"}],
    [{"op": "recolor", "mode": "tint", "color": "#e11d48", "strength": 0.4}],
    [{"op": "recolor", "mode": "replace", "color": "#000080", "from": "#c92a2a", "tolerance": 0.3}],
    [{"op": "recolor", "mode": "replace", "color": "#2f9e44", "from": "#000000", "tolerance": 0.8, "strength": 0.7}],
    [{"op": "recolor", "mode": "duotone", "colors": ["#1b1464", "#ffe8cc"]}],
    [{"op": "recolor", "mode": "matrix", "matrix": [*[0.3, 0.6, 0.1, 0.1, -0.1] * 3, 0, 0, 0, 1, 0]}],
    [{"op": "adjust", "brightness": 1.3}, {"op": "adjust", "contrast": 0.6}],
    [{"op": "adjust", "saturation": 1.8}, {"op": "adjust", "hue": -70}],
    [{"op": "adjust", "saturation": 0}, {"op": "recolor", "mode": "tint", "color": "#7048e8"}],
    [
        {"op": "recolor", "mode": "hue", "color": "#f76707"},
        {"op": "adjust", "contrast": 1.4},
        {"op": "recolor", "mode": "replace", "color": "#ffffff", "from": "#f76707", "tolerance": 0.25},
    ],
]


def pixels() -> Pixels:
    """Shades of a few colours, as a layer has them, with noise, soft edges and nothing at all."""
    random = np.random.default_rng(7)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    palette = np.array([[201, 42, 42], [20, 20, 24], [250, 245, 235], [47, 158, 68], [59, 91, 219], [128, 128, 128]])
    colours = palette[(columns // 6 + rows // 8) % len(palette)] * (0.5 + columns[..., None] / WIDTH / 2)
    colours = colours + random.normal(0, 12, colours.shape)
    colours[rows < 4] = (201, 42, 42)
    alpha = np.clip((rows - 1) * 40, 0, 255)
    return np.dstack([np.clip(colours, 0, 255), alpha]).astype(np.uint8)


def made() -> dict[str, Any]:
    picture = pixels()
    cases = [{"steps": steps, "pixels": _said(recolored(picture, _folded(steps)))} for steps in STEPS]
    return {"width": WIDTH, "height": HEIGHT, "pixels": _said(picture), "cases": cases}


def _folded(steps: list[dict[str, Any]]) -> Any:
    layers = [{"index": 0, "name": "layer", "bbox": [0, 0, WIDTH, HEIGHT]}]
    operations = parse([{**step, "layer": 0} for step in steps])
    return fold(operations, scene_of(WIDTH, HEIGHT, layers), {}).layers[0].colours


def _said(picture: Pixels) -> str:
    return base64.b64encode(np.ascontiguousarray(picture).tobytes()).decode()


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), indent=1) + "\n")
