"""Our own ZIP, changed by hand: what is not so is refused with its place in the manifest."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from export_stacks import grouped, plain
from imports_read import imported, said, written

from model.errors import ImageRejected, ImageTooLarge
from model.layers import TextLine, TextWord


def rewritten(change: Callable[[dict[str, Any]], object], grouped_: bool = True) -> bytes:
    """An exported ZIP whose manifest was changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(written(grouped() if grouped_ else plain(), "zip"))) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for name in old.namelist():
            if name != "manifest.json":
                new.writestr(name, old.read(name))
        manifest = json.loads(old.read("manifest.json"))
        changed = change(manifest)
        new.writestr("manifest.json", changed if isinstance(changed, str) else json.dumps(manifest))
    return out.getvalue()


def layer(at: int, **changed: object) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["layers"][at].update(changed)


LINE = {"text": "a", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]], "color": "#102030", "words": []}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda manifest: "[" * 100_000, "no valid JSON"),
        (lambda manifest: '{"width": NaN}', "no valid JSON"),
        (lambda manifest: "[]", 'not of the format "lamina-layers"'),
        (lambda manifest: manifest.update(format="other"), 'not of the format "lamina-layers"'),
        (lambda manifest: manifest.update(version=2), "version 2; 1 is taken"),
        (lambda manifest: manifest.update(width="37"), "/width must be a whole number"),
        (lambda manifest: manifest.update(height=True), "/height must be a whole number"),
        (lambda manifest: manifest.update(height=-5), "no pixels"),
        (lambda manifest: manifest.update(layers={}), "/layers must be a list"),
        (lambda manifest: manifest.update(layers=[1]), "/layers must be a list"),
        (layer(0, parent=99), "/layers/0/parent must be the index of a group"),
        (layer(8, parent=8), "/layers/8/parent must be the index of a group"),
        (layer(9, parent=1), "/layers/9/parent must be the index of a group"),
        (layer(1, index=2), "/layers/1/index is that of another layer"),
        (layer(1, index=True), "/layers/1/index is missing or of another type"),
        (layer(1, name=None), "/layers/1/name is missing"),
        (layer(1, opacity=1.5), "/layers/1/opacity must be a number from 0 to 1"),
        (layer(1, opacity="1"), "/layers/1/opacity is missing or of another type"),
        (layer(1, visible=1), "/layers/1/visible is missing or of another type"),
        (layer(1, bbox=[0, 0, 9]), "/layers/1/bbox must be four whole numbers"),
        (layer(1, bbox=[0, 0, 9, 10**9]), "/layers/1/bbox is not of the size"),
        (layer(1, bbox=[10**12, 0, 9, 9]), "farther than 1,000,000"),
        (layer(1, file="../a.png"), "has no '../a.png'"),
        (layer(1, file="manifest.json"), "is not a picture"),
        (layer(1, lines=[{**LINE, "polygon": [[0, 0]]}]), "/layers/1/lines are not"),
        (layer(1, lines=[{**LINE, "polygon": [[0, 0], [1, 0], [1, 1], [0, 10**400]]}]), "/layers/1/lines are not"),
        (layer(1, lines=[{**LINE, "color": "red"}]), "/layers/1/lines are not"),
        (layer(1, lines=[{**LINE, "words": [{"text": 1, "bbox": [0, 0, 1, 1]}]}]), "/layers/1/lines are not"),
        (layer(1, lines=7), "/layers/1/lines are not"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(
    change: Callable[[dict[str, Any]], object], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ImageRejected, match=words):
        imported(rewritten(change), tmp_path)


def test_a_canvas_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageTooLarge, match="The canvas is 20000 × 29"):
        imported(rewritten(lambda manifest: manifest.update(width=20_000)), tmp_path)


def test_what_does_not_matter_does_not_matter(tmp_path: Path) -> None:
    """Indices of any order, fields of a later version, no picture of the whole."""

    def change(manifest: dict[str, Any]) -> None:
        del manifest["composite"]
        manifest["made_by"] = "somebody"
        for one in manifest["layers"]:
            one["index"] = -1000 + 3 * one["index"]
            one["parent"] = one["parent"] and -1000 + 3 * one["parent"]

    stack = grouped()
    found = imported(rewritten(change), tmp_path)
    assert said(found.stack, found.stack.outline.items) == said(stack, stack.outline.items)
    assert (found.losses, found.difference) == ([], None)


def test_words_stay_words_line_by_line(tmp_path: Path) -> None:
    line = {**LINE, "text": "Lato \ud83d", "words": [{"text": "Lato\x00", "bbox": [0, 0, 3, 4]}]}
    found = imported(rewritten(layer(2, lines=[line], name="no\x00t\udc00"), grouped_=False), tmp_path)
    item, kept = found.layer("no\ufffdt\ufffd")
    assert item.text == "Summer\nsale"
    assert kept is not None
    assert (kept.kind, kept.text) == ("text", "Summer\nsale")
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    assert kept.lines == (TextLine("Lato \ufffd", corners, (TextWord("Lato\ufffd", (0, 0, 3, 4)),), "#102030"),)
    with zipfile.ZipFile(io.BytesIO(written(found.stack, "zip"))) as again:
        told = json.loads(again.read("manifest.json"))["layers"][2]
    assert told["lines"][0]["words"] == [{"text": "Lato\ufffd", "bbox": [0, 0, 3, 4]}]


def test_a_mode_that_nobody_knows_is_normal_and_told(tmp_path: Path) -> None:
    found = imported(rewritten(layer(1, blend="dissolve"), grouped_=False), tmp_path)
    assert (found.layer("Card")[0].blend, found.losses) == (
        "normal", ["There is no blend mode dissolve here, so that normal is used: “Card”."]
    )  # fmt: skip
