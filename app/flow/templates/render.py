"""Values -> the picture of a template: made once for all requests, those for documents and stateless ones too, that
come to the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.flow.identified import limits
from app.flow.pictures import made
from app.flow.pixels import PixelsLost
from app.flow.render import plan_of
from app.flow.render_plan import Plan
from app.flow.scene_files import scene_files
from app.flow.services import Services
from app.flow.templates.values import Step
from app.flow.templates.variable import Variables
from app.store.templates import Template
from model.content_hash import digest_of
from model.errors import ImageRejected


@dataclass(frozen=True, slots=True)
class Drawing:
    """A template with values.

    Attributes:
        output: what the picture is sent as, unchecked.
        files: pictures of the values that are no assets, by their sha256.
    """

    template: Template
    steps: Sequence[Step]
    output: Mapping[str, Any]
    files: Mapping[str, Path]

    @property
    def said(self) -> dict[str, Any]:
        """What a pixel process is told of it."""
        steps = [[step.operation, step.pointer] for step in self.steps]
        return {"scene": dict(self.template.scene), "steps": steps, "output": dict(self.output)}


def optional(variables: Variables) -> Variables:
    """The variables, none of them required: how a template looks before anybody fills it."""
    return {name: replace(one, required=False) for name, one in variables.items()}


def plan(services: Services, drawing: Drawing) -> Plan:
    """What the picture comes to; the same request is looked at once.

    Raises:
        InvalidEdit: says which value, or which part of the output, is wrong.
        ImageRejected: the request could not be read within the time and memory it is given.
    """
    template, said = drawing.template, drawing.said
    name = digest_of([template.tenant_id, "template", template.name, template.version, str(template.updated_at),
                      said["steps"], said["output"]])  # fmt: skip
    found = services.plans.get(name)
    if found is None:
        try:
            told = services.pixels.call("plan_template", **said, limits=limits(services.settings))
        except PixelsLost as error:
            raise ImageRejected("The request could not be read within the time and memory it is given.") from error
        found = plan_of(told, template.layers, {})
        services.plans.put(name, found)
    return found


def picture(services: Services, drawing: Drawing, planned: Plan) -> tuple[Path, bool]:
    """The file of the picture, rendered where it is not on disk; and whether it was there.

    Raises:
        InvalidEdit: words cannot be set, or the format cannot hold the result.
        ImageRejected: it could not be made within the time and memory it is given.
        FileNotFoundError: a layer was evicted from the disk cache meanwhile; ask again.
    """
    template, tenant_id = drawing.template, drawing.template.tenant_id

    def make(target: Path) -> None:
        layers, stack = template.layers, planned.stack
        files = scene_files(services, tenant_id, layers, stack, planned.layers, planned.assets, drawing.files)
        try:
            services.pixels.call(
                "render_template",
                **drawing.said,
                **files,
                limits=limits(services.settings),
                target=str(target),
            )
        except PixelsLost as error:
            raise ImageRejected("The picture could not be made within the time and memory it is given.") from error

    return made(services, ["render", tenant_id, planned.key], make)
