"""A template's values on its scene, as operations. For the processes that may read strangers' text and have fonts at
hand: the pixel processes and the workers."""

from collections.abc import Sequence

from app.flow.templates.locks import unlocked
from app.flow.templates.values import Step
from model import edits
from model.edits import Scene
from model.edits.cut import Largest
from model.edits.words import check_texts
from model.errors import InvalidEdit


def applied(scene: Scene, steps: Sequence[Step], largest: Largest) -> Scene:
    """The scene with these values.

    Raises:
        InvalidEdit: its pointer is that of the value, or within it.
    """
    if not steps:
        return scene
    scene = unlocked(scene)
    for step in steps:
        try:
            operations = edits.parse([step.operation], step.pointer)
            check_texts(operations)
            scene = edits.fold(operations, scene, {}, largest)
        except InvalidEdit as error:
            raise type(error)(str(error), step.pointer) from error
    return scene


def pointing_at(steps: Sequence[Step], error: InvalidEdit) -> InvalidEdit:
    """What drawing complains of, said of the value that asked for it; itself where none did."""
    asked = [step.pointer for step in steps if error.pointer.startswith(f"{step.pointer}/0")]
    return type(error)(str(error), max(asked, key=len)) if asked else error
