"""Lamina Render."""

import asyncio

import torch
from comfy_api.v0_0_2 import io

from .operations import operations_of
from .pictures import image_and_mask, rgba_of
from .service import Service
from .sockets import CATEGORY, decomposition_input, operations_input


class Render(io.ComfyNode):
    """The picture as operations leave it; without any, the original to the bit."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="LaminaRender",
            display_name="Lamina Render",
            category=CATEGORY,
            description="The picture that the edited layers make; without operations the original, bit for bit.",
            inputs=[
                decomposition_input(),
                operations_input(),
            ],
            outputs=[
                io.Image.Output(display_name="image"),
                io.Mask.Output(display_name="mask", tooltip="1 is transparent."),
            ],
        )

    @classmethod
    async def execute(cls, decomposition_id: str, operations: str = "") -> io.NodeOutput:
        done = operations_of(operations, "operations")

        def work() -> tuple[torch.Tensor, torch.Tensor]:
            return image_and_mask(rgba_of(Service().render(decomposition_id, done, {"format": "png"})))

        return io.NodeOutput(*await asyncio.to_thread(work))
