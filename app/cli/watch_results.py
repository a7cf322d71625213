"""What is written for a picture of a watched folder: a folder that is there whole or not at all."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.cli.folder import MANIFEST, save_manifest
from lamina.client import AsyncDecomposition
from model.file_name import file_name

_PART, _OLD = ".part-", ".old-"


class InTheWay(Exception):
    """A folder of that name is there, and it is none of ours."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``formats`` are of exports; ``operations`` (and ``layers``) of the edited picture, where one is wanted."""

    layers: bool
    formats: Sequence[str]
    edit: tuple[list[dict[str, Any]], dict[str, Any] | None] | None


def begin(out: Path) -> None:
    """Clear away what a process that was killed left half done."""
    for left in [*out.glob(f"{_PART}*"), *out.glob(f"{_OLD}*")]:
        shutil.rmtree(left, ignore_errors=True)


async def write_results(found: AsyncDecomposition, out: Path, name: str, wanted: Wanted) -> list[str]:
    """Write ``out/name/`` with ``manifest.json`` and what is wanted, in place of what an earlier picture left there;
    what the exports could not hold.

    Raises:
        InTheWay: there is another folder.
    """
    target, part = out / name, out / f"{_PART}{uuid4().hex}"
    if target.exists() and not (target / MANIFEST).is_file():
        raise InTheWay(f"{target} is there and has no {MANIFEST}: it is not ours to write to")
    part.mkdir()
    try:
        warnings = await _write(found, part, name, wanted)
        _put(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return warnings


async def _write(found: AsyncDecomposition, folder: Path, name: str, wanted: Wanted) -> list[str]:
    warnings: list[str] = []
    if wanted.layers:
        for layer in found.layers:
            await layer.save(folder / file_name(layer.index, layer.name))
    for suffix in wanted.formats:
        exported = await found.export(suffix, folder / f"{name}.{suffix}")
        warnings += exported.warnings
    if wanted.edit is not None:
        operations, layers = wanted.edit
        await found.save(folder / "edited.png", operations, layers=layers)
    save_manifest(folder / MANIFEST, found.raw)
    return warnings


def _put(part: Path, target: Path) -> None:
    """Folders cannot be put over each other in one step, so the old one steps aside for the moment."""
    old = target.with_name(f"{_OLD}{uuid4().hex}")
    with suppress(FileNotFoundError):
        target.rename(old)
    part.rename(target)
    shutil.rmtree(old, ignore_errors=True)
