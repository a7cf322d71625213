"""Lamina Edit and Lamina Replace Layer: each adds to the operations that are handed on."""

import asyncio
import json

import torch
from comfy_api.v0_0_2 import io

from .operations import check, operations_of
from .pictures import png_of
from .service import Service
from .sockets import CATEGORY, decomposition_input, operations_input

FITS = ("contain", "cover", "fill")


class Edit(io.ComfyNode):
    """Operations on layers, as JSON, checked by the server."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="LaminaEdit",
            display_name="Lamina Edit",
            category=CATEGORY,
            description="Adds operations on layers: move, scale, recolor, text, delete and the rest, in order.",
            inputs=[
                decomposition_input(),
                io.String.Input(
                    "edit",
                    multiline=True,
                    default='[{"op": "move", "layer": 1, "by": {"x": 40}}]',
                    tooltip="A JSON list of operations; layers go by index or name.",
                ),
                operations_input(),
            ],
            outputs=[
                io.String.Output(display_name="decomposition_id"),
                io.String.Output(display_name="operations", tooltip="All of them so far, as JSON."),
            ],
        )

    @classmethod
    async def execute(cls, decomposition_id: str, edit: str, operations: str = "") -> io.NodeOutput:
        done = operations_of(operations, "operations") + operations_of(edit, "edit")
        await asyncio.to_thread(check, Service(), decomposition_id, done)
        return io.NodeOutput(decomposition_id, json.dumps(done))


class ReplaceLayer(io.ComfyNode):
    """Another picture in a layer's place."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="LaminaReplaceLayer",
            display_name="Lamina Replace Layer",
            category=CATEGORY,
            description="Puts a picture in the place of a layer: another product, another logo.",
            inputs=[
                decomposition_input(),
                io.String.Input("layer", default="1", tooltip="Its index (0 is the lowest) or its name."),
                io.Image.Input("image"),
                io.Combo.Input("fit", options=list(FITS), default="contain", tooltip="How it fills the layer's box."),
                io.Mask.Input("mask", optional=True, tooltip="1 is transparent, as Load Image gives it."),
                operations_input(),
            ],
            outputs=[
                io.String.Output(display_name="decomposition_id"),
                io.String.Output(display_name="operations"),
            ],
        )

    @classmethod
    async def execute(
        cls,
        decomposition_id: str,
        layer: str,
        image: torch.Tensor,
        fit: str,
        mask: torch.Tensor | None = None,
        operations: str = "",
    ) -> io.NodeOutput:
        done = operations_of(operations, "operations")

        def work() -> str:
            service = Service()
            asset = service.upload(png_of(image, mask))
            done.append({"op": "replace", "layer": _layer(layer), "asset": asset, "fit": fit})
            check(service, decomposition_id, done)
            return json.dumps(done)

        return io.NodeOutput(decomposition_id, await asyncio.to_thread(work))


def _layer(text: str) -> int | str:
    return int(text) if text.strip().isdecimal() else text.strip()
