"""Between ComfyUI's tensors and PNG files, without a step of loss.

An IMAGE is ``(batch, height, width, 3 or 4)`` float32, 0 to 1; a MASK is ``(batch, height, width)`` and the *opposite*
of alpha: 1 is transparent.
"""

import io
from typing import Any

import numpy as np
import torch
from PIL import Image

from .service import LaminaError


def png_of(image: torch.Tensor, mask: torch.Tensor | None = None) -> bytes:
    """The one picture of an IMAGE as a file; ``mask`` takes away from what it has of alpha.

    Raises:
        LaminaError: more than one picture, or a mask of another size.
    """
    if image.ndim != 4 or image.shape[-1] not in (3, 4):
        raise LaminaError(f"An IMAGE is (batch, height, width, 3 or 4); this one is {tuple(image.shape)}.")
    if image.shape[0] != 1:
        raise LaminaError(f"One picture at a time: this batch has {image.shape[0]}. ImageFromBatch takes one out.")
    pixels = _bytes(image[0])
    if mask is not None:
        plane = mask if mask.ndim == 3 else mask[None]
        if tuple(plane.shape) != (1, *pixels.shape[:2]):
            raise LaminaError(
                f"The mask is {tuple(plane.shape[1:])} and the picture {pixels.shape[:2]} (height, width): they must "
                "be of one size."
            )
        own = pixels[:, :, 3:] if pixels.shape[2] == 4 else np.full((*pixels.shape[:2], 1), 255, np.uint8)
        alpha = np.rint(own * (1.0 - np.clip(plane[0].detach().cpu().numpy(), 0, 1))[:, :, None])
        pixels = np.dstack([pixels[:, :, :3], alpha.astype(np.uint8)])
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def rgba_of(png: bytes) -> np.ndarray:
    """``(height, width, 4)`` uint8."""
    with Image.open(io.BytesIO(png)) as picture:
        return np.array(picture.convert("RGBA"))


def image_and_mask(rgba: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """An IMAGE ``(1, h, w, 3)`` and a MASK ``(1, h, w)``."""
    scaled = torch.from_numpy(rgba.astype(np.float32) / np.float32(255))
    return scaled[None, :, :, :3].contiguous(), 1.0 - scaled[None, :, :, 3]


def on_canvas(rgba: np.ndarray, x: int, y: int, width: int, height: int) -> np.ndarray:
    """The pixels at their place on an empty canvas; what lies beyond it is cut off."""
    canvas = np.zeros((height, width, 4), np.uint8)
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + rgba.shape[1], width), min(y + rgba.shape[0], height)
    if left < right and top < bottom:
        canvas[top:bottom, left:right] = rgba[top - y : bottom - y, left - x : right - x]
    return canvas


def document_of(manifest: dict[str, Any], layers: list[np.ndarray]) -> dict[str, Any]:
    """ComfyUI's LAYERS: each layer as large as what is in it, at its place, the lowest first."""
    items = []
    for told, rgba in zip(manifest["layers"], layers, strict=True):
        image, mask = image_and_mask(rgba)
        items.append(
            {
                "type": "raster",
                "image": image,
                "mask": mask,
                "name": told["name"],
                "x": told["bbox"][0],
                "y": told["bbox"][1],
                "z_index": told["index"],
                "opacity": told["opacity"],
                "blend_mode": told["blend"],
                "visible": told.get("visible", True),
            }
        )
    canvas = manifest["image"]["width"], manifest["image"]["height"]
    return {"version": 1, "canvas": canvas, "layers": items}


def _bytes(plane: torch.Tensor) -> np.ndarray:
    return np.clip(np.rint(plane.detach().cpu().numpy() * 255.0), 0, 255).astype(np.uint8)
