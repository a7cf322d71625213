"""Edit and recomposite in one go: what a request comes to, and its picture, made once."""

from pathlib import Path

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


def plan(services: Services, tenant_id: str, found: Decomposition, body: Path, sha256: str) -> Plan:
    """Read and fold a request, given as a file with its JSON; the same bytes are folded once.

    Raises:
        InvalidEdit, InvalidRequest: says which part of the request is wrong.
    """
    name = digest_of([sha256, _layers_of(found)])
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
                layers=_manifest(found),
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
            layers=_manifest(found),
            max_pixels=services.settings.max_pixels,
        )
    except PixelsLost as error:
        raise ImageRejected("The request could not be read within the time and memory it is given.") from error
    key = digest_of([plan["key"], _layers_of(found)])
    return Plan(key, plan["media_type"], tuple(plan["layers"]), plan["assets"])


def _check_assets(services: Services, tenant_id: str, asked: dict[str, str]) -> None:
    with services.engine.connect() as connection:
        for sha256, pointer in asked.items():
            if assets.get(connection, tenant_id, sha256) is None:
                raise invalid_field(pointer, f"There is no asset {sha256}; upload it to /v1/assets first.")


def _layers_of(found: Decomposition) -> list[object]:
    """What tells one stack from another. Not the id: a decomposition that was deleted and made anew by a model that
    does not repeat itself has the same id and other layers."""
    return [found.width, found.height, [[layer["name"], layer["sha256"]] for layer in found.layers]]


def _manifest(found: Decomposition) -> list[dict[str, object]]:
    return [{name: layer[name] for name in ("name", "bbox", "opacity", "blend")} for layer in found.layers]
