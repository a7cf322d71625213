"""Layers that are known, one for each way in which an edge can be hard to find; the same for the same seed.

background   a gradient with a soft pattern
shadow       of the disc: black, blurred
disc         shaded
card         a polygon of one colour
fur          hairs of many lengths around a soft body
strokes      lines of 0.5 to 2.5 thousandths of the width
glass        a pane that lets half through
dots         objects of a few pixels of the model's
title        two lines of text
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.alpha import trimmed
from model.layers import Kind, Layer

Bytes = NDArray[np.uint8]
Planes = NDArray[np.float32]

HARD = ("disc", "card", "strokes", "dots", "title")
"""Layers whose edges are as sharp as pixels allow."""
_FINE = 4
"""Bits of a coordinate behind the point, for OpenCV."""
_FONT = cv2.FONT_HERSHEY_DUPLEX


def drawn(width: int, height: int, seed: int) -> list[Layer]:
    """The true layers, bottom first; the first is opaque and ``width × height``, the others are cropped."""
    generator = np.random.default_rng(seed)
    canvas = _Canvas(width, height, generator)
    disc = canvas.disc()
    shade = canvas.moved(disc, 0.012, 0.02)
    shade = cv2.GaussianBlur(shade, (0, 0), 0.008 * width) // 2
    return [
        canvas.background(),
        canvas.layer("shadow", shade, (12, 10, 24)),
        canvas.layer("disc", disc, (206, 62, 48), shaded=34),
        canvas.layer("card", canvas.card(), (38, 88, 150)),
        canvas.layer("fur", canvas.fur(), (120, 78, 40), shaded=26),
        canvas.layer("strokes", canvas.strokes(), (24, 26, 30)),
        canvas.layer("glass", canvas.glass(), (236, 244, 250)),
        canvas.layer("dots", canvas.dots(), (250, 196, 40)),
        canvas.layer("title", canvas.title(), (252, 250, 244), kind="text"),
    ]


class _Canvas:
    """Draws at its own size; lengths are shares of the width, places shares of both sides."""

    def __init__(self, width: int, height: int, generator: np.random.Generator) -> None:
        self._width, self._height, self._generator = width, height, generator

    def background(self) -> Layer:
        down = np.linspace(0, 1, self._height, dtype=np.float32)[:, None, None]
        run = np.array([226, 216, 196], np.float32) * (1 - down) + np.array([150, 178, 196], np.float32) * down
        colours = run + self._pattern(24, 9.0)[:, :, None] + self._pattern(160, 3.0)[:, :, None]
        pixels = np.full((self._height, self._width, 4), 255, np.uint8)
        pixels[:, :, :3] = np.rint(np.clip(colours, 0, 255))
        return Layer(pixels, name="background", kind="background")

    def layer(
        self, name: str, alpha: Bytes, colour: tuple[int, int, int], *, shaded: float = 0, kind: Kind = "object"
    ) -> Layer:
        pixels = np.empty((self._height, self._width, 4), np.uint8)
        pixels[:, :, :3] = colour
        if shaded:
            shades = self._pattern(6, shaded)[:, :, None] + np.array(colour, np.float32)
            pixels[:, :, :3] = np.rint(np.clip(shades, 0, 255))
        pixels[:, :, 3] = alpha
        pixels[alpha == 0] = 0
        cropped = trimmed(Layer(pixels, name=name, kind=kind, text="LAMINA" if kind == "text" else None))
        assert cropped is not None, name
        return cropped

    def moved(self, alpha: Bytes, right: float, down: float) -> Bytes:
        matrix = np.array([[1, 0, right * self._width], [0, 1, down * self._width]], np.float32)
        return np.asarray(cv2.warpAffine(alpha, matrix, (self._width, self._height)), np.uint8)

    def disc(self) -> Bytes:
        mask = self._blank()
        cv2.circle(mask, self._at(0.27, 0.45), self._long(0.17), 255, -1, cv2.LINE_AA, _FINE)
        return mask

    def card(self) -> Bytes:
        mask = self._blank()
        corners = [self._at(*place) for place in ((0.53, 0.12), (0.93, 0.2), (0.88, 0.78), (0.5, 0.7))]
        cv2.fillPoly(mask, [np.array(corners, np.int32)], 255, cv2.LINE_AA, _FINE)
        return mask

    def fur(self) -> Bytes:
        """A body and, around it, hairs that thin out towards their ends."""
        mask = self._blank()
        middle, body = np.array([0.79, 0.66]), 0.055
        for _ in range(900):
            turn, bend = self._generator.uniform(0, 2 * np.pi), self._generator.normal(0, 0.35)
            reach = body * self._generator.uniform(1.05, 1.75)
            strength = int(self._generator.integers(150, 256))
            for start, end, part in ((0.9, 1.2, 1.0), (1.2, 1.5, 0.8), (1.5, 1.75, 0.55)):
                if body * start >= reach:
                    continue
                points = []
                for share in np.linspace(body * start, min(body * end, reach), 5):
                    angle = turn + bend * (share / body - 0.9)
                    way = np.array([np.cos(angle), np.sin(angle) * self._width / self._height])
                    points.append(self._at(*(middle + share * way)))
                thick = max(1, round(self._width * 0.0004 * part))
                hair = np.array(points, np.int32)
                cv2.polylines(mask, [hair], False, int(strength * part), thick, cv2.LINE_AA, _FINE)
        cv2.circle(mask, self._at(*middle), self._long(body), 255, -1, cv2.LINE_AA, _FINE)
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.0002 * self._width), np.uint8)

    def strokes(self) -> Bytes:
        mask = self._blank()
        for index in range(12):
            thick = max(1, round(self._width * (0.0005 + 0.002 * index / 11)))
            start, end = self._at(0.04, 0.72 + 0.02 * index), self._at(0.42, 0.70 + 0.022 * index)
            cv2.line(mask, start, end, 255, thick, cv2.LINE_AA, _FINE)
        return mask

    def glass(self) -> Bytes:
        mask = self._blank()
        corners = [self._at(*place) for place in ((0.36, 0.3), (0.62, 0.34), (0.6, 0.56), (0.34, 0.52))]
        cv2.fillPoly(mask, [np.array(corners, np.int32)], 118, cv2.LINE_AA, _FINE)
        return mask

    def dots(self) -> Bytes:
        mask = self._blank()
        for _ in range(60):
            place = self._at(self._generator.uniform(0.04, 0.96), self._generator.uniform(0.82, 0.97))
            cv2.circle(mask, place, self._long(self._generator.uniform(0.002, 0.006)), 255, -1, cv2.LINE_AA, _FINE)
        return mask

    def title(self) -> Bytes:
        mask = self._blank()
        for words, place, size, thick in (
            ("LAMINA", (0.06, 0.2), 0.0028, 0.008),
            ("exact to the bit", (0.56, 0.4), 0.0009, 0.0018),
        ):
            at = round(place[0] * self._width), round(place[1] * self._height)
            stroke = max(1, round(thick * self._width))
            cv2.putText(mask, words, at, _FONT, size * self._width, 255, stroke, cv2.LINE_AA)
        return mask

    def _blank(self) -> Bytes:
        return np.zeros((self._height, self._width), np.uint8)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self._width * 2**_FINE), round(y * self._height * 2**_FINE)

    def _long(self, share: float) -> int:
        return round(share * self._width * 2**_FINE)

    def _pattern(self, cells: int, steps: float) -> Planes:
        """``(H, W)``: smooth noise with so many cells across."""
        few = self._generator.normal(0, steps, (max(2, cells * 3 // 4), cells)).astype(np.float32)
        return np.asarray(cv2.resize(few, (self._width, self._height), interpolation=cv2.INTER_CUBIC), np.float32)
