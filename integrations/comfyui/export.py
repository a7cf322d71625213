"""Lamina Export."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import folder_paths
from comfy_api.v0_0_2 import io

from .operations import operations_of
from .service import Service, saved_to
from .sockets import CATEGORY, decomposition_input, operations_input

FORMATS = ("psd", "ora", "zip", "svg", "tiff", "pptx", "webp", "apng", "gif")


class Export(io.ComfyNode):
    """The layers as a file in ComfyUI's output folder."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="LaminaExport",
            display_name="Lamina Export",
            category=CATEGORY,
            description="Saves the layers for Photoshop, Krita, GIMP, PowerPoint or a browser in the output folder.",
            is_output_node=True,
            inputs=[
                decomposition_input(),
                io.Combo.Input("format", options=list(FORMATS), default="psd"),
                io.String.Input("filename_prefix", default="lamina/layers", tooltip="As of Save Image."),
                operations_input(),
            ],
            outputs=[
                io.String.Output(display_name="path"),
                io.String.Output(display_name="warnings", tooltip="What the format cannot hold, a line each."),
            ],
        )

    @classmethod
    async def execute(
        cls, decomposition_id: str, format: str, filename_prefix: str, operations: str = ""
    ) -> io.NodeOutput:
        done = operations_of(operations, "operations")
        path, warnings = await asyncio.to_thread(_exported, decomposition_id, done, format, filename_prefix)
        return io.NodeOutput(path, "\n".join(warnings), ui={"text": [path, *warnings]})


def _exported(decomposition_id: str, operations: list[Any], format_: str, prefix: str) -> tuple[str, list[str]]:
    service = Service()
    size = service.manifest(decomposition_id)["image"]
    found = folder_paths.get_save_image_path(prefix, folder_paths.get_output_directory(), size["width"], size["height"])
    folder, name, counter = Path(found[0]), found[1], found[2]
    folder.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(prefix=".lamina-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            warnings = service.export(decomposition_id, operations, format_, file)
        target = _placed(Path(made), lambda number: folder / f"{name}_{number:05}_.{format_}", counter)
    finally:
        with suppress(FileNotFoundError):
            Path(made).unlink()
    return saved_to(target), warnings


def _placed(made: Path, named: Callable[[int], Path], number: int) -> Path:
    """The file under the next free name; another workflow may be saving under the same prefix."""
    made.chmod(0o644)
    while True:
        try:
            with named(number).open("xb"):
                pass
        except FileExistsError:
            number += 1
            continue
        made.replace(named(number))
        return named(number)
