"""Copies as they are found: compressed by JPEG, scaled, both; the layers are those of the original."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np

from bench.quality.composition import SplitName
from bench.quality.poster import Element, Floats, Poster

Copy: TypeAlias = Callable[[SplitName, int, Poster], Poster]


def original(split: SplitName, kind: str, seed: int, kinds: Sequence[str]) -> str:
    """The kind of poster that this is a copy of."""
    return kinds[int(_random(split, kind, seed).integers(len(kinds)))]


def compressed(split: SplitName, seed: int, poster: Poster) -> Poster:
    """Of a quality from 55 to 95."""
    quality = int(_random(split, "quality", seed).integers(55, 96))
    return replace(poster, kind="jpeg", jpeg_quality=quality)


def rescaled(split: SplitName, seed: int, poster: Poster) -> Poster:
    """0.45 to 1.4 times the size, by areas or by cubics; a third of them compressed too."""
    random = _random(split, "scale", seed)
    scale = float(random.uniform(0.45, 1.4))
    height, width = (max(64, round(side * scale)) for side in poster.background.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else (cv2.INTER_CUBIC if split == "reported" else cv2.INTER_LINEAR)
    size = (width, height)
    elements = tuple(Element(e.name, _resized(e.rgba, size, way)) for e in poster.elements)
    ground = np.clip(cv2.resize(poster.background, size, interpolation=way), 0, 255).astype(np.float32)
    quality = int(random.integers(70, 96)) if random.random() < 1 / 3 else None
    return Poster("rescaled", ground, elements, quality)


COPIES: Mapping[str, Copy] = {"jpeg": compressed, "rescaled": rescaled}


def _resized(rgba: Floats, size: tuple[int, int], way: int) -> Floats:
    """Colours weighted by alpha where there is any, so that none comes in from where nothing is seen."""
    alpha = np.clip(cv2.resize(np.ascontiguousarray(rgba[:, :, 3]), size, interpolation=way), 0, 1)
    plain = cv2.resize(np.ascontiguousarray(rgba[:, :, :3]), size, interpolation=way)
    weighted = cv2.resize(rgba[:, :, :3] * rgba[:, :, 3:], size, interpolation=way)
    colors = np.where(alpha[:, :, None] > 1 / 255, weighted / np.maximum(alpha[:, :, None], 1e-3), plain)
    return np.dstack([np.clip(colors, 0, 255), alpha]).astype(np.float32)


def _random(split: SplitName, what: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, *what.encode(), 41 if split == "tuning" else 43])
