"""A stand-in for ComfyUI, written for these tests: only the names that our nodes use, and what they promise there.

It is not ComfyUI, which does not install as a package; that the names are there was looked up in its sources.
"""

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch


class InterruptProcessingException(Exception):
    pass


@dataclass
class Comfy:
    """What the nodes did to it; ``interrupt_after`` looks, the user stops the workflow."""

    output: Path
    progress: list[float] = field(default_factory=list)
    interrupt_after: int | None = None

    def look(self) -> None:
        if self.interrupt_after is not None:
            self.interrupt_after -= 1
            if self.interrupt_after < 0:
                raise InterruptProcessingException


class _Socket:
    """An input or an output: what it was made with."""

    io_type = ""

    def __init__(self, id: str | None = None, **options: Any) -> None:
        self.id, self.options = id, options
        unknown = set(options) - _OPTIONS
        assert not unknown, f"ComfyUI has no {unknown}"


_OPTIONS = {
    "display_name", "optional", "tooltip", "default", "multiline", "force_input", "options", "min", "max",
}  # fmt: skip


def _type(name: str) -> type:
    parts = {side: type(side, (_Socket,), {"io_type": name}) for side in ("Input", "Output")}
    return type(name.title(), (), {"io_type": name, **parts})


@dataclass
class Schema:
    node_id: str
    display_name: str = ""
    category: str = ""
    description: str = ""
    inputs: list[_Socket] = field(default_factory=list)
    outputs: list[_Socket] = field(default_factory=list)
    is_output_node: bool = False


class NodeOutput:
    def __init__(self, *args: Any, ui: dict[str, Any] | None = None) -> None:
        self.args, self.ui = args, ui


class ComfyNode:
    pass


def _modules(comfy: Comfy) -> dict[str, types.ModuleType]:
    class Execution:
        async def set_progress(self, value: float, max_value: float) -> None:
            comfy.progress.append(value / max_value)

    class ComfyAPI:
        execution = Execution()

    def get_save_image_path(prefix: str, folder: str, width: int, height: int) -> tuple[str, str, int, str, str]:
        place = Path(folder) / Path(prefix).parent
        return str(place), Path(prefix).name, 1, str(Path(prefix).parent), prefix

    names = {kind.title(): _type(kind) for kind in ("IMAGE", "MASK", "STRING", "INT", "COMBO", "LAYERS")}
    said: dict[str, dict[str, Any]] = {
        "comfy": {},
        "comfy.model_management": {
            "InterruptProcessingException": InterruptProcessingException,
            "throw_exception_if_processing_interrupted": comfy.look,
        },
        "comfy_api": {},
        "comfy_api.v0_0_2": {
            "io": types.SimpleNamespace(Schema=Schema, NodeOutput=NodeOutput, ComfyNode=ComfyNode, **names),
            "ComfyAPI": ComfyAPI,
            "ComfyExtension": type("ComfyExtension", (), {}),
        },
        "folder_paths": {
            "get_output_directory": lambda: str(comfy.output),
            "get_save_image_path": get_save_image_path,
        },
    }
    modules = {name: types.ModuleType(name) for name in said}
    for name, content in said.items():
        vars(modules[name]).update(content)
    modules["comfy"].model_management = modules["comfy.model_management"]  # type: ignore[attr-defined]
    return modules


@contextmanager
def comfy_ui(output: Path) -> Iterator[Comfy]:
    """ComfyUI is there, until the ``with`` ends; our nodes are loaded anew within."""
    comfy = Comfy(output)
    before = [name for name in sys.modules if name.startswith("integrations.comfyui")]
    with patch.dict(sys.modules, _modules(comfy)):
        for name in before:
            del sys.modules[name]
        yield comfy
