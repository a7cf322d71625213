"""Kinds of posters beside the first five, each a function that lays elements on a composition."""

from collections.abc import Callable, Mapping

from bench.quality import reported, tuning
from bench.quality.composition import Composition, SplitName
from bench.quality.kinds import cards, charts, copies, emoji, infographics, lettering, light, pictures, screens, shapes
from bench.quality.kinds import styled as letters
from bench.quality.poster import KINDS, SIZE, Poster

Compose = Callable[[Composition], None]

MORE: Mapping[str, Compose] = {
    "texture": shapes.on_texture,
    "shapes": shapes.shapes,
    "lines": shapes.lines,
    "panels": light.panels,
    "effects": light.effects,
    "icons": pictures.icons,
    "matte": pictures.matte,
    "scripts": lettering.scripts,
    "rotated": lettering.rotated,
    "phototext": lettering.on_photo,
    "occluded": lettering.occluded,
    "ui": screens.screen,
    "chart": charts.chart,
    "product": cards.cards,
    "emoji": emoji.emoji,
    "styled": letters.styled,
    "infographic": infographics.infographic,
}
COPIED = (*KINDS, *(kind for kind in MORE if kind not in ("emoji", "styled", "infographic")))
"""What copies are made of: without the kinds that came later, so that a seed's copy stays the same."""
SIZES: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "ui": {"tuning": (SIZE, 544), "reported": (432, SIZE)},
    "product": {"tuning": (704, SIZE), "reported": (SIZE, 576)},
    "infographic": {"tuning": (608, SIZE), "reported": (SIZE, 704)},
}
ALL = (*KINDS, *MORE, *copies.COPIES)


def draw(split: SplitName, kind: str, seed: int) -> Poster:
    """One poster of a kind; the same seed gives the same poster on the same machine.

    Raises:
        KeyError: no such kind.
    """
    for first in KINDS:
        if kind == first:
            return (reported if split == "reported" else tuning).draw(first, seed)
    if kind in copies.COPIES:
        original = copies.original(split, kind, seed, COPIED)
        return copies.COPIES[kind](split, seed, draw(split, original, seed))
    composition = Composition(split, kind, seed, SIZES.get(kind, {}).get(split, (SIZE, SIZE)))
    MORE[kind](composition)
    return composition.poster()
