"""What a list of operations did, in a line of words for a history: ``move headline, hide 2 layers``."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from model.edits import Scene

PHRASES = 3
NAMES = 2
LONGEST_NAME = 40
_EVERY = "*"


def summary(operations: Sequence[Mapping[str, Any]], before: Scene, after: Scene) -> str:
    """Of operations that led from one scene to the other; those of one kind in a row share their verb."""
    phrases = []
    for op, run in groupby(operations, key=lambda one: str(one["op"])):
        names = [name for one in run for name in _names(one, before, after)]
        phrases.append(f"{op} {_listed(list(dict.fromkeys(names)))}".strip())
    rest = len(phrases) - PHRASES
    return ", ".join(phrases[:PHRASES]) + (f" and {rest} more" if rest > 0 else "")


def _names(operation: Mapping[str, Any], before: Scene, after: Scene) -> list[str]:
    """Of the layers that an operation names; its own name where it makes one."""
    meant = operation.get("layer", operation.get("name"))
    if meant is None:
        return []
    if meant == _EVERY:
        return ["all layers"]
    return [_name(one, before, after) for one in (meant if isinstance(meant, list) else [meant])]


def _name(reference: Any, before: Scene, after: Scene) -> str:
    name = reference
    if not isinstance(reference, str):
        index = int(reference)
        known = [scene.layers[index].name for scene in (before, after) if index < len(scene.layers)]
        name = known[0] if known and known[0] else f"layer {index}"
    line = " ".join(str(name).split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1] + "…"


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMES:
        return f"{len(names)} layers"
    return " and ".join(names)
