"""All nodes. Their ids and the order of their outputs are in saved workflows, and never change."""

from comfy_api.v0_0_2 import ComfyExtension, io

from .decompose import Decompose
from .edit import Edit, ReplaceLayer
from .export import Export
from .render import Render

__all__ = ["Decompose", "Edit", "Export", "Lamina", "Render", "ReplaceLayer", "comfy_entrypoint"]


class Lamina(ComfyExtension):
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return [Decompose, Edit, ReplaceLayer, Render, Export]


async def comfy_entrypoint() -> Lamina:
    """What ComfyUI looks for."""
    return Lamina()
