"""A request to edit a document, read: its operations, the short form spelled out, and the pictures within them made
assets."""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.flow import json_body
from app.flow.json_pointer import escaped
from app.flow.request_body import bytes_of
from app.flow.storable import is_storable
from model import edits
from model.edits import Operation
from model.edits.fields import Fields
from model.edits.short import Spelled
from model.encode import png
from model.errors import ImageRejected, InvalidEdit
from model.image import Limits, decode


@dataclass(frozen=True, slots=True)
class Asked:
    """Operations in their order.

    Attributes:
        bodies: their JSON objects, as they will be kept.
        operations: the same, read.
        places: the pointer to where the picture of each is asked for, if it has one.
        pictures: those that came along, each ``{sha256, width, height, path}``.
    """

    bodies: Sequence[Mapping[str, Any]]
    operations: tuple[Operation, ...]
    places: Sequence[str]
    pictures: Sequence[Mapping[str, Any]]


def asked(body: Mapping[str, str], folder: Path, limits: Limits) -> Asked:
    """Read a request, as ``RequestBody`` says it; pictures are written as our own PNGs to ``folder``, which is
    made for them.

    Raises:
        InvalidEdit: says which place is wrong.
    """
    try:
        request = Fields.of(json_body.loaded(bytes_of(body)), "")
    except ValueError as error:
        raise InvalidEdit(f"{error}.", "") from error
    listed = request.get("operations") if request.has("operations") or not request.has("layers") else []
    read = edits.parse(listed)
    short = edits.spelled(request.get("layers")) if request.has("layers") else ()
    request.done()
    if not read and not short:
        raise InvalidEdit("One operation at least is needed here.", "/operations")
    if len(read) + len(short) > edits.MAX_OPERATIONS:  # they are kept as one list, which must be read again
        said = f"The layers are spelled out as {len(short)} operations, which makes {len(read) + len(short)}"
        raise InvalidEdit(f"{said}; at most {edits.MAX_OPERATIONS} are taken.", "/layers")
    _check_texts(listed, "/operations")
    _check_texts(request.values.get("layers"), "/layers")
    given: list[Mapping[str, Any]] = [*(listed if isinstance(listed, list) else ()), *(one.body for one in short)]
    places = [f"/operations/{at}" for at in range(len(read))]
    places += [f"/layers/{escaped(str(one.body['layer']))}/image" for one in short]
    pictures = _Pictures(folder, limits)
    kept = [pictures.kept(one, place) for one, place in zip(given, places, strict=True)]
    spelled = [
        _with_asset(one, body, place)
        for one, body, place in zip(short, kept[len(read) :], places[len(read) :], strict=True)
    ]
    places[: len(read)] = [f"{place}/asset" for place in places[: len(read)]]
    return Asked(kept, (*edits.parse(kept[: len(read)]), *spelled), places, pictures.found())


def _with_asset(one: Spelled, body: Mapping[str, Any], place: str) -> Operation:
    """The operation of a body in which an asset may have taken a picture's place; its layer is named where it was."""
    if json_body.FIELD not in one.body:
        return one.operation
    anew: Any = edits.parse([body], place)[0]
    before: Any = one.operation
    found: Operation = replace(anew, layer=before.layer)
    return found


class _Pictures:
    """Pictures within operations, the same one decoded once."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder, self._limits = folder, limits
        self._known: dict[str, dict[str, Any]] = {}

    def found(self) -> list[dict[str, Any]]:
        return list({one["sha256"]: one for one in self._known.values()}.values())

    def kept(self, operation: Mapping[str, Any], place: str) -> dict[str, Any]:
        """The operation with an asset in place of a picture that came along."""
        kept = {name: value for name, value in operation.items() if value is not None}
        text = kept.pop(json_body.FIELD, None)
        if text is not None:
            pointer = f"{place}/{json_body.FIELD}" if place.startswith("/operations") else place
            kept["asset"] = self._asset(text, pointer)
        return kept

    def _asset(self, text: str, pointer: str) -> str:
        name = hashlib.sha256(text.encode()).hexdigest()
        if name not in self._known:
            try:
                data = base64.b64decode("".join((text.partition(",")[2] if text.startswith("data:") else text).split()))
                pixels = decode(data, self._limits)
            except (binascii.Error, ValueError, ImageRejected) as error:
                raise InvalidEdit(str(error), pointer) from error
            own = png(pixels, least=True)
            sha256 = hashlib.sha256(own).hexdigest()
            self._folder.mkdir(exist_ok=True)
            path = self._folder / f"{sha256}.png"
            path.write_bytes(own)
            height, width, _ = pixels.shape
            self._known[name] = {"sha256": sha256, "width": width, "height": height, "path": str(path)}
        return str(self._known[name]["sha256"])


def _check_texts(value: object, pointer: str) -> None:
    """What is kept must be text that can be given back."""
    if isinstance(value, str) and not is_storable(value):
        raise InvalidEdit("This is not valid text.", pointer)
    if isinstance(value, dict):
        for key, one in value.items():
            _check_texts(key, pointer)
            _check_texts(one, f"{pointer}/{escaped(key)}")
    if isinstance(value, list):
        for at, one in enumerate(value):
            _check_texts(one, f"{pointer}/{at}")
