"""Which layers and groups an operation means: an index, a name, a list of either, or ``"*"`` for all layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from model.edits.fields import Fields, shown
from model.edits.scene import Scene
from model.edits.state import LayerState
from model.errors import AmbiguousLayer, InvalidEdit, LayerLocked, LayerNotFound

ALL = "*"
Reference: TypeAlias = int | str
_MOST = 256
_LISTED = 16  # layers that an error names at most
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

    @classmethod
    def read(cls, fields: Fields) -> "Selector":
        """From an operation's ``layer``."""
        return cls.of(fields.get("layer"), fields.at("layer"))

    @classmethod
    def read_one(cls, fields: Fields, key: str) -> "Selector":
        """From a parameter that names one layer or group."""
        one = cls.of(fields.get(key), fields.at(key))
        if one.listed or one.references == (ALL,):
            raise InvalidEdit("One layer is needed here.", one.pointer)
        return one

    def indices(self, scene: Scene, deleted: bool = False, deleted_first: bool = False) -> tuple[int, ...]:
        """The layers and groups meant, each once, in the scene's order, bottom first.

        Args:
            deleted: whether a deleted one may be meant. ``"*"`` takes them in, and groups, or leaves them out by it.
            deleted_first: a name that deleted and living ones share means the deleted; or else the living.

        Raises:
            LayerNotFound, AmbiguousLayer.
        """
        if not self.listed and self.references == (ALL,):
            return _all(scene) if deleted else tuple(index for index in scene.live if not scene.layers[index].group)
        meant = {
            _index_of(reference, scene, f"{self.pointer}/{at}" if self.listed else self.pointer, deleted, deleted_first)
            for at, reference in enumerate(self.references)
        }
        return tuple(index for index in scene.order if index in meant)

    def changeable(self, scene: Scene, deleted: bool = False, inside: bool = False) -> tuple[int, ...]:
        """``indices``, none of them locked; nor anything that is in them, if what is ``inside`` changes too.

        Raises:
            LayerNotFound, AmbiguousLayer, LayerLocked.
        """
        indices = self.indices(scene, deleted)
        for index in indices:
            for each in (index, *(scene.leaves(index) if inside else ())):
                self._check(scene, each)
        return indices

    def whole(self, scene: Scene) -> tuple[int, ...]:
        """``indices`` without what is in a group that is meant too: that goes with it."""
        indices = self.indices(scene)
        return tuple(at for at in indices if not any(group.index in indices for group in scene.around(at)))

    def outermost(self, scene: Scene) -> tuple[int, ...]:
        """``whole``, where neither what is meant is locked, nor anything in those groups."""
        self.changeable(scene, inside=True)
        return self.whole(scene)

    def leaves(self, scene: Scene) -> tuple[int, ...]:
        """The layers meant, by themselves or with a group, each once; none of them locked."""
        meant = {leaf for index in self.outermost(scene) for leaf in scene.leaves(index)}
        return tuple(index for index in scene.order if index in meant)

    def pictures(self, scene: Scene) -> tuple[int, ...]:
        """``changeable``, of which none is a group: what has pixels of its own.

        Raises:
            LayerNotFound, AmbiguousLayer, LayerLocked, InvalidEdit.
        """
        indices = self.changeable(scene)
        for state in (scene.layers[index] for index in indices):
            if state.group:
                inside = ", ".join(named(scene.layers[leaf]) for leaf in scene.leaves(state.index)[:_LISTED])
                said = f"{capital(label(state))} has no pixels of its own; name its layers: {inside or 'it has none'}."
                raise InvalidEdit(said, self.pointer)
        return indices

    def _check(self, scene: Scene, index: int) -> None:
        state = scene.layers[index]
        for group in (state, *scene.around(index)):
            if group.locked:
                inside = "" if group is state else f" is in {label(group)}, which"
                raise LayerLocked(
                    f"{capital(label(state))}{inside} is locked; unlock it first: "
                    f'{{"op": "unlock", "layer": {group.index}}}.',
                    self.pointer,
                )


def _all(scene: Scene) -> tuple[int, ...]:
    """Deleted ones too, but no group that nothing is in, as ungrouping leaves it."""
    filled = {state.parent for state in scene.layers}
    return tuple(index for index in scene.order if not scene.layers[index].group or index in filled)


def _reference(value: object, pointer: str) -> Reference:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value:
        return value
    raise InvalidEdit('A layer is given by its index, its name, a list of these, or "*".', pointer)


def _index_of(reference: Reference, scene: Scene, pointer: str, deleted: bool, deleted_first: bool) -> int:
    found = _by_index(reference, scene) if isinstance(reference, int) else _by_name(reference, scene, deleted_first)
    if not found:
        raise LayerNotFound(_not_found(reference, scene), pointer)
    if len(found) > 1:
        listed = ", ".join(named(state) for state in found[:_LISTED])
        raise AmbiguousLayer(f"Several layers are called {shown(reference)}: {listed}. Use the index.", pointer)
    for group in scene.around(found[0].index):
        if group.deleted:
            said = f"{capital(label(found[0]))} is in {label(group)}, which is deleted; restore that first."
            raise LayerNotFound(said, pointer)
    if found[0].deleted and not deleted:
        raise LayerNotFound(f"{capital(label(found[0]))} is deleted; restore it first.", pointer)
    return found[0].index


def _by_index(index: int, scene: Scene) -> list[LayerState]:
    return [scene.layers[index]] if 0 <= index < len(scene.layers) else []


def _by_name(name: str, scene: Scene, deleted_first: bool) -> list[LayerState]:
    """By the exact name; else regardless of case. A living layer goes before a deleted one of the same name, or the
    other way round."""
    found = [state for state in scene.layers if state.name == name]
    found = found or [state for state in scene.layers if state.name.casefold() == name.casefold()]
    return [state for state in found if scene.is_gone(state.index) == deleted_first] or found


def _not_found(reference: Reference, scene: Scene) -> str:
    if isinstance(reference, int):
        last = len(scene.layers) - 1
        return f"There is no layer {shown(reference)}; the indices go from 0 (the bottom) to {last}."
    names = {state.name.casefold(): state for state in scene.layers}
    near = get_close_matches(reference[:_LONGEST].casefold(), names, n=3, cutoff=0.5)
    if near:
        return f"There is no layer {shown(reference)}; did you mean {' or '.join(named(names[key]) for key in near)}?"
    listed = ", ".join(named(state) for state in scene.layers[:_LISTED])
    hint = " An index is a number without quotes." if reference.isdecimal() else ""
    hint = f' "{ALL}" for all layers stands by itself, not in a list.' if reference == ALL else hint
    return f"There is no layer {shown(reference)}; the layers are {listed}.{hint}"


def named(state: LayerState) -> str:
    """A layer in a list of them."""
    return f"{state.index} {shown(state.name)}"


def label(state: LayerState) -> str:
    """A layer in a sentence."""
    return f"the {'group' if state.group else 'layer'} {named(state)}"


def capital(text: str) -> str:
    """The beginning of a sentence."""
    return text[0].upper() + text[1:]
