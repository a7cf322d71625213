"""Edit and recomposite in one go: what a request comes to, and its picture, made once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from app.flow.errors import invalid_field
from app.flow.identified import limits
from app.flow.pictures import made, stored
from app.flow.pixels import PixelsLost
from app.flow.render_plan import Plan
from app.flow.services import Services
from app.store import assets
from app.store.layers import Decomposition
from model.content_hash import digest_of
from model.errors import ImageRejected

Layers: TypeAlias = Sequence[Mapping[str, Any]]
"""As a manifest has them, bottom to top."""


def plan(services: Services, tenant_id: str, found: Decomposition, body: Path, sha256: str) -> Plan:
    """Read and fold a request, given as a file with its JSON; the same bytes are folded once.

    Raises:
        InvalidEdit, InvalidRequest: says which part of the request is wrong.
    """
    name = digest_of([sha256, _named(found.width, found.height, found.layers)])
    folded = services.plans.get(name)
    if folded is None:
        folded = _folded(services, found, body)
        services.plans.put(name, folded)
    if folded.assets:
        _check_assets(services, tenant_id, folded.assets)
    return folded


def picture(services: Services, tenant_id: str, found: Decomposition, body: Path, planned: Plan) -> tuple[Path, bool]:
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
                body=str(body),
                width=found.width,
                height=found.height,
                layers=manifest_of(found.layers),
                stack=planned.stack,
                layer_paths={
                    str(index): str(stored(services, tenant_id, found.layers[index]["sha256"]))
                    for index in planned.layers
                },
                asset_paths={sha256: str(stored(services, tenant_id, sha256)) for sha256 in planned.assets},
                limits=limits(services.settings),
                target=str(target),
            )
        except PixelsLost as error:
            raise ImageRejected("The picture could not be made within the time and memory it is given.") from error

    return made(services, ["render", tenant_id, planned.key], make)


def _folded(services: Services, found: Decomposition, body: Path) -> Plan:
    try:
        plan = services.pixels.call(
            "plan_edit",
            body=str(body),
            width=found.width,
            height=found.height,
            layers=manifest_of(found.layers),
            max_pixels=services.settings.max_pixels,
        )
    except PixelsLost as error:
        raise ImageRejected("The request could not be read within the time and memory it is given.") from error
    return plan_of(plan, found.width, found.height, found.layers)


def plan_of(found: Mapping[str, Any], width: int, height: int, layers: Layers) -> Plan:
    """What a pixel process found out about a request, of these layers."""
    key = digest_of([found["key"], _named(width, height, layers)])
    stack = digest_of([layer["sha256"] for layer in layers])
    return Plan(key, found["media_type"], stack, tuple(found["layers"]), found["assets"])


def _check_assets(services: Services, tenant_id: str, asked: dict[str, str]) -> None:
    with services.engine.connect() as connection:
        for sha256, pointer in asked.items():
            if assets.get(connection, tenant_id, sha256) is None:
                raise invalid_field(pointer, f"There is no asset {sha256}; upload it to /v1/assets first.")


def manifest_of(layers: Layers) -> list[dict[str, object]]:
    """What edits begin with, of the layers of a manifest."""
    return [{name: layer[name] for name in ("name", "bbox", "opacity", "blend")} for layer in layers]


def _named(width: int, height: int, layers: Layers) -> list[object]:
    """What tells one stack from another. Not the id: a decomposition that was deleted and made anew by a model that
    does not repeat itself has the same id and other layers."""
    return [width, height, [[layer["name"], layer["sha256"]] for layer in layers]]
