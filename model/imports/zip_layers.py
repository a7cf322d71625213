"""The ZIP that ``model.export.zip_layers`` writes, or somebody else after docs/layers.schema.json."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from model.blend import MODES
from model.errors import ImageRejected
from model.export.outline import Item, Outline
from model.image import decode, size_of
from model.imports.archive import Archive
from model.imports.imported import MAX_TEXT, Imported, ImportLimits, Losses, Tally, legible, named
from model.layers import KINDS, Kind, Layer, Pixels, TextLine, TextWord

MANIFEST = "manifest.json"
FORMAT, VERSION = "lamina-layers", 1
_JSON_BYTES = 2**24
_COLOUR = re.compile("#[0-9a-f]{6}")


def read(archive: Archive, limits: ImportLimits) -> Imported:
    """Raises ImageRejected, ImageTooLarge."""
    told = _manifest(archive)
    reader = _Reader(archive, limits, told)
    width, height = _number(told, "width"), _number(told, "height")
    reader.tally.canvas(width, height)
    return Imported("zip", Outline(width, height, reader.items()), reader.load, reader.merged, reader.losses)


def _manifest(archive: Archive) -> dict[str, Any]:
    data = archive.read(MANIFEST, _JSON_BYTES)
    try:
        told = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ImageRejected(f"{MANIFEST} is no valid JSON.") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ImageRejected(f'{MANIFEST} is not of the format "{FORMAT}".')
    if told.get("version") != VERSION:
        raise ImageRejected(f"{MANIFEST} is of version {str(told.get('version'))[:20]}; {VERSION} is taken.")
    if not isinstance(told.get("layers"), list) or not all(isinstance(one, dict) for one in told["layers"]):
        raise _wrong("layers", "must be a list of objects")
    return told


class _Reader:
    def __init__(self, archive: Archive, limits: ImportLimits, told: dict[str, Any]) -> None:
        self._archive, self._limits, self._told = archive, limits.picture, told
        self._layers: list[dict[str, Any]] = told["layers"]
        self.tally = Tally(limits)
        self.losses = Losses()

    def items(self) -> tuple[Item, ...]:
        """Bottom to top, as they are listed. A group stands after all that is in it, so that none is in itself."""
        members: dict[int | None, list[int]] = {None: []}
        seen: set[int] = set()
        for at, one in reversed(list(enumerate(self._layers))):
            parent, index = _given(one, "parent", at, int | None), _given(one, "index", at, int)
            if parent not in members:
                raise _wrong(f"layers/{at}/parent", "must be the index of a group that stands after it")
            if index in seen:
                raise _wrong(f"layers/{at}/index", "is that of another layer, too")
            seen.add(index)
            members[parent].append(at)
            if _given(one, "type", at, str) == "group":
                members[index] = []
        return self._items(None, members, 0)

    def _items(self, parent: int | None, members: Mapping[int | None, list[int]], depth: int) -> tuple[Item, ...]:
        return tuple(self._item(at, members, depth) for at in reversed(members[parent]))

    def _item(self, at: int, members: Mapping[int | None, list[int]], depth: int) -> Item:
        one = self._layers[at]
        self.tally.one_more(depth)
        name = named(_given(one, "name", at, str), self.losses)
        blend = _given(one, "blend", at, str)
        if blend not in MODES:
            self.losses.add(f"There is no blend mode {blend[:40]} here, so that normal is used: {{}}.", name)
        opacity = _given(one, "opacity", at, int | float)
        if not 0 <= opacity <= 1:
            raise _wrong(f"layers/{at}/opacity", "must be a number from 0 to 1")
        is_group = one["type"] == "group"
        inside = self._items(one["index"], members, depth + 1) if is_group else None
        text = _given(one, "text", at, str | None)
        return Item(
            at, name, float(opacity), blend if blend in MODES else "normal", _given(one, "visible", at, bool),
            members=inside, text=None if text is None else legible(text)[:MAX_TEXT],
        )  # fmt: skip

    def load(self, item: Item) -> Layer | None:
        at, one = item.index, self._layers[item.index]
        lines = _lines(one.get("lines") or [], at)
        kind = _kind(one, at)
        if _given(one, "file", at, str | None) is None:
            return None
        box = _box(one.get("bbox"))
        if box is None:
            raise _wrong(f"layers/{at}/bbox", "must be four whole numbers")
        x, y, width, height = box
        file = self._archive.read(one["file"], self._limits.max_bytes)
        if size_of(file, self._limits) != (width, height):
            raise _wrong(f"layers/{at}/bbox", f"is not of the size of {one['file']!r}")
        self.tally.layer(item.name, width, height, x, y)
        pixels = decode(file, self._limits, keep_colours=True)
        return Layer(pixels, x, y, item.name, kind, item.text, lines=lines)

    def merged(self) -> Pixels | None:
        name = self._told.get("composite")
        if not isinstance(name, str) or name not in self._archive:
            return None
        return decode(self._archive.read(name, self._limits.max_bytes), self._limits, keep_colours=True)


def _wrong(place: str, what: str) -> ImageRejected:
    return ImageRejected(f"In {MANIFEST}, /{place} {what}.")


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _number(told: Mapping[str, Any], key: str) -> int:
    value = told.get(key)
    if type(value) is not int:
        raise _wrong(key, "must be a whole number")
    return value


def _given(one: Mapping[str, Any], key: str, at: int, type_: Any) -> Any:
    value = one.get(key)
    if not isinstance(value, type_) or (isinstance(value, bool) and type_ is not bool):
        raise _wrong(f"layers/{at}/{key}", "is missing or of another type")
    return value


def _kind(one: Mapping[str, Any], at: int) -> Kind:
    said = _given(one, "kind", at, str | None)
    return next((kind for kind in KINDS if kind == said), "object")


def _box(value: object) -> tuple[int, int, int, int] | None:
    if not isinstance(value, list) or len(value) != 4 or not all(type(number) is int for number in value):
        return None
    x, y, width, height = value
    return x, y, width, height


def _lines(said: object, at: int) -> tuple[TextLine, ...]:
    try:
        return tuple(_line(line) for line in _listed(said))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _wrong(f"layers/{at}/lines", "are not as a manifest has them") from error


def _line(said: Mapping[str, Any]) -> TextLine:
    corners = tuple((float(x), float(y)) for x, y in _listed(said["polygon"]))
    color = said["color"]
    if len(corners) != 4 or not all(math.isfinite(number) for corner in corners for number in corner):
        raise ValueError(corners)
    if color is not None and not _COLOUR.fullmatch(color):
        raise ValueError(color)
    words = tuple(_word(word) for word in _listed(said["words"]))
    return TextLine(_text(said["text"]), corners, words, color)


def _word(said: Mapping[str, Any]) -> TextWord:
    box = _box(said["bbox"])
    if box is None:
        raise ValueError(said["bbox"])
    return TextWord(_text(said["text"]), box)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return legible(value)[:MAX_TEXT]


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
