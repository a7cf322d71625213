"""Which layers an operation means: an index, a name, a list of either, or ``"*"``."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from model.edits.fields import shown
from model.edits.scene import LayerState, Scene
from model.errors import AmbiguousLayer, InvalidEdit, LayerNotFound

ALL = "*"
Reference: TypeAlias = int | str
_MOST = 256
_LONGEST = 256  # characters of a name that likeness is looked for in


@dataclass(frozen=True, slots=True)
class Selector:
    """``references`` is ``("*",)`` for all layers; ``pointer`` is the selector's place in the request."""

    references: tuple[Reference, ...]
    pointer: str
    listed: bool = False

    @classmethod
    def of(cls, value: object, pointer: str) -> "Selector":
        """Raises InvalidEdit for anything but an index, a name or a list of them."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            if not 1 <= len(value) <= _MOST:
                raise InvalidEdit(f"A list of 1 to {_MOST} layers is needed here.", pointer)
            return cls(tuple(_reference(entry, f"{pointer}/{at}") for at, entry in enumerate(value)), pointer, True)
        return cls((_reference(value, pointer),), pointer)

    def indices(self, scene: Scene, deleted: bool = False) -> tuple[int, ...]:
        """The layers meant, each once, in the scene's order, bottom first.

        Args:
            deleted: whether a deleted layer may be meant; ``"*"`` takes them in or leaves them out by it.

        Raises:
            LayerNotFound, AmbiguousLayer.
        """
        if not self.listed and self.references == (ALL,):
            return scene.order if deleted else scene.live
        meant = {
            _index_of(reference, scene, f"{self.pointer}/{at}" if self.listed else self.pointer, deleted)
            for at, reference in enumerate(self.references)
        }
        return tuple(index for index in scene.order if index in meant)


def _reference(value: object, pointer: str) -> Reference:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value:
        return value
    raise InvalidEdit('A layer is given by its index, its name, a list of these, or "*".', pointer)


def _index_of(reference: Reference, scene: Scene, pointer: str, deleted: bool) -> int:
    found = _by_index(reference, scene) if isinstance(reference, int) else _by_name(reference, scene, deleted)
    if not found:
        raise LayerNotFound(_not_found(reference, scene), pointer)
    if len(found) > 1:
        listed = ", ".join(_label(state) for state in found)
        raise AmbiguousLayer(f"Several layers are called {shown(reference)}: {listed}. Use the index.", pointer)
    if found[0].deleted and not deleted:
        raise LayerNotFound(f"The layer {_label(found[0])} is deleted; restore it first.", pointer)
    return found[0].index


def _by_index(index: int, scene: Scene) -> list[LayerState]:
    return [scene.layers[index]] if 0 <= index < len(scene.layers) else []


def _by_name(name: str, scene: Scene, deleted: bool) -> list[LayerState]:
    """By the exact name; else regardless of case. A living layer goes before a deleted one of the same name."""
    found = [state for state in scene.layers if state.name == name]
    found = found or [state for state in scene.layers if state.name.casefold() == name.casefold()]
    living = [state for state in found if not state.deleted]
    return found if deleted or not living else living


def _not_found(reference: Reference, scene: Scene) -> str:
    if isinstance(reference, int):
        last = len(scene.layers) - 1
        return f"There is no layer {shown(reference)}; the indices go from 0 (the bottom) to {last}."
    names = {state.name.casefold(): state for state in scene.layers}
    near = get_close_matches(reference[:_LONGEST].casefold(), names, n=3, cutoff=0.5)
    if near:
        return f"There is no layer {shown(reference)}; did you mean {' or '.join(_label(names[key]) for key in near)}?"
    listed = ", ".join(_label(state) for state in scene.layers[:16])
    hint = " An index is a number without quotes." if reference.isdecimal() else ""
    hint = f' "{ALL}" for all layers stands by itself, not in a list.' if reference == ALL else hint
    return f"There is no layer {shown(reference)}; the layers are {listed}.{hint}"


def _label(state: LayerState) -> str:
    return f"{state.index} {state.name!r}"
