"""The models by name. A name resolves to an import string, so that reading the list loads nothing heavy.

Only ``worker/gpu.py``, ``model/__main__.py`` and tests call ``create``; the API reads ``revision_of`` and ``NAMES``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from model.decomposers.base import MOST_LAYERS, Decomposer, LayerCount, OnProgress, Parameters
from model.errors import ModelUnavailable

__all__ = [
    "MOST_LAYERS",
    "NAMES",
    "Decomposer",
    "LayerCount",
    "OnProgress",
    "Parameters",
    "create",
    "register",
    "revision_of",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """``target`` is ``"module:Class"``; ``revision`` changes whenever the same picture would give other layers;
    ``needs_prompt``: without one there is nothing to do."""

    target: str
    revision: str
    needs_prompt: bool = False


_ENTRIES: dict[str, Entry] = {
    "classic": Entry("model.decomposers.classic:Classic", "5"),
    "qwen-image-layered": Entry("model.decomposers.qwen_image_layered:QwenImageLayered", "1"),
    "qwen-image-layered-control": Entry(
        "model.decomposers.qwen_image_layered.control:QwenImageLayeredControl", "1", needs_prompt=True
    ),
}
NAMES: Mapping[str, Entry] = _ENTRIES


def register(name: str, target: str, revision: str) -> None:
    """Add a decomposer of one's own (also how the tests add theirs)."""
    _ENTRIES[name] = Entry(target, revision)


def revision_of(name: str) -> str:
    """The revision that goes into a decomposition's id.

    Raises:
        ModelUnavailable: no such name.
    """
    return _entry(name).revision


def create(name: str, **options: object) -> Decomposer:
    """Import and construct a decomposer; ``setup`` is the caller's to call.

    Raises:
        ModelUnavailable: no such name, or a package it needs is not installed.
    """
    module, _, attribute = _entry(name).target.partition(":")
    try:
        factory = getattr(import_module(module), attribute)
    except ImportError as error:
        raise ModelUnavailable(f"The model {name!r} needs a package that is not installed: {error}.") from error
    return cast(Decomposer, factory(**options))


def _entry(name: str) -> Entry:
    try:
        return _ENTRIES[name]
    except KeyError:
        known = ", ".join(sorted(_ENTRIES))
        raise ModelUnavailable(f"There is no model called {name!r}; known are {known}.") from None
