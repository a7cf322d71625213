"""A scene on its way into a file: its tree, and the pixels of its layers, which are the picture's to the bit."""

import numpy as np
from edit_scenes import HEIGHT, LOOKING, NAMES, PLACING, STACKING, WIDTH, bounded, draws, edited, noise, stack
from export_stacks import put
from hypothesis import given
from hypothesis import strategies as st

from model.compositing import over
from model.edits.render import Sources, render
from model.edits.scene import Scene
from model.export.outline import Item, outline_of, walked
from model.export.stack import Exported, loader
from model.layers import Pixels

ASSETS = {"a" * 64: noise(7, 9, 14)}
TOLD = [{"name": name, "kind": "object", "text": None, "lines": []} for name in NAMES]
GROUPS = [
    {"op": "group", "layer": ["badge", "headline"], "name": "Inner"},
    {"op": "group", "layer": ["Inner", "glow"], "name": "Outer"},
]
OVER_THE_EDGE = [
    {"op": "rotate", "layer": "badge", "by": 20},
    {"op": "scale", "layer": "logo", "by": 1.7},
    {"op": "adjust", "layer": "glow", "blur": 7},
    {"op": "move", "layer": "badge", "by": {"x": -9, "y": -9}},
    {"op": "replace", "layer": "logo", "asset": "a" * 64, "keep": ["mask"]},
]
EDITS = st.lists(draws([*PLACING, *LOOKING, *STACKING, "crop", "text"], st.integers(0, len(NAMES) + 1)), max_size=4)


def exported(scene: Scene) -> Exported:
    sources = Sources(stack().layers.__getitem__, ASSETS.__getitem__, stored_width=WIDTH)
    picture = render(scene, stack().layers.__getitem__, ASSETS.__getitem__)
    return Exported(outline_of(scene, TOLD), loader(scene, TOLD, sources), picture)


def laid(found: Exported, items: tuple[Item, ...], onto: Pixels) -> Pixels:
    """As another program composes them."""
    for item in items:
        if not item.visible:
            continue
        if item.members is not None and not item.is_isolated:
            laid(found, item.members, onto)
            continue
        whole = np.zeros_like(onto)
        if item.members is not None:
            laid(found, item.members, whole)
        elif (layer := found.load(item)) is not None:
            put(whole, layer.pixels, layer.x, layer.y)
        over(onto, whole, np.s_[:, :], item.opacity, item.blend)
    return onto


@bounded
@given(EDITS)
def test_what_is_exported_laid_over_each_other_is_the_picture(operations: list[dict[str, object]]) -> None:
    found = exported(edited(*GROUPS, *OVER_THE_EDGE, *operations))
    assert np.array_equal(laid(found, found.outline.items, np.zeros_like(found.picture)), found.picture)


@bounded
@given(EDITS)
def test_a_layer_lies_in_the_box_that_was_told_of_it_and_is_trimmed(operations: list[dict[str, object]]) -> None:
    found = exported(edited(*GROUPS, *OVER_THE_EDGE, *operations))
    for item, _ in walked(found.outline.items):
        layer = None if item.is_group else found.load(item)
        if layer is None:
            continue
        assert item.box is not None
        x, y, width, height = item.box
        assert x <= layer.x
        assert y <= layer.y
        assert layer.x + layer.width <= x + width
        assert layer.y + layer.height <= y + height
        for edge in (layer.pixels[0], layer.pixels[-1], layer.pixels[:, 0], layer.pixels[:, -1]):
            assert edge[:, 3].any()


def test_what_lies_beyond_the_canvas_is_there() -> None:
    found = exported(edited({"op": "move", "layer": "badge", "by": {"x": -8, "y": HEIGHT - 7}}))
    badge = found.load(found.outline.items[1])
    assert badge is not None
    assert (badge.x, badge.y) == (3 - 8, HEIGHT - 3)
    assert np.array_equal(badge.pixels, stack().layers[1].pixels)


def test_the_tree_is_that_of_the_scene_without_the_deleted() -> None:
    scene = edited(
        *GROUPS,
        {"op": "delete", "layer": "headline"},
        {"op": "hide", "layer": "Inner"},
        {"op": "opacity", "layer": "Outer", "to": 0.5},
        {"op": "group", "layer": "logo", "name": "Gone"},
        {"op": "delete", "layer": "Gone"},
    )

    def told(items: tuple[Item, ...]) -> list[object]:
        return [item.name if item.members is None else [item.name, *told(item.members)] for item in items]

    outline = outline_of(scene, TOLD)
    assert told(outline.items) == ["background", ["Outer", ["Inner", "badge"], "glow"]]
    shown = {item.name: (item.visible, item.opacity, item.is_isolated) for item, _ in walked(outline.items)}
    assert (shown["Inner"], shown["badge"], shown["Outer"]) == ((False, 1, False), (True, 1, False), (True, 0.5, True))
    assert [parent and parent.name for _, parent in walked(outline.items)] == [None, "Inner", "Outer", "Outer", None]
