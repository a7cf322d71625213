"""Schemas: the order of layers, their groups, the canvas, and whether they are there."""

from model.edits.order import PLACES
from model.edits.schema.parts import Schema, anchor, box, length, name, one_layer, operation


def ordering() -> dict[str, Schema]:
    other = one_layer("One layer or group, by index or name; what goes there comes into the group that it is in.")
    return {
        "reorder": operation(
            "reorder",
            "Several layers keep their order among themselves. A layer stays in its group, if it is in one.",
            {
                "to": {"enum": list(PLACES)},
                "above": other,
                "below": other,
                "index": {"type": "integer", "minimum": 0, "description": "Among the layers not deleted; 0 lowest."},
            },
            ({"layer": "logo", "to": "top"}, {"layer": 3, "below": "headline"}),
            either=("to", "above", "below", "index"),
        ),
        "group": operation(
            "group",
            "The layers together, where the topmost of them is, as a group with the next free index. It has an opacity "
            "and a blend mode, can be hidden, locked and deleted, and is moved, scaled, rotated and flipped as one.",
            {"name": name("Without it, Group 1, Group 2 and so on.")},
            ({"layer": ["logo", "headline"], "name": "Title"},),
        ),
        "ungroup": operation(
            "ungroup",
            "What is in the group takes its place; the group's own opacity and blend mode are gone. What a hidden "
            "group held stays hidden.",
            {},
            ({"layer": "Title"},),
        ),
        "duplicate": operation(
            "duplicate",
            "A copy with all its edits right above the layer, with the next free index; of a group, with all in it.",
            {"name": name("Of the copy of one layer; without it, `X copy`, `X copy 2` and so on.")},
            ({"layer": "logo"}, {"layer": "logo", "name": "second logo"}),
        ),
        "canvas": {
            **_canvas(),
            "oneOf": [{"required": ["box"]}, {"anyOf": [{"required": [side]} for side in ("width", "height")]}],
        },
    }


def _canvas() -> Schema:
    return operation(
        "canvas",
        "Another size of the canvas, or a box of it which becomes all of it. The layers stay as they are, and what "
        "comes to lie outside is kept. It may become as large as a picture that is uploaded.",
        {
            "width": length("Pixels, or percent of the width as it is.", 0.001),
            "height": length("… of the height.", 0.001),
            "anchor": anchor("center", "Where what is there stays, when the canvas becomes larger or smaller."),
            "x": length("How far it goes on from there."),
            "y": length("… and down."),
            "box": box("Of the canvas as it is, in whole pixels; may reach beyond it."),
        },
        ({"width": 1200, "height": "150%", "anchor": "top"}, {"box": {"x": 10, "width": 500, "height": 300}}),
        on_layers=False,
    )


def status() -> dict[str, Schema]:
    said = {
        "delete": "Out of the picture until `restore`; a deleted layer takes no other operation.",
        "restore": "A deleted layer comes back as it was.",
        "show": "A hidden layer shows again.",
        "hide": "The layer does not show; it can still be edited.",
        "lock": "Other operations that would change the layer, or layers of the group, are refused until `unlock`; its "
        "name, its place in the order and whether it shows are free.",
        "unlock": "A locked layer or group can be changed again.",
    }
    bare = {op: operation(op, text, {}, ({"layer": "watermark"},)) for op, text in said.items()}
    rename = operation(
        "rename",
        "Another name; the layer is known by it to what comes after.",
        {"name": name("Names need not differ, though only an index tells layers of one name apart.")},
        ({"layer": 3, "name": "headline"},),
        needs=("name",),
    )
    return {**bare, "rename": rename}
