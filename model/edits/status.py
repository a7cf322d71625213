"""What a layer or a group is called and whether it is there: ``show``, ``hide``, ``delete``, ``restore``, ``lock``,
``unlock``, ``rename``."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from model.edits.fields import Fields
from model.edits.scene import Scene
from model.edits.selector import Selector


@dataclass(frozen=True, slots=True)
class _Bare:
    """An operation without parameters."""

    op: ClassVar[str]
    layer: Selector

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(Selector.read(fields))


class Show(_Bare):
    op: ClassVar[str] = "show"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), visible=True)


class Hide(_Bare):
    """Locked ones too: it takes nothing away."""

    op: ClassVar[str] = "hide"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), visible=False)


class Delete(_Bare):
    """Out of the scene until ``restore``; its other edits and its place in the order wait for it.

    A group goes with all that is in it, of which nothing may be locked.
    """

    op: ClassVar[str] = "delete"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.changeable(scene, deleted=True, inside=True), deleted=True)


class Restore(_Bare):
    """Brings a deleted layer back as it was. Where a living one has its name by now, the deleted one is meant."""

    op: ClassVar[str] = "restore"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene, deleted=True, deleted_first=True), deleted=False)


class Lock(_Bare):
    """It, and all that is in it if it is a group, stays where it is and as it is, until ``unlock``.

    As in Photoshop, its name, its place in the order, whether it shows, and copies of it are free.
    """

    op: ClassVar[str] = "lock"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), locked=True)


class Unlock(_Bare):
    op: ClassVar[str] = "unlock"

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), locked=False)


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name; several may have the same one, though only an index tells them apart then."""

    op: ClassVar[str] = "rename"
    layer: Selector
    name: str

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(Selector.read(fields), fields.name("name"))

    def apply(self, scene: Scene) -> Scene:
        return _each(scene, self.layer.indices(scene), name=self.name)


def _each(scene: Scene, indices: tuple[int, ...], **changes: object) -> Scene:
    return scene.changed([replace(scene.layers[index], **changes) for index in indices])  # type: ignore[arg-type]
