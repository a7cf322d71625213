"""Photoshop documents, by psd-tools: the layers' own pixels, and what is said of them.

What Photoshop computes from a layer is not: effects, adjustments, gradients. A raster mask and a clipping can be held
by the layer's own alpha and are; a plain colour fill becomes its pixels. All of that is told.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.ImageCms import ImageCmsTransform
from psd_tools import ParseLimits, PSDImage
from psd_tools.api.adjustments import SolidColorFill
from psd_tools.api.layers import AdjustmentLayer, Artboard, FillLayer, TypeLayer
from psd_tools.compression import PSDDecompressionWarning
from psd_tools.constants import ChannelID, Resource

from model import icc
from model.alpha import trimmed
from model.blend import MODES
from model.errors import ImageRejected, ImageTooLarge
from model.export.outline import Item, Outline
from model.imports import psd_head, psd_masks
from model.imports.imported import (
    MAX_TEXT,
    Imported,
    ImportLimits,
    Losses,
    Tally,
    are_mixed,
    legible,
    named,
    tell_of_isolated,
)
from model.layers import Layer, Pixels

_LAYERED = psd_head.RGB, psd_head.GREY, psd_head.CMYK
_FLAT = *_LAYERED, psd_head.INDEXED, psd_head.BITMAP
_BYTES_A_PIXEL = 40
"""What psd-tools may take for one of the largest layer: four channels, packed and unpacked, and their copies."""
_MOST_OBJECTS = 2_000_000
_LINE_BREAKS = str.maketrans({"\r": "\n", "\x03": "\n"})


def read(path: Path, limits: ImportLimits) -> Imported:
    """Raises ImageRejected, ImageTooLarge."""
    tally = Tally(limits)
    with path.open("rb") as file:
        head = psd_head.read_head(file)
        tally.canvas(head.width, head.height)
        _check(head, limits)
        psd_head.check_end(file, head)
    parse = ParseLimits(max_total_bytes=16 * path.stat().st_size + 2**24, max_objects=_MOST_OBJECTS)
    with refusing():
        document = PSDImage.open(path, limits.picture.max_pixels * _BYTES_A_PIXEL, parse)
        reader = _Reader(document, head.mode, tally)
        items = reader.items(document, 0) if len(document) else reader.flat()
    reader.tell(items)
    outline = Outline(head.width, head.height, items)
    return Imported("psd", outline, reader.load, reader.merged, reader.losses, on_white=True)


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever the reader says of a broken file leaves as one of ours; a channel that it would make black, too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", PSDDecompressionWarning)
            yield
    except (ImageRejected, MemoryError):
        raise
    except Exception as error:  # a document made by hand may raise whatever it likes
        raise ImageRejected("The Photoshop document is broken or cut short.") from error


def _check(head: psd_head.Head, limits: ImportLimits) -> None:
    mode = psd_head.MODES.get(head.mode, "unknown colours")
    if head.mode not in (_LAYERED if head.records else _FLAT):
        raise ImageRejected(f"The Photoshop document is in {mode}; convert it to RGB (Image > Mode > RGB Color).")
    if head.depth not in (1, 8, 16) or (head.depth == 1) != (head.mode == psd_head.BITMAP):
        raise ImageRejected(f"The Photoshop document has {head.depth} bits a channel; convert it to 8 (Image > Mode).")
    if head.records > 2 * limits.max_layers:
        raise ImageTooLarge(f"The file has more than {limits.max_layers} layers and groups; that many are taken.")


class _Reader:
    def __init__(self, document: PSDImage, mode: int, tally: Tally) -> None:
        self._document, self._mode, self._tally = document, mode, tally
        self._layers: dict[int, Any] = {}
        self._bases: dict[int, int] = {}
        self._isolated: set[int] = set()
        self.losses = Losses()
        profile = document.image_resources.get_data(Resource.ICC_PROFILE)
        space = {psd_head.GREY: "L", psd_head.BITMAP: "L", psd_head.CMYK: "CMYK"}.get(mode, "RGB")
        self._to_srgb = icc.to_srgb(profile if isinstance(profile, bytes) else None, space)

    def items(self, group: Any, depth: int) -> tuple[Item, ...]:
        """Bottom to top."""
        found: list[Item] = []
        base: Item | None = None
        for layer in group:
            if isinstance(layer, AdjustmentLayer):
                self._tally.one_more(depth)
                self.losses.add("Adjustment layers are not taken: {}.", named(layer.name, self.losses))
                base = base if layer.clipping else None
                continue
            item = self._item(layer, depth, base if layer.clipping else None)
            base = base if layer.clipping else item
            found.append(item)
        return tuple(found)

    def _item(self, layer: Any, depth: int, base: Item | None) -> Item:
        index, name = self._tally.one_more(depth), named(layer.name, self.losses)
        self._layers[index] = layer
        members = self.items(layer, depth + 1) if layer.is_group() else None
        self._tell_of(layer, name, members)
        if members and self._blend_of(layer) == "pass-through" and layer.opacity < 255 and are_mixed(members):
            self.losses.add(
                "Groups that pass through at less than full opacity keep the modes of their layers here: {}.", name
            )
        opacity = layer.opacity / 255
        if layer.fill_opacity != 255:
            opacity *= layer.fill_opacity / 255
        visible = layer.visible
        if base is not None and members is None and not base.is_group:
            self._bases[index], visible = base.index, visible and base.visible
            self.losses.add("Clipping to the layer below is in the alpha now: that of {}.", name)
        elif base is not None:
            self.losses.add("Clipping to a group, or of one, is not taken: that of {}.", name)
        text = None
        if isinstance(layer, TypeLayer):
            text = _words(layer)
            self.losses.add("Words are taken as pixels, beside what they say: {}.", name)
        return Item(index, name, opacity, self._blend(layer, index, name), visible, members=members, text=text)

    def flat(self) -> tuple[Item, ...]:
        """A document without layers is one, if anything is seen of it."""
        picture = self._document.topil(apply_icc=False)
        if picture is None or not trimmed(Layer(_rgba(picture, None))):
            return ()
        index = self._tally.one_more(0)
        self._layers[index] = self._document
        return (Item(index, "Background"),)

    @staticmethod
    def _blend_of(layer: Any) -> str:
        return str(layer.blend_mode.name).lower().replace("_", "-")

    def _blend(self, layer: Any, index: int, name: str) -> str:
        mode = self._blend_of(layer)
        if mode == "pass-through":
            return "normal"
        if layer.is_group():
            self._isolated.add(index)
        if mode == "soft-light":
            self.losses.add("Photoshop computes soft-light by another formula, and may show it differently: {}.", name)
        if mode in MODES:
            return mode
        self.losses.add(f"There is no blend mode {mode} here, so that normal is used: {{}}.", name)
        return "normal"

    def _tell_of(self, layer: Any, name: str, members: tuple[Item, ...] | None) -> None:
        if layer.has_effects():
            self.losses.add("Effects are not taken: those of {}.", name)
        if layer.has_vector_mask() and layer.kind != "shape" and not psd_masks.is_rendered(layer.mask):
            self.losses.add("Vector masks are not taken: those of {}.", name)
        if members is None and layer.mask is not None and not layer.has_pixels() and not isinstance(layer, FillLayer):
            self.losses.add("Layers without pixels of their own, as some adjustments are, are empty: {}.", name)
        if psd_masks.is_feathered(layer.mask):
            self.losses.add("Masks are taken without their feather: those of {}.", name)
        if members is not None and layer.mask is not None and not layer.mask.disabled:
            self.losses.add("Masks of groups are not taken: those of {}.", name)
        if isinstance(layer, Artboard):
            self.losses.add("Artboards become groups, without their own ground and edge: {}.", name)

    def tell(self, items: tuple[Item, ...]) -> None:
        """Of the document as a whole."""
        if self._document.depth == 16:
            self.losses.add("The document had 16 bits a channel, and has 8 now.")
        if self._mode in (psd_head.CMYK, psd_head.INDEXED, psd_head.BITMAP):
            self.losses.add(f"The document was in {psd_head.MODES[self._mode]}, and is RGB now.")
        if self._to_srgb is not None:
            self.losses.add("The colours were converted to sRGB by the document's profile.")
        tell_of_isolated(items, self._isolated, self.losses)

    def load(self, item: Item) -> Layer | None:
        with refusing():
            return self._load(item)

    def _load(self, item: Item) -> Layer | None:
        layer = self._layers[item.index]
        self._tally.layer(item.name, layer.width, layer.height, layer.left, layer.top)
        pixels = self._pixels(layer, item)
        if pixels is None:
            return None
        base = self._bases.get(item.index)
        if base is not None:
            pixels[:, :, 3] = psd_masks.product(pixels[:, :, 3], self._cover(base, layer))
        return Layer(pixels, layer.left, layer.top, item.name, "text" if item.text else "object", item.text)

    def _pixels(self, layer: Any, item: Item) -> Pixels | None:
        if isinstance(layer, FillLayer) and not layer.has_pixels():
            pixels = _filled(layer)
            if pixels is None:
                self.losses.add("Fills other than with one colour are not taken, and are empty: {}.", item.name)
                return None
            self.losses.add("Fills become pixels: {}.", item.name)
        elif layer.width < 1 or layer.height < 1:
            return None
        else:
            picture = layer.topil(apply_icc=False)
            if picture is None:
                if layer.kind == "shape":
                    self.losses.add("Shapes without pixels are not taken, and are empty: {}.", item.name)
                return None
            pixels = _rgba(picture, self._to_srgb)
            alpha = layer.topil(channel=ChannelID.TRANSPARENCY_MASK) if picture.mode == "CMYK" else None
            if alpha is not None:  # which no picture of Pillow's has beside four colours
                pixels[:, :, 3] = np.array(alpha)
        mask = None if layer is self._document else layer.mask
        if mask is not None and psd_masks.is_masked(pixels, mask, layer):
            self.losses.add("Masks are in the alpha now, and cannot be taken off: those of {}.", item.name)
        return pixels

    def _cover(self, base: int, over: Any) -> psd_masks.Alpha:
        """The alpha of a layer in the place of another one."""
        layer = self._layers[base]
        found = np.zeros((over.height, over.width), np.uint8)
        pixels = self._pixels(layer, Item(base, ""))
        if pixels is not None:
            x, y = layer.left - over.left, layer.top - over.top
            rows, columns = slice(max(0, y), max(0, y + layer.height)), slice(max(0, x), max(0, x + layer.width))
            room = found[rows, columns]
            room[:] = pixels[max(0, -y) :, max(0, -x) :, 3][: room.shape[0], : room.shape[1]]
        return found

    def merged(self) -> Pixels | None:
        """Over white, opaque; ``None`` where it is not RGB, and is the only layer."""
        document = self._document
        if self._mode in (psd_head.INDEXED, psd_head.BITMAP):
            return None
        if not document.has_preview():
            self.losses.add(
                "The document was saved without a picture of the whole, so that ours could not be compared."
            )
            return None
        with refusing():
            if self._mode == psd_head.CMYK:
                picture = document.topil(apply_icc=False)
                return None if picture is None else _rgba(picture, self._to_srgb)
            many = 1 if document.channels < 3 else 3
            found = [document.topil(channel=at, apply_icc=False) for at in range(many)]
            channels = [channel for channel in found if channel is not None]
            merged = Image.merge("RGB", channels) if many == 3 else channels[0]
            return _rgba(merged, self._to_srgb)


def _rgba(picture: Image.Image, to_srgb: ImageCmsTransform | None) -> Pixels:
    if picture.mode == "CMYK":
        return np.array((picture.convert("RGB") if to_srgb is None else to_srgb.apply(picture)).convert("RGBA"))
    whole = picture.convert("RGBA")
    if to_srgb is None:
        return np.array(whole)
    mapped = to_srgb.apply(whole.convert(icc.space_of(to_srgb))).convert("RGBA")
    mapped.putalpha(whole.getchannel("A"))
    return np.array(mapped)


def _words(layer: TypeLayer) -> str | None:
    try:
        return legible(layer.text.translate(_LINE_BREAKS).rstrip("\0"))[:MAX_TEXT] or None
    except Exception:  # words in a form that the reader does not know are pixels all the same
        return None


def _filled(layer: Any) -> Pixels | None:
    """All of it in one colour."""
    data = layer.data if isinstance(layer, SolidColorFill) and not layer.has_vector_mask() else None
    if data is None or b"Rd  " not in data:
        return None
    colour = [round(float(data[key])) for key in (b"Rd  ", b"Grn ", b"Bl  ")]
    pixels = np.empty((layer.height, layer.width, 4), np.uint8)
    pixels[:] = (*np.clip(colour, 0, 255), 255)
    return pixels
