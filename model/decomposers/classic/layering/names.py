"""Names a person would give: a colour and a shape."""

import colorsys

import cv2
import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.planes import Floats, Mask, box_of, filled

_HUES = (
    (15, "red"), (42, "orange"), (68, "yellow"), (160, "green"), (190, "turquoise"), (255, "blue"), (295, "purple"),
    (342, "pink"), (361, "red"),
)  # fmt: skip
_GREYS = ((40, "black"), (95, "dark grey"), (170, "grey"), (232, "light grey"), (256, "white"))


def color_name(color: Floats) -> str:
    """An everyday name of an sRGB colour, ``(3,)``, 0-255."""
    red, green, blue = (float(np.clip(value, 0, 255)) / 255 for value in color)
    hue, light, _ = colorsys.rgb_to_hls(red, green, blue)
    chroma = max(red, green, blue) - min(red, green, blue)
    if chroma < 0.09 or light < 0.08 or light > 0.96:
        return next(name for limit, name in _GREYS if light * 255 < limit)
    name = next(name for limit, name in _HUES if hue * 360 < limit)
    if name in ("orange", "red", "yellow") and 12 <= hue * 360 < 68:
        if light > 0.8 and chroma < 0.35:
            return "beige"
        if light < 0.42 and hue * 360 < 50:
            return "brown"
    if light > 0.72 and chroma < 0.5:
        return "pink" if name == "red" else f"light {name}"
    return f"dark {name}" if light < 0.25 else name


def shape_name(mask: Mask) -> str:
    """Circle, ellipse, ring, panel, bar, line, triangle or shape; ``mask`` as it is believed to go on when hidden."""
    rows, columns = box_of(mask)
    own = mask[rows, columns]
    height, width = own.shape
    if own.size == 0:
        return "shape"
    whole = filled(own)
    area, closed = float(own.sum()), float(whole.sum())
    thin, long = sorted([height, width])
    if closed / whole.size > 0.9:
        if area < 0.75 * closed:
            return "frame"
        return "line" if thin <= 8 and long > 4 * thin else "bar" if long > 5 * thin else "panel"
    points = np.argwhere(whole)[:, ::-1].astype(np.int32)
    outline = cv2.convexHull(points)
    around = max(1.0, float(cv2.contourArea(outline)))
    if closed < 0.93 * around:
        return "line" if closed < 0.1 * whole.size else "shape"
    _, (first, second), _ = cv2.minAreaRect(outline)
    if around > 0.93 * first * second:
        thin, long = sorted([int(first), int(second)])
        return "line" if thin <= 8 and long > 4 * thin else "bar" if long > 5 * max(thin, 1) else "panel"
    if abs(closed / (np.pi / 4 * height * width) - 1) < 0.04:
        round_one = long < 1.08 * thin
        return "ring" if area < 0.85 * closed else "circle" if round_one else "ellipse"
    return (
        "triangle"
        if abs(around / (0.5 * first * second) - 1) < 0.12
        else "panel"
        if around > 0.85 * first * second
        else "shape"
    )


def named(element: Element) -> Element:
    """The element with its name and kind, if it has none yet but "shape"."""
    if element.name != "shape" or element.kind == "text":
        return element
    if len(element.parts) > 4:
        element.name, element.kind = "illustration", "object"
    elif len(element.parts) > 1:
        colors = list(dict.fromkeys(color_name(paint.weights[0]) for _, paint in _by_area(element)))
        element.name = " and ".join(colors[:2]) + " shapes"
    elif element.paint.degree is None:
        element.name, element.kind = ("picture" if shape_name(element.whole) == "panel" else "object"), "object"
    else:
        element.name = f"{color_name(_mean(element))} {shape_name(element.whole)}"
    if element.opacity < 1:
        element.name = element.name.replace(" shape", " glass").replace(" panel", " glass panel")
    return element


def _by_area(element: Element) -> list[tuple[Mask, Paint]]:
    return sorted(element.parts, key=lambda part: -int(part[0].sum()))


def _mean(element: Element) -> Floats:
    y, x = np.nonzero(element.seen)
    step = max(1, len(y) // 500)
    return np.asarray(element.paint.at(y[::step], x[::step]).mean(axis=0), np.float32)
