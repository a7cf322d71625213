"""Locks, which do not hold for variables."""

from dataclasses import replace

from model.edits import Scene


def unlocked(scene: Scene) -> Scene:
    """The scene without locks: they keep people from changing a layer by accident, and a variable is no accident."""
    return replace(scene, layers=tuple(replace(state, locked=False) for state in scene.layers))
