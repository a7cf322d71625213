"""What a browser's 2D canvas shows: of layers drawn one over the other, and of files that it opens."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from playwright.sync_api import Page

from model.layers import Pixels

_SCRIPT = """
window.canvasOf = (width, height) => {
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  return canvas.getContext("2d", {willReadFrequently: true, colorSpace: "srgb"});
};

window.bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

window.base64Of = (parts) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.split(",")[1]);
  reader.readAsDataURL(new Blob(parts));
});

window.readBack = (context) => context.getImageData(0, 0, context.canvas.width, context.canvas.height).data;

window.drawnStacks = async (stacks, base64) => {
  const bytes = bytesOf(base64);
  let at = 0;
  const shown = stacks.map(([width, height, layers]) => {
    const context = canvasOf(width, height);
    for (const [mode, opacity] of layers) {
      const layer = canvasOf(width, height);
      const pixels = new Uint8ClampedArray(bytes.buffer, at, width * height * 4);
      layer.putImageData(new ImageData(pixels, width, height), 0, 0);
      at += pixels.length;
      context.globalCompositeOperation = mode;
      if (context.globalCompositeOperation !== mode) throw new Error(`no mode ${mode}`);
      context.globalAlpha = opacity;
      context.drawImage(layer.canvas, 0, 0);
    }
    return readBack(context);
  });
  return await base64Of(shown);
};

window.openedFiles = async (files, base64) => {
  const bytes = bytesOf(base64);
  const sizes = [], shown = [];
  let at = 0;
  for (const [type, length] of files) {
    const address = URL.createObjectURL(new Blob([bytes.subarray(at, at + length)], {type}));
    at += length;
    const image = new Image();
    image.src = address;
    await image.decode();
    URL.revokeObjectURL(address);
    const context = canvasOf(image.naturalWidth, image.naturalHeight);
    context.drawImage(image, 0, 0);
    sizes.push([image.naturalWidth, image.naturalHeight]);
    shown.push(readBack(context));
  }
  return [sizes, await base64Of(shown)];
};

window.playedFile = async (type, base64) => {
  const decoder = new ImageDecoder({type, data: bytesOf(base64)});
  await decoder.tracks.ready;
  await decoder.completed;
  const {frameCount} = decoder.tracks.selectedTrack;
  const sizes = [], shown = [];
  for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
    const {image} = await decoder.decode({frameIndex});
    const context = canvasOf(image.displayWidth, image.displayHeight);
    context.drawImage(image, 0, 0);
    image.close();
    sizes.push([context.canvas.width, context.canvas.height]);
    shown.push(readBack(context));
  }
  return [sizes, await base64Of(shown)];
};
"""


@dataclass(frozen=True)
class Drawn:
    """A layer as large as its canvas.

    Attributes:
        pixels: ``(h, w, 4)`` uint8, straight alpha.
        blend: a name of ``model.blend.MODES``.
        opacity: 0..1.
    """

    pixels: Pixels
    blend: str = "normal"
    opacity: float = 1.0


class BrowserCanvas:
    """A page's canvases. Many stacks or files a call are much faster than as many calls."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(f"() => {{{_SCRIPT}}}")

    def drawn(self, stacks: Sequence[Sequence[Drawn]]) -> list[Pixels]:
        """What is read back from a canvas, clear at first, on which a stack's layers were drawn from the first to the
        last: ``(h, w, 4)`` uint8, straight alpha, one of each stack."""
        shapes = [stack[0].pixels.shape for stack in stacks]
        told = [
            [width, height, [[_OPERATIONS.get(layer.blend, layer.blend), layer.opacity] for layer in stack]]
            for stack, (height, width, _) in zip(stacks, shapes, strict=True)
        ]
        sent = _base64(b"".join(layer.pixels.tobytes() for stack in stacks for layer in stack))
        back = self._page.evaluate("([stacks, bytes]) => drawnStacks(stacks, bytes)", [told, sent])
        return _apart(back, [(height, width) for height, width, _ in shapes])

    def opened(self, files: Sequence[tuple[bytes, str]]) -> list[Pixels]:
        """What is read back from canvases on which files, each with its media type, were drawn as an ``<img>`` shows
        them: ``(h, w, 4)`` uint8, straight alpha. A file that cannot be opened raises playwright's Error."""
        told = [[type_, len(data)] for data, type_ in files]
        sent = _base64(b"".join(data for data, _ in files))
        sizes, back = self._page.evaluate("([files, bytes]) => openedFiles(files, bytes)", [told, sent])
        return _apart(back, [(height, width) for width, height in sizes])

    def played(self, file: bytes, media_type: str) -> list[Pixels]:
        """The frames of an animation, as ``opened`` has its files."""
        # Frame by frame only pages that came over TLS, or seem so, are let into an animation.
        self._page.route(_SECURE, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        self._page.goto(_SECURE)
        self._page.evaluate(f"() => {{{_SCRIPT}}}")
        sizes, back = self._page.evaluate("([type, bytes]) => playedFile(type, bytes)", [media_type, _base64(file)])
        return _apart(back, [(height, width) for width, height in sizes])


_SECURE = "https://canvas.invalid/"
_OPERATIONS = {"normal": "source-over"}
"""The only mode that a canvas calls otherwise than CSS does."""


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _apart(sent: str, shapes: Sequence[tuple[int, int]]) -> list[Pixels]:
    flat = np.frombuffer(base64.b64decode(sent), np.uint8)
    ends = np.cumsum([height * width * 4 for height, width in shapes])
    assert flat.size == ends[-1]
    parts = np.split(flat, ends[:-1])
    return [part.reshape(height, width, 4) for part, (height, width) in zip(parts, shapes, strict=True)]
