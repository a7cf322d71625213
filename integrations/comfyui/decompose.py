"""Lamina Decompose."""

import asyncio
import json
from typing import Any

import numpy as np
import torch
from comfy import model_management
from comfy_api.v0_0_2 import ComfyAPI, io

from .pictures import document_of, image_and_mask, on_canvas, png_of, rgba_of
from .service import Busy, LaminaError, Service, problem_of
from .sockets import CATEGORY, Layers

MODELS = ("default", "classic", "qwen-image-layered", "qwen-image-layered-control")
MOST_LAYERS = 16
MOST_TRIES = 5


class Decompose(io.ComfyNode):
    """A picture becomes layers that give it back to the bit."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="LaminaDecompose",
            display_name="Lamina Decompose",
            category=CATEGORY,
            description="Takes a flat picture apart into layers that recompose to it, bit for bit.",
            inputs=[
                io.Image.Input("image", tooltip="One picture; RGB, or RGBA."),
                io.Combo.Input(
                    "model", options=list(MODELS), default="default", tooltip="default: the server's first."
                ),
                io.Int.Input("max_layers", default=0, min=0, max=MOST_LAYERS, tooltip="0: as many as the picture has."),
                io.Int.Input("seed", default=0, min=0, max=2**32 - 1),
                io.String.Input("prompt", default="", multiline=True, optional=True, tooltip="For models that read."),
                io.Combo.Input(
                    "cache",
                    options=["use", "similar", "bypass"],
                    default="use",
                    optional=True,
                    tooltip="similar: the layers of a known picture that looks the same will do, at its own size; "
                    "bypass: run the model even if the answer is known.",
                ),
            ],
            outputs=[
                Layers.Output(display_name="layers", tooltip="For Create Layered Image and its like."),
                io.Image.Output(display_name="images", tooltip="Each layer on the whole canvas, the lowest first."),
                io.Mask.Output(display_name="masks", tooltip="1 is transparent, as everywhere in ComfyUI."),
                io.String.Output(display_name="decomposition_id"),
                io.String.Output(display_name="manifest", tooltip="What is in which layer, as JSON."),
            ],
        )

    @classmethod
    async def execute(
        cls, image: torch.Tensor, model: str, max_layers: int, seed: int, prompt: str = "", cache: str = "use"
    ) -> io.NodeOutput:
        fields = {
            "model": None if model == "default" else model,
            "max_layers": max_layers or "auto",
            "seed": seed,
            "prompt": prompt.strip(),
            "cache": cache,
        }
        service = Service()
        png = await asyncio.to_thread(png_of, image)
        job = await _finished(service, await _asked(service, png, fields))
        if job["status"] != "succeeded":
            raise LaminaError(problem_of(job))
        return io.NodeOutput(*await asyncio.to_thread(_fetched, service, job["result"]["decomposition_id"]))


async def _asked(service: Service, png: bytes, fields: dict[str, Any]) -> dict[str, Any]:
    """Post it; a server that is busy is asked again when it says so, a few times."""
    for _ in range(MOST_TRIES):
        try:
            return await asyncio.to_thread(service.decompose, png, fields)
        except Busy as busy:
            told = busy
            for _ in range(max(1, round(busy.retry_after_s))):
                model_management.throw_exception_if_processing_interrupted()
                await asyncio.sleep(1)
    raise told


async def _finished(service: Service, job: dict[str, Any]) -> dict[str, Any]:
    """Follow a job to its end, and cancel it where the user interrupts the workflow."""
    comfy = ComfyAPI()
    try:
        while job["status"] not in ("succeeded", "failed", "canceled"):
            model_management.throw_exception_if_processing_interrupted()
            await comfy.execution.set_progress(job["progress"]["fraction"], 1.0)
            job = await asyncio.to_thread(service.job, job["id"])
    except (asyncio.CancelledError, model_management.InterruptProcessingException):
        await asyncio.shield(asyncio.to_thread(service.cancel, job["id"]))
        raise
    await comfy.execution.set_progress(1.0, 1.0)
    return job


def _fetched(service: Service, decomposition_id: str) -> tuple[Any, ...]:
    """What Decompose puts out."""
    manifest = service.manifest(decomposition_id)
    width, height = manifest["image"]["width"], manifest["image"]["height"]
    layers = [_layer_pixels(service, decomposition_id, told) for told in manifest["layers"]]
    whole = [
        on_canvas(rgba, told["bbox"][0], told["bbox"][1], width, height)
        for rgba, told in zip(layers, manifest["layers"], strict=True)
    ]
    pairs = [image_and_mask(rgba) for rgba in whole]
    images, masks = torch.cat([image for image, _ in pairs]), torch.cat([mask for _, mask in pairs])
    return document_of(manifest, layers), images, masks, decomposition_id, json.dumps(manifest)


def _layer_pixels(service: Service, decomposition_id: str, told: dict[str, Any]) -> np.ndarray:
    if 0 in told["bbox"][2:]:
        return np.zeros((1, 1, 4), np.uint8)
    return rgba_of(service.layer(decomposition_id, told["index"]))
