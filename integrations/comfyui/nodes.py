"""The nodes. Their ids and the order of their outputs are in saved workflows, and never change."""

import asyncio
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import folder_paths
import numpy as np
import torch
from comfy import model_management
from comfy_api.v0_0_2 import ComfyAPI, ComfyExtension, io

from .pictures import document_of, image_and_mask, on_canvas, png_of, rgba_of
from .service import Busy, LaminaError, Service, problem_of, saved_to

CATEGORY = "image/Lamina"
FORMATS = ("psd", "ora", "zip", "svg", "tiff", "pptx", "webp", "apng", "gif")
MODELS = ("default", "classic", "qwen-image-layered", "qwen-image-layered-control")
FITS = ("contain", "cover", "fill")
MOST_LAYERS = 16
MOST_TRIES = 5
Layers = getattr(io, "Layers", None) or io.Custom("LAYERS")  # older ComfyUIs have the socket's type without its class

_ID = "Of Lamina Decompose, or of any decomposition that the server knows."
_OPERATIONS = "What was done so far, as Lamina Edit and Lamina Replace Layer give it."


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
                io.String.Input("decomposition_id", force_input=True, tooltip=_ID),
                io.String.Input(
                    "edit",
                    multiline=True,
                    default='[{"op": "move", "layer": 1, "by": {"x": 40}}]',
                    tooltip="A JSON list of operations; layers go by index or name.",
                ),
                io.String.Input("operations", force_input=True, optional=True, tooltip=_OPERATIONS),
            ],
            outputs=[
                io.String.Output(display_name="decomposition_id"),
                io.String.Output(display_name="operations", tooltip="All of them so far, as JSON."),
            ],
        )

    @classmethod
    async def execute(cls, decomposition_id: str, edit: str, operations: str = "") -> io.NodeOutput:
        done = _operations(operations, "operations") + _operations(edit, "edit")
        await asyncio.to_thread(_check, Service(), decomposition_id, done)
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
                io.String.Input("decomposition_id", force_input=True, tooltip=_ID),
                io.String.Input("layer", default="1", tooltip="Its index (0 is the lowest) or its name."),
                io.Image.Input("image"),
                io.Combo.Input("fit", options=list(FITS), default="contain", tooltip="How it fills the layer's box."),
                io.Mask.Input("mask", optional=True, tooltip="1 is transparent, as Load Image gives it."),
                io.String.Input("operations", force_input=True, optional=True, tooltip=_OPERATIONS),
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
        done = _operations(operations, "operations")

        def work() -> str:
            service = Service()
            asset = service.upload(png_of(image, mask))
            done.append({"op": "replace", "layer": _layer(layer), "asset": asset, "fit": fit})
            _check(service, decomposition_id, done)
            return json.dumps(done)

        return io.NodeOutput(decomposition_id, await asyncio.to_thread(work))


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
                io.String.Input("decomposition_id", force_input=True, tooltip=_ID),
                io.String.Input("operations", force_input=True, optional=True, tooltip=_OPERATIONS),
            ],
            outputs=[
                io.Image.Output(display_name="image"),
                io.Mask.Output(display_name="mask", tooltip="1 is transparent."),
            ],
        )

    @classmethod
    async def execute(cls, decomposition_id: str, operations: str = "") -> io.NodeOutput:
        done = _operations(operations, "operations")

        def work() -> tuple[torch.Tensor, torch.Tensor]:
            return image_and_mask(rgba_of(Service().render(decomposition_id, done, {"format": "png"})))

        return io.NodeOutput(*await asyncio.to_thread(work))


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
                io.String.Input("decomposition_id", force_input=True, tooltip=_ID),
                io.Combo.Input("format", options=list(FORMATS), default="psd"),
                io.String.Input("filename_prefix", default="lamina/layers", tooltip="As of Save Image."),
                io.String.Input("operations", force_input=True, optional=True, tooltip=_OPERATIONS),
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
        done = _operations(operations, "operations")
        path, warnings = await asyncio.to_thread(_exported, decomposition_id, done, format, filename_prefix)
        return io.NodeOutput(path, "\n".join(warnings), ui={"text": [path, *warnings]})


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


def _operations(text: str, name: str) -> list[Any]:
    """Raises LaminaError for what is no JSON list of objects; what is in them, the server knows."""
    if not text.strip():
        return []
    try:
        found = json.loads(text)
    except ValueError as error:
        raise LaminaError(f"{name} is no JSON: {error}.") from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise LaminaError(f'{name} must be a list of operations such as [{{"op": "delete", "layer": 2}}].')
    return found


def _layer(text: str) -> int | str:
    return int(text) if text.strip().isdecimal() else text.strip()


def _check(service: Service, decomposition_id: str, operations: list[Any]) -> None:
    """So that what is wrong is told at the node that says it, by a render of the smallest size."""
    service.render(decomposition_id, operations, {"format": "png", "width": 16})


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


class Lamina(ComfyExtension):
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return [Decompose, Edit, ReplaceLayer, Render, Export]


async def comfy_entrypoint() -> Lamina:
    """What ComfyUI looks for."""
    return Lamina()
