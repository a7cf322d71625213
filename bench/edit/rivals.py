"""The same pictures by other means, every time from all layers anew."""

import importlib.util
import io
from collections.abc import Callable, Iterable

import cv2
import numpy as np
from PIL import Image

from bench.edit.scene import LARGE, PANE, SHADOW, SMALL, TEXT
from model.layers import Layer, Pixels, on_canvas
from model.recompose import Piece

Composer = Callable[[list[Piece], int], Pixels]
"""``composer(pieces, side)`` -> the picture, ``(side, side, 4)`` uint8."""


def composite_layers(layers: Iterable[Pixels]) -> Pixels:
    """As an article would have it: full canvases in floating point, one over the other."""
    canvas = None
    for layer in layers:
        colours = layer[:, :, :3].astype(np.float32) / 255
        alpha = layer[:, :, 3:].astype(np.float32) / 255
        if canvas is None:
            canvas = np.zeros((*layer.shape[:2], 4), np.float32)
        canvas[:, :, :3] = colours * alpha + canvas[:, :, :3] * (1 - alpha)
        canvas[:, :, 3:] = alpha + canvas[:, :, 3:] * (1 - alpha)
    assert canvas is not None
    return np.asarray((canvas * 255).clip(0, 255), np.uint8)


def recolor_layer(layer: Pixels, hue: int) -> Pixels:
    """As an article would have it: the hue of every pixel, 0..179, set in OpenCV's HSV."""
    hsv = cv2.cvtColor(np.ascontiguousarray(layer[:, :, :3]), cv2.COLOR_RGB2HSV)
    hsv[:, :, 0] = hue
    return np.dstack([cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), layer[:, :, 3]])


def full(piece: Piece, side: int) -> Pixels:
    """A piece on the whole canvas, as the article's layers are."""
    cut = piece.pixels[: side - piece.y, : side - piece.x]
    canvas = on_canvas(Layer(cut, piece.x, piece.y), side, side)
    if piece.opacity < 1:
        canvas[:, :, 3] = np.rint(canvas[:, :, 3] * piece.opacity)
    return canvas


def by_article(edit: str, layers: list[Pixels], step: int) -> Pixels:
    """The article's layers are full canvases: one of them is edited, then all are composed."""
    edited = list(layers)
    if edit == "recolor a text layer":
        edited[TEXT] = recolor_layer(layers[TEXT], step * 20 % 180)
    elif edit.startswith("move"):
        at = SMALL if "small" in edit else LARGE
        edited[at] = np.roll(layers[at], (5, 7 + step), (0, 1))
    elif edit.startswith("opacity"):
        edited[PANE] = layers[PANE].copy()
        edited[PANE][:, :, 3] = layers[PANE][:, :, 3] * (0.9 - step % 50 / 100)
    elif edit == "delete":
        del edited[SHADOW]
    else:
        edited.insert(SMALL, edited.pop(LARGE))
    return composite_layers(edited)


def by_pillow(pieces: list[Piece], side: int) -> Pixels:
    canvas = Image.new("RGBA", (side, side))
    for piece in pieces:
        if piece.opacity > 0:
            canvas.alpha_composite(Image.fromarray(_faded(piece)), (piece.x, piece.y))
    return np.asarray(canvas)


def pillow_png(pixels: Pixels) -> bytes:
    """At Pillow's default level."""
    out = io.BytesIO()
    opaque = pixels[:, :, 3].min() == 255
    (Image.fromarray(pixels).convert("RGB") if opaque else Image.fromarray(pixels)).save(out, "PNG")
    return out.getvalue()


def by_skia() -> Composer:
    """Pictures are premultiplied once, as an editor on it would keep them; opacity is the paint's."""
    import skia

    kept: dict[object, object] = {}

    def composed(pieces: list[Piece], side: int) -> Pixels:
        canvas_pixels = np.zeros((side, side, 4), np.uint8)
        canvas = skia.Surface(canvas_pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
        for piece in pieces:
            image = kept.get(piece.key)
            if image is None:
                image = kept[piece.key] = skia.Image.fromarray(
                    _premultiplied(piece.pixels), skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType
                )
            canvas.drawImage(image, piece.x, piece.y, skia.SamplingOptions(), skia.Paint(Alphaf=piece.opacity))
        return canvas_pixels

    return composed


def by_libvips() -> Composer:
    import pyvips

    def composed(pieces: list[Piece], side: int) -> Pixels:
        shown = [piece for piece in pieces if piece.opacity > 0]
        ground, *others = (pyvips.Image.new_from_array(_faded(piece), interpretation="srgb") for piece in shown)
        places = {"x": [piece.x for piece in shown[1:]], "y": [piece.y for piece in shown[1:]]}
        return ground.composite(others, ["over"] * len(others), **places).cast("uchar").numpy()

    return composed


def rivals() -> dict[str, Composer]:
    """Those that are installed."""
    found: dict[str, Composer] = {"Pillow": by_pillow}
    for package, name, make in (("pyvips", "libvips", by_libvips), ("skia", "Skia", by_skia)):
        if importlib.util.find_spec(package):
            found[name] = make()
    return found


def _faded(piece: Piece) -> Pixels:
    if piece.opacity >= 1:
        return piece.pixels
    pixels = piece.pixels.copy()
    pixels[:, :, 3] = np.rint(pixels[:, :, 3] * piece.opacity)
    return pixels


def _premultiplied(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2mRGBA), np.uint8)
