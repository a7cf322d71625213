"""Edit and recomposite in one go: what a request comes to, and its picture, made once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from app.flow.errors import InvalidRequest, invalid_field
from app.flow.identified import limits
from app.flow.pictures import made, pixels_blob
from app.flow.pixels import PixelsLost
from app.flow.render_plan import Plan
from app.flow.request_body import RequestBody
from app.flow.scene_files import lines_of, scene_files
from app.flow.services import Services
from app.store import assets
from app.store.layers import Decomposition
from model.content_hash import digest_of
from model.edits.scene import scene_of
from model.edits.scene_json import scene_to_json
from model.errors import ImageRejected

_SAID = "name", "bbox", "opacity", "blend", "visible", "parent"
Layers: TypeAlias = Sequence[Mapping[str, Any]]
"""As a manifest has them, bottom to top."""


def plan(services: Services, tenant_id: str, found: Decomposition, body: RequestBody) -> Plan:
    """Read and fold a request; the same bytes are folded once.

    Raises:
        InvalidEdit, InvalidRequest: says which part of the request is wrong.
    """
    name = _name(found, body)
    folded = services.plans.get(name)
    if folded is None:
        folded = _folded(services, tenant_id, found, body, name)
        services.plans.put(name, folded)
    if folded.assets:
        _check_assets(services, tenant_id, folded.assets)
    return folded


def picture(
    services: Services, tenant_id: str, found: Decomposition, body: RequestBody, planned: Plan
) -> tuple[Path, bool]:
    """The file of the picture, rendered where it is not on disk; and whether it was there.

    Raises:
        InvalidEdit: a picture within the request is broken, or the format cannot hold the result.
        ImageRejected: it could not be made within the time and memory it is given.
        FileNotFoundError: a layer was evicted from the disk cache meanwhile; ask again.
    """

    def make(target: Path) -> None:
        try:
            services.pixels.call(
                "render_edit",
                name=_name(found, body),
                body=dict(body.said),
                width=found.width,
                height=found.height,
                layers=manifest_of(found),
                **scene_files(services, tenant_id, found.layers, planned.stack, planned.layers, planned.assets),
                limits=limits(services.settings),
                sizes=dict(planned.sizes),
                target=str(target),
            )
        except PixelsLost as error:
            raise ImageRejected("The picture could not be made within the time and memory it is given.") from error

    return made(services, ["render", tenant_id, planned.key], make)


def _name(found: Decomposition, body: RequestBody) -> str:
    return digest_of([body.sha256, _named(found.layers), manifest_of(found), _standing(found.layers)])


def _folded(services: Services, tenant_id: str, found: Decomposition, body: RequestBody, name: str) -> Plan:
    said, sizes = with_sizes(
        services,
        tenant_id,
        "plan_edit",
        {},
        name=name,
        body=dict(body.said),
        width=found.width,
        height=found.height,
        layers=manifest_of(found),
        limits=limits(services.settings),
    )
    return plan_of(said, found.layers, sizes)


def with_sizes(
    services: Services, tenant_id: str, task: str, known: Mapping[str, Sequence[int]], **arguments: Any
) -> tuple[dict[str, Any], Mapping[str, Sequence[int]]]:
    """What a pixel process makes of a request's operations, and the sizes of the assets that they add.

    Which these are only the process can say: a request may be larger than what the API reads.

    Args:
        known: sizes of pictures that are no assets yet.

    Raises:
        InvalidEdit, InvalidRequest: says which part of the request is wrong.
        ImageRejected: the request could not be read within the time and memory it is given.
    """
    try:
        found = services.pixels.call(task, sizes=dict(known), **arguments)
        if "unsized" not in found:
            return found, known
        sizes = {**known, **_sizes(services, tenant_id, found["unsized"])}
        return services.pixels.call(task, sizes=sizes, **arguments), sizes
    except PixelsLost as error:
        raise ImageRejected("The request could not be read within the time and memory it is given.") from error


def plan_of(found: Mapping[str, Any], layers: Layers, sizes: Mapping[str, Sequence[int]]) -> Plan:
    """What a pixel process found out about a request, of these layers."""
    worded = lines_of(layers, found["worded"])
    key = digest_of([found["key"], _named(layers), *([worded] if worded else [])])
    return Plan(key, found["media_type"], stack_of(layers), tuple(found["layers"]), found["assets"], sizes)


def _sizes(services: Services, tenant_id: str, asked: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    sizes = {}
    with services.engine.connect() as connection:
        for sha256, pointer in asked.items():
            asset = assets.get(connection, tenant_id, sha256)
            if asset is None:
                raise _no_asset(sha256, pointer)
            sizes[sha256] = asset.width, asset.height
    return sizes


def _check_assets(services: Services, tenant_id: str, asked: dict[str, str]) -> None:
    with services.engine.connect() as connection:
        for sha256, pointer in asked.items():
            if assets.get(connection, tenant_id, sha256) is None:
                raise _no_asset(sha256, pointer)


def _no_asset(sha256: str, pointer: str) -> InvalidRequest:
    return invalid_field(pointer, f"There is no asset {sha256}; upload it to /v1/assets first.")


def manifest_of(found: Decomposition) -> list[dict[str, object]]:
    """What edits begin with, as ``model.edits.scene_of`` takes it."""
    layers = [{name: layer[name] for name in _SAID if name in layer} | _words(layer) for layer in found.layers]
    return [*layers, *({**group, "group": True} for group in found.groups)]


def scene_kept(found: Decomposition) -> dict[str, object]:
    """The unedited scene, as it is kept."""
    return scene_to_json(scene_of(found.width, found.height, manifest_of(found)))


def _words(layer: Mapping[str, Any]) -> dict[str, object]:
    text = "\n".join(line["text"] for line in layer.get("lines") or ()) or layer.get("text")
    return {"text": text} if text else {}


def stack_of(layers: Layers) -> str:
    """Names what is drawn of: the layers' pixels, and where their words stand."""
    return digest_of([[pixels_blob(layer) for layer in layers], _standing(layers)])


def _standing(layers: Layers) -> dict[str, object]:
    """Where all their words stand."""
    return lines_of(layers, range(len(layers)))


def _named(layers: Layers) -> list[object]:
    """What tells one stack from another. Not the id: a decomposition that was deleted and made anew by a model that
    does not repeat itself has the same id and other layers."""
    return [[layer["name"], pixels_blob(layer), layer["opacity"], layer["blend"]] for layer in layers]
