"""The ZIP of layers: what is where in it, and a manifest as docs/layers.schema.json says."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from export_readers import rgba
from export_stacks import NAMES, STACKS, awkwardly_named, plain

from model.encode import png
from model.export.stack import Exported
from model.export.zip_layers import write
from model.layers import TextLine, TextWord

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs/layers.schema.json").read_text())
_TYPES = {
    "object": dict, "array": list, "string": str, "integer": int, "number": int | float, "boolean": bool,
    "null": type(None),
}  # fmt: skip


def opened(stack: Exported) -> zipfile.ZipFile:
    out = io.BytesIO()
    write(stack, out)
    return zipfile.ZipFile(out)


def wrongs(schema: dict[str, Any], value: Any, at: str = "") -> list[str]:
    """Where a value is not as a schema says; of JSON Schema, what docs/layers.schema.json uses."""
    if "$ref" in schema:
        return wrongs(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], value, at)
    known = {"type", "enum", "const", "required", "properties", "additionalProperties", "items", "minItems",
             "maxItems", "minimum", "maximum", "description", "title", "$schema", "$defs"}  # fmt: skip
    assert set(schema) <= known
    types = schema.get("type", list(_TYPES))
    types = types if isinstance(types, list) else [types]
    if not any(isinstance(value, _TYPES[name]) and (isinstance(value, bool) <= (name == "boolean")) for name in types):
        return [f"{at}: {value!r} is no {types}"]
    found = []
    if value not in schema.get("enum", [schema.get("const", value)]):
        found.append(f"{at}: {value!r} is none of those")
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{at}: {value!r} is out of range")
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(f"{at}: {len(value)} items")
        found += [wrong for n, one in enumerate(value) for wrong in wrongs(schema.get("items", {}), one, f"{at}/{n}")]
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        found += [f"{at}/{name} is missing" for name in schema.get("required", ()) if name not in value]
        found += [f"{at}/{name} is unknown" for name in value if name not in fields]
        found += [
            wrong for name in value if name in fields for wrong in wrongs(fields[name], value[name], f"{at}/{name}")
        ]
    return found


@pytest.mark.parametrize("name", sorted(STACKS))
def test_the_manifest_is_as_its_schema_says(name: str) -> None:
    with opened(STACKS[name]()) as archive:
        assert wrongs(SCHEMA, json.loads(archive.read("manifest.json"))) == []


def test_the_schema_refuses_what_is_no_manifest() -> None:
    with opened(plain()) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    layer = manifest["layers"][0]
    for changed in (
        {"opacity": 2},
        {"bbox": [1, 2]},
        {"blend": "dissolve"},
        {"visible": 1},
        {"name": None},
        {"more": 1},
    ):
        assert wrongs(SCHEMA, {**manifest, "layers": [{**layer, **changed}]}), changed
    assert wrongs(SCHEMA, {**manifest, "layers": [{"index": 0}]})


def test_files_are_named_by_their_place_and_their_layer_and_stay_in_their_folder() -> None:
    with opened(awkwardly_named()) as archive:
        layers = json.loads(archive.read("manifest.json"))["layers"]
        files = [layer["file"] for layer in layers if layer["file"]]
        assert len(set(files)) == len(files) == len(NAMES) + 1
        assert [name for name in archive.namelist() if name not in files] == ["composite.png", "manifest.json"]
    assert files[0].startswith("layers/00-слой-图层")
    for at, name in enumerate(files):
        assert name.startswith(f"layers/{at:02d}-")
        assert name.count("/") == 1
        assert ".." not in name
        assert len(name.encode()) < 200


def test_pictures_are_stored_as_they_are_and_dated_alike() -> None:
    with opened(plain()) as archive:
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert (info.compress_type == zipfile.ZIP_STORED) == info.filename.endswith(".png")


def test_the_source_is_in_it_byte_for_byte(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(png(np.full((3, 4, 4), 200, np.uint8)))
    with opened(replace(plain(), source=source)) as archive:
        assert json.loads(archive.read("manifest.json"))["source"] == "source.png"
        assert archive.read("source.png") == source.read_bytes()


def test_colours_under_full_transparency_are_kept() -> None:
    stack = plain()
    with opened(stack) as archive:
        layers = json.loads(archive.read("manifest.json"))["layers"]
        for item, said in zip(stack.outline.items, layers, strict=True):
            layer = stack.load(item)
            assert layer is not None
            assert np.array_equal(rgba(archive.read(said["file"])), layer.pixels)


def test_the_lines_of_a_text_layer_are_told() -> None:
    stack = plain()
    line = TextLine("Summer", ((1, 2), (9, 2), (9, 5), (1, 5)), (TextWord("Summer", (1, 2, 8, 3)),), "#ff0000")

    def load(item):  # type: ignore[no-untyped-def]
        layer = stack.load(item)
        assert layer is not None
        return replace(layer, lines=(line,)) if item.text else layer

    with opened(replace(stack, load=load)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert wrongs(SCHEMA, manifest) == []
    assert [(layer["text"], layer["kind"], len(layer["lines"])) for layer in manifest["layers"]][2] == (
        "Summer\nsale", "text", 1,
    )  # fmt: skip
    assert manifest["layers"][2]["lines"][0]["words"] == [{"text": "Summer", "bbox": [1, 2, 8, 3]}]
