"""What GIMP makes of our documents when it saves them again is imported as what they were, where it is installed."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from export_stacks import STACKS
from imports_read import imported, written

from model.export.outline import Item
from tests.may_be_missing import program

PATIENCE_S = 120
_SAVED_AGAIN = """
(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "{0}" "{0}")))
       (layer (car (gimp-image-get-active-layer image))))
  (file-psd-save RUN-NONINTERACTIVE image layer "{1}" "{1}" 0 0)
  (gimp-image-delete image))
"""
"""In its Scheme."""


def seen(items: Sequence[Item]) -> list[object]:
    return [
        (one.name, one.opacity, one.blend, one.visible, one.box, None if one.members is None else seen(one.members))
        for one in items
    ]


def test_documents_that_gimp_saved_are_what_they_were(tmp_path: Path) -> None:
    gimp = program("gimp", "gimp-console")
    names = ("grouped", "beyond", "blended")
    for name in names:
        (tmp_path / f"{name}.psd").write_bytes(written(STACKS[name](), "psd"))
    told = "".join(_SAVED_AGAIN.format(tmp_path / f"{name}.psd", tmp_path / f"{name}-gimp.psd") for name in names)
    command = [gimp, "-i", "-d", "-f", "-b", f"(begin {told})", "-b", "(gimp-quit 0)"]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, env={**os.environ, "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    for name in names:
        stack, found = STACKS[name](), imported((tmp_path / f"{name}-gimp.psd").read_bytes(), tmp_path)
        assert seen(found.stack.outline.items) == seen(stack.outline.items)
        assert np.array_equal(found.stack.picture, stack.picture)
