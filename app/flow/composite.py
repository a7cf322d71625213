"""What the layers of a decomposition come to, made from the layers."""

from pathlib import Path
from typing import Any

from app.flow.identified import limits
from app.flow.pictures import made, shrink, stored
from app.flow.render import scene_kept, stack_of
from app.flow.scene_files import scene_files
from app.flow.services import Services
from app.store.layers import Decomposition


def composite_file(services: Services, tenant_id: str, found: Decomposition, width: int | None = None) -> Path:
    """All layers over each other, whole or at most ``width`` wide; equal to the source by the promise, but made from
    the layers."""
    said: list[Any] = [[layer["sha256"], layer["opacity"], layer["blend"]] for layer in found.layers]
    if not _is_plain(found):
        said = [said, scene_kept(found)]
    if width is not None:

        def narrow(target: Path) -> None:
            shrink(services, composite_file(services, tenant_id, found), target, width)

        return made(services, ["composite", tenant_id, said, width], narrow)[0]

    def make(target: Path) -> None:
        if _is_plain(found):
            _lay(services, tenant_id, found, target)
        else:
            _render(services, tenant_id, found, target)

    return made(services, ["composite", tenant_id, said], make)[0]


def _is_plain(found: Decomposition) -> bool:
    """Whether the layers, one after another, are all there is to it."""
    return not found.groups and all(layer.get("visible", True) for layer in found.layers)


def _lay(services: Services, tenant_id: str, found: Decomposition, target: Path) -> None:
    layers = [
        {
            "path": str(stored(services, tenant_id, layer["sha256"])),
            "opacity": layer["opacity"],
            "blend": layer["blend"],
        }
        for layer in found.layers
    ]
    services.pixels.call("composite", layers=layers, width=found.width, height=found.height, target=str(target))


def _render(services: Services, tenant_id: str, found: Decomposition, target: Path) -> None:
    indices = range(len(found.layers))
    services.pixels.call(
        "render_scene",
        scene=scene_kept(found),
        output={"format": "png"},
        **scene_files(services, tenant_id, found.layers, stack_of(found.layers), indices, ()),
        limits=limits(services.settings),
        target=str(target),
    )
