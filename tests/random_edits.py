"""Edits drawn at random from all that there are, each of which the scene as it is by then takes."""

import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image

from model.blend import MODES
from model.edits import OPERATIONS, Scene, fold, parse
from model.edits.fields import ANCHORS
from model.edits.state import LayerState

Body = dict[str, Any]
MOST_LAYERS, MOST_DEEP, MOST_COLOURS = 60, 4, 40
"""How far layers, groups in groups and colours of one layer go; well within what is allowed."""
LEAST_LAYERS = 12
"""What nothing is deleted of; a group may take as many with it."""
PICTURE_SIZE = 60, 40
WORDS = ("Sale", "two\nlines", "Ágnes & Örs", "1,299.00", "x" * 200)


@cache
def picture() -> bytes:
    """A PNG that they replace and add."""
    file = BytesIO()
    Image.linear_gradient("L").resize(PICTURE_SIZE).convert("RGB").save(file, "PNG")
    return file.getvalue()


class RandomEdits:
    """Draws one after another and keeps the scene that they make, to know what it takes next.

    Args:
        asset: what the service calls ``picture``.

    Attributes:
        drawn: how often each operation was.
    """

    def __init__(self, scene: Scene, asset: str, seed: int) -> None:
        self._scene, self._asset, self._chance = scene, asset, random.Random(seed)
        self._sizes = dict.fromkeys((asset, sha256(picture()).hexdigest()), PICTURE_SIZE)
        self.drawn: Counter[str] = Counter()

    def next(self) -> Body:
        while True:  # some cannot be asked for just now: a restore where nothing is deleted
            op = self._chance.choice(tuple(OPERATIONS))
            which = self._takers(op)
            if op not in {"add", "canvas"} and not which:
                continue
            rest = self._rest(op, which)
            if rest is not None:
                break
        body = {"op": op, **rest}
        self._scene = fold(parse([body]), self._scene, self._sizes)
        self.drawn[op] += 1
        return body

    def _rest(self, op: str, which: list[int]) -> Body | None:
        if op == "add":
            return self._added() if self._scene.live and len(self._scene.layers) < MOST_LAYERS else None
        if op == "canvas":
            return self._canvas()
        if op == "reorder":
            return self._reordered(which)
        return {"layer": self._reference(which), **_PARAMETERS.get(op, lambda _: {})(self)}

    def _takers(self, op: str) -> list[int]:
        """The indices of layers and groups that the operation may be asked for."""
        scene = self._scene
        if op == "restore":
            return [s.index for s in scene.layers if s.deleted and not any(g.deleted for g in scene.around(s.index))]
        if op == "delete" and len(scene.live) < LEAST_LAYERS:
            return []
        takes = _TAKERS.get(op, RandomEdits._is_free)
        return [index for index in scene.live if takes(self, scene.layers[index])]

    def _is_free(self, state: LayerState) -> bool:
        around = (state, *self._scene.around(state.index))
        inside = (self._scene.layers[index] for index in self._inside(state.index))
        return not any(one.locked for one in (*around, *inside))

    def _inside(self, index: int) -> list[int]:
        return [one for one in self._scene.live if any(group.index == index for group in self._scene.around(one))]

    def _is_free_picture(self, state: LayerState) -> bool:
        return not state.group and self._is_free(state)

    def _is_free_group(self, state: LayerState) -> bool:
        return state.group and self._is_free(state)

    def _may_be_painted(self, state: LayerState) -> bool:
        leaves = (self._scene.layers[leaf] for leaf in self._scene.leaves(state.index))
        return self._is_free(state) and all(len(leaf.colours) < MOST_COLOURS for leaf in leaves)

    def _may_be_more(self, state: LayerState) -> bool:
        """Whether a copy of it, or a group around it, does not go too far."""
        scene = self._scene
        if len(scene.layers) + 1 + len(self._inside(state.index)) > MOST_LAYERS:
            return False
        return all(len(list(scene.around(one))) < MOST_DEEP for one in (state.index, *self._inside(state.index)))

    def _reference(self, which: list[int]) -> object:
        """An index, a name, or a list; several only where each of them could stand alone."""
        chosen = self._chance.sample(which, min(len(which), self._chance.choice((1, 1, 1, 2))))
        said: list[int | str] = []
        for index in chosen:
            name = self._scene.layers[index].name
            alike = [state for state in self._scene.layers if state.name.casefold() == name.casefold()]
            said.append(name if len(alike) == 1 and self._chance.random() < 0.5 else index)
        return said if len(said) > 1 else said[0]

    def _reordered(self, which: list[int]) -> Body | None:
        way = self._chance.choice(("to", "index", "above", "below"))
        moved = self._chance.choice(which)
        if way == "to":
            return {"layer": moved, "to": self._chance.choice(("top", "bottom", "forward", "backward"))}
        if way == "index":
            return {"layer": moved, "index": self._chance.randint(0, 9)}
        scene = self._scene
        if scene.layers[moved].group:  # a group into a group could go too deep
            others = [index for index in scene.live if scene.layers[index].parent is None and index != moved]
        else:
            others = [index for index in scene.live if index != moved]
        return {"layer": moved, way: self._chance.choice(others)} if others else None

    def _added(self) -> Body:
        ways: list[Body] = [{}, {"to": "bottom"}, {"above": self._chance.choice(self._scene.live)}]
        sits: list[Body] = [{}, self.fit(), {"box": self.box(), **self.fit()}]
        return {**self.image(), **self._chance.choice(ways), **self._chance.choice(sits)}

    def _canvas(self) -> Body:
        width, height = self._chance.randint(500, 900), self._chance.randint(500, 900)
        ways: list[Body] = [
            {"width": width, "height": height, "anchor": self.anchor()},
            {"width": width, "x": self._chance.randint(-9, 9)},
            {"box": {"x": self._chance.randint(-20, 20), "y": "-1%", "width": width, "height": height}},
        ]
        return self._chance.choice(ways)

    def image(self) -> Body:
        if self._chance.random() < 0.5:
            return {"asset": self._asset}
        return {"image_base64": b64encode(picture()).decode()}

    def anchor(self) -> object:
        return self._chance.choice((*ANCHORS, [0.2, 0.9]))

    def fit(self) -> Body:
        return {"fit": self._chance.choice(("contain", "cover", "fill"))}

    def box(self) -> Body:
        return {"x": self._chance.randint(-9, 50), "y": "2%", "width": "80%", "height": self._chance.randint(100, 600)}

    def colour(self) -> str:
        return f"#{self._chance.randrange(2**24):06x}"

    def placed(self, op: str) -> Body:
        chance = self._chance
        ways: dict[str, list[Body]] = {
            "move": [
                {"by": {"x": chance.randint(-40, 40), "y": chance.uniform(-9, 9)}},
                {"to": {"x": f"{chance.randint(0, 90)}%", "y": chance.randint(0, 500)}, "anchor": self.anchor()},
            ],
            "scale": [
                {"by": chance.uniform(0.8, 1.25), "anchor": self.anchor()},
                {"by": {"x": chance.uniform(0.8, 1.25)}},
                {"to": {"width": chance.randint(40, 600), "height": "30%"}, **self.fit()},
            ],
            "rotate": [{"by": chance.uniform(-30, 30), "anchor": self.anchor()}, {"to": chance.randint(0, 360)}],
        }
        return chance.choice(ways[op])

    def recolored(self) -> Body:
        ways: list[Body] = [
            {"mode": self._chance.choice(("hue", "tint")), "color": self.colour()},
            {"mode": "replace", "color": self.colour(), "from": self.colour(), "tolerance": self._chance.random()},
            {"mode": "duotone", "colors": [self.colour(), self.colour()]},
            {"mode": "matrix", "matrix": [self._chance.uniform(-0.2, 0.6) for _ in range(20)]},
        ]
        return {**self._chance.choice(ways), "strength": self._chance.choice((0.5, 1))}

    def adjusted(self) -> Body:
        one = self._chance.choice(("brightness", "contrast", "saturation"))
        hue, blur = self._chance.randint(-90, 90), self._chance.choice((0, 2, 5))
        return {"reset": True, one: self._chance.uniform(0.5, 1.5), "hue": hue, "blur": blur}

    def words(self) -> Body:
        ways: list[Body] = [{}, {"color": self.colour(), "align": "center"}, {"size": self._chance.randint(8, 60)}]
        return {"value": self._chance.choice(WORDS), **self._chance.choice(ways)}

    def replaced(self) -> Body:
        keep = ("position", "opacity", "blend", "color", "mask")
        some = self._chance.sample(keep, self._chance.randint(0, len(keep)))
        return {**self.image(), **self.fit(), "anchor": self.anchor(), "keep": some}

    def cropped(self) -> Body:
        return self._chance.choice(({"box": self.box()}, {"box": self.box()}, {"reset": True}))

    def name(self) -> Body:
        return {"name": self._chance.choice(("Logo", "logo", "見出し", f"layer {self._chance.randint(0, 99)}"))}

    def pick(self, key: str, *among: object) -> Body:
        return {key: self._chance.choice(among)}


_PARAMETERS: dict[str, Callable[[RandomEdits], Body]] = {
    "move": lambda draw: draw.placed("move"),
    "scale": lambda draw: draw.placed("scale"),
    "rotate": lambda draw: draw.placed("rotate"),
    "flip": lambda draw: draw.pick("axis", "horizontal", "vertical"),
    "opacity": lambda draw: draw.pick("to", 0, 0.3, 0.9, 1),
    "blend": lambda draw: draw.pick("mode", *MODES),
    "recolor": RandomEdits.recolored,
    "adjust": RandomEdits.adjusted,
    "replace": RandomEdits.replaced,
    "text": RandomEdits.words,
    "crop": RandomEdits.cropped,
    "rename": RandomEdits.name,
}
_TAKERS: dict[str, Callable[[RandomEdits, LayerState], bool]] = {
    **dict.fromkeys(("replace", "text"), RandomEdits._is_free_picture),
    **dict.fromkeys(("recolor", "adjust"), RandomEdits._may_be_painted),
    **dict.fromkeys(("group", "duplicate"), RandomEdits._may_be_more),
    "ungroup": RandomEdits._is_free_group,
    "unlock": lambda _, state: state.locked,
    **dict.fromkeys(("show", "hide", "lock", "rename", "reorder"), lambda _, state: True),
}
"""Which layers take an operation, where it is not all that are free of locks."""
