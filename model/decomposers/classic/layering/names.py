"""Names a person would give: a colour and a shape."""

import colorsys

import cv2
import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.links import mean_color
from model.decomposers.classic.outline import hull, row_ends
from model.decomposers.classic.planes import Floats, Mask, box_of, components, filled, grown
from model.layers import Kind

_HUES = (
    (15, "red"), (42, "orange"), (68, "yellow"), (160, "green"), (190, "turquoise"), (255, "blue"), (295, "purple"),
    (342, "pink"), (361, "red"),
)  # fmt: skip
_SEEN_STEPS = 12
"""From corner to corner of a gradient, so that one sees it."""
_ONE_COLOR, _SECOND = 0.85, 0.12
"""Of the area of several things: a colour that is the only one to name, and one that is named beside the first."""
_CRUMB = 0.05
_SERIES, _LIKE_SIZE = 3, 0.3
_BAY = 0.12
_LINE, _LEAST_LINE_PX = 1 / 96, 4
"""Of the picture's longer side: what is no wider is a line, 8 pixels of 768; of small pictures it is a few pixels."""
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


def shape_name(mask: Mask, side: int = 0) -> str:
    """Circle, ellipse, ring, panel, frame, bar, line, triangle, star or shape.

    Args:
        mask: as it is believed to go on when hidden.
        side: the picture's longer side, pixels, where the mask does not cover all of it.
    """
    widest = max(_LEAST_LINE_PX, _LINE * max(side, *mask.shape))
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
        return "line" if thin <= widest and long > 4 * thin else "bar" if long > 5 * thin else "panel"
    outline = cv2.convexHull(row_ends(whole))
    around = max(1.0, float(cv2.contourArea(outline)))
    if closed < 0.93 * around:
        return "line" if closed < 0.1 * whole.size else "star" if _is_star(whole) else "shape"
    _, (first, second), _ = cv2.minAreaRect(outline)
    if around > 0.93 * first * second:
        thin, long = sorted([int(first), int(second)])
        return "line" if thin <= widest and long > 4 * thin else "bar" if long > 5 * max(thin, 1) else "panel"
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
    if element.alpha is not None and element.name in ("glow", "shadow"):
        hue = color_name(np.asarray(element.paint.weights[0], np.float32))
        element.name = element.name if hue in dict(_GREYS).values() else f"{hue} {element.name}"
    if element.name != "shape" or element.kind == "text":
        return element
    if len(element.parts) > 1:
        element.name, element.kind = _group(element)
    elif element.paint.degree is None:
        element.name, element.kind = ("photo" if shape_name(element.whole) == "panel" else "object"), "object"
    else:
        element.name = f"{color_name(mean_color(*element.parts[0]))} {_form(element)}"
    if element.opacity < 1:
        element.name = element.name.replace(" shape", " glass").replace(" panel", " glass panel")
    return element


def _form(element: Element) -> str:
    """What it looks like; of three or more pieces of like size the plural of what these are."""
    form = shape_name(element.whole)
    if form not in ("shape", "line"):
        return form
    things = _pieces(element.seen)
    areas = [int(np.count_nonzero(thing)) for thing in things]
    is_series = len(things) >= _SERIES and float(np.median(areas)) >= _LIKE_SIZE * max(areas)
    return f"{_common([shape_name(thing, max(element.seen.shape)) for thing in things])}s" if is_series else form


def ground_name(ground: Element) -> str:
    """What the background is called: a gradient that can be seen has its name."""
    if not ground.paint.degree or len(ground.parts) > 1:
        return "background"
    y, x = (places.ravel() for places in np.mgrid[tuple(slice(0, side, 16) for side in ground.seen.shape)])
    run = np.ptp(np.clip(ground.paint.at(y, x), 0, 255), axis=0)
    return "background gradient" if float(run.max()) >= _SEEN_STEPS else "background"


def _group(element: Element) -> tuple[str, Kind]:
    """Of one colour, things of their form; of several a figure of the two that one sees most of."""
    areas: dict[str, int] = {}
    for part in sorted(element.parts, key=lambda part: -int(part[0].sum())):
        name = color_name(mean_color(*part))
        areas[name] = areas.get(name, 0) + int(part[0].sum())
    colors = sorted(areas, key=lambda name: -areas[name])
    whole = sum(areas.values())
    if areas[colors[0]] >= _ONE_COLOR * whole:
        things = _pieces(element.seen)
        if len(things) >= 2:
            return f"{colors[0]} {_common([shape_name(thing, max(element.seen.shape)) for thing in things])}s", "shape"
        form = shape_name(element.seen)
        return f"{colors[0]} {'figure' if form == 'shape' else form}", "object"
    second = areas[colors[1]] >= _SECOND * whole
    return (f"{colors[0]} and {colors[1]} figure" if second else f"{colors[0]} figure"), "object"


def _pieces(mask: Mask) -> list[Mask]:
    """The separate things in a mask, crumbs of a large one aside."""
    box = box_of(mask)
    _, labels, stats = components(grown(mask[box], 2))
    areas = stats[1:, cv2.CC_STAT_AREA]
    large = np.flatnonzero(areas >= _CRUMB * max(1, int(areas.max(initial=0)))) + 1
    return [np.asarray((labels == index) & mask[box]) for index in large]


def _common(forms: list[str]) -> str:
    """The form that most of them have; of several forms, or of bars and panels mixed, a shape."""
    most = max(sorted(set(forms)), key=forms.count)
    return most if 2 * forms.count(most) > len(forms) else "shape"


def _is_star(own: Mask) -> bool:
    """Four points or more around a middle, the bays between them of like depth."""
    around = np.pad(hull(own), 1)
    depth = cv2.distanceTransform(around.astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    count, labels, _ = components(around[1:-1, 1:-1] & ~own)
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, labels.ravel(), np.where(labels > 0, depth, 0).ravel())
    thin, long = sorted(own.shape)
    deep = deepest[deepest > _BAY * long / 2]
    return bool(len(deep) >= 4 and thin >= 0.75 * long and float(deep.std()) <= 0.25 * float(deep.mean()))
