"""What the pixel processes do for templates; see ``pixel_tasks.py``.

A scene comes as the JSON that we keep, steps as pairs ``[operation, pointer]``; what is in them comes from strangers.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.flow.scene_tasks import Files, largest, planned, write_picture
from app.flow.templates.apply import applied, pointing_at
from app.flow.templates.locks import unlocked
from app.flow.templates.request import taken_apart
from app.flow.templates.values import Step
from model import edits
from model.edits import Scene
from model.edits.output import Output
from model.edits.scene_json import scene_from_json
from model.edits.words import check_texts
from model.errors import InvalidEdit
from model.image import Limits

_VALUE = {"text": "value", "recolor": "color", "replace": "asset", "move": "to", "opacity": "to", "blend": "mode"}
"""The parameter of each operation that takes a variable's value."""


def check_variables(scene: dict[str, Any], samples: list[list[Any]], limits: dict[str, int]) -> dict[str, Any]:
    """Whether each sample by itself can be applied; nothing is returned.

    Raises:
        InvalidEdit: points at the part of the variable that stands in the way.
    """
    bare = unlocked(scene_from_json(scene))
    for step in _steps(samples):
        try:
            operations = edits.parse([step.operation], step.pointer)
            check_texts(operations)
            edits.fold(operations, bare, {}, largest(limits))
        except InvalidEdit as error:
            raise type(error)(str(error), _place(step, error.pointer)) from error
    return {}


def _place(step: Step, pointer: str) -> str:
    """Where that was asked for which a sample's operation complains of: an option of the variable, or the value."""
    own = f"{step.pointer}/0/"
    part = pointer.removeprefix(own).partition("/")[0] if pointer.startswith(own) else ""
    if not part or part == _VALUE.get(step.operation["op"]):
        return step.pointer
    variable = "/".join(step.pointer.split("/")[:3])  # of /variables/accent/default
    return f"{variable}/{part}"


def plan_template(
    scene: dict[str, Any], steps: list[list[Any]], output: dict[str, Any], limits: dict[str, int]
) -> dict[str, Any]:
    """What ``plan_edit`` says of a request, of a kept scene with values; ``output`` is a render request's.

    Raises:
        InvalidEdit: points at the value or at the output.
    """
    return planned(_with_values(scene, steps, limits), Output.of(output, "/output"), limits["max_pixels"], "/output")


def render_template(
    scene: dict[str, Any],
    steps: list[list[Any]],
    output: dict[str, Any],
    stack: str,
    layer_paths: dict[str, str],
    asset_paths: dict[str, str],
    lines: dict[str, Any],
    limits: dict[str, int],
    target: str,
) -> None:
    """Write the picture of a kept scene with values to ``target``; see ``render_edit``.

    Raises:
        InvalidEdit: as ``plan_template``.
    """
    files = Files(stack, layer_paths, asset_paths, lines)
    try:
        drawn = _with_values(scene, steps, limits)
        write_picture(drawn, Output.of(output, "/output"), files, Limits(**limits), target)
    except InvalidEdit as error:
        raise pointing_at(_steps(steps), error) from error


def split_values(path: str, folder: str) -> dict[str, Any]:
    """See ``taken_apart``; the body is in a file."""
    return taken_apart(Path(path).read_bytes(), Path(folder))


def _with_values(scene: Mapping[str, Any], steps: Sequence[Sequence[Any]], limits: Mapping[str, int]) -> Scene:
    return applied(scene_from_json(scene), _steps(steps), largest(limits))


def _steps(said: Sequence[Sequence[Any]]) -> list[Step]:
    return [Step(operation, pointer) for operation, pointer in said]
