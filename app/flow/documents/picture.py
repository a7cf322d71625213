"""The picture of a document at one of its revisions: made once for all requests, stateless ones too, that come to the
same."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.flow.identified import limits
from app.flow.pictures import made
from app.flow.pixels import PixelsLost
from app.flow.render import plan_of
from app.flow.render_plan import Plan
from app.flow.scene_files import scene_files
from app.flow.services import Services
from app.store.documents import Document
from model.content_hash import digest_of
from model.errors import ImageRejected


def plan(services: Services, document: Document, output: Mapping[str, Any]) -> Plan:
    """What the picture comes to; the same state and output are looked at once.

    Args:
        output: ``format``, ``width``, ``background``, ``quality`` and ``box``, as far as they are asked for.

    Raises:
        InvalidEdit: says which part of the output is wrong.
    """
    name = digest_of([document.tenant_id, document.id, document.revision.state, output])
    found = services.plans.get(name)
    if found is None:
        scene = dict(document.scene)
        said = services.pixels.call(
            "plan_scene", scene=scene, output=dict(output), max_pixels=services.settings.max_pixels
        )
        found = plan_of(said, document.layers, {})
        services.plans.put(name, found)
    return found


def picture(services: Services, document: Document, output: Mapping[str, Any], planned: Plan) -> tuple[Path, bool]:
    """The file of the picture, rendered where it is not on disk; and whether it was there.

    Raises:
        InvalidEdit: the format cannot hold the result.
        ImageRejected: it could not be made within the time and memory it is given.
        FileNotFoundError: a layer was evicted from the disk cache meanwhile; ask again.
    """

    def make(target: Path) -> None:
        files = files_of(services, document, planned)
        try:
            services.pixels.call(
                "render_scene",
                scene=dict(document.scene),
                output=dict(output),
                limits=limits(services.settings),
                **files,
                target=str(target),
            )
        except PixelsLost as error:
            raise ImageRejected("The picture could not be made within the time and memory it is given.") from error

    return made(services, ["render", document.tenant_id, planned.key], make)


def files_of(services: Services, document: Document, planned: Plan) -> dict[str, Any]:
    """Where all is that a picture is made of, as ``Files`` in ``app/flow/scene_tasks.py`` has it."""
    tenant_id, layers = document.tenant_id, document.layers
    return scene_files(services, tenant_id, layers, planned.stack, planned.layers, planned.assets)
