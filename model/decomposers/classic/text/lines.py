"""The lines of a picture: read, and read again where a box holds more than the line that was found in it."""

from difflib import SequenceMatcher

import cv2
import numpy as np
from numpy.typing import NDArray

from model.completion import carried_on
from model.decomposers.classic.planes import Box, Floats, Mask, box_of, components, grown, half_stroke, meet
from model.decomposers.classic.rims import coverage
from model.decomposers.classic.text.candidates import hat
from model.decomposers.classic.text.ink import Line, inked
from model.decomposers.classic.text.reader import Reader, Words
from model.decomposers.classic.text.setting import spaced

_AGAIN_MOST = 4
_AGAIN_SIDE = 640
"""Pixels: no crop is enlarged beyond for a second reading."""
_ENLARGED = 2.0
_LEFT, _MUCH = 0.005, 0.02
"""Shares of a box: of small words across large ones, if their letters stand in a row; and of what need not."""
_SPECK, _PIECES = 4, 3
"""Pixels of a piece, and pieces, that may be words."""
_APART, _LEAST_HEIGHT = 1.5, 5
"""Heights of letters between those of one row, and pixels of a letter that can be read."""
_SAME = 0.6
"""Share of the letters of two readings."""
_SAME_HEIGHT = 2.2
_SHORT = 3
_TIP = 8
"""Times the pixels of a piece of ink: of that which it is the end of."""
_SINGLE_COLOR, _SINGLE_HEIGHTS = 16.0, (0.8, 1.6)
"""Steps of colour between a single letter and a line in its style; and its height, a digit's, over the line's usual
letter, which often is a small one."""
_SINGLE_RATIO, _SINGLE_OFF = 1.15, 0.25
"""Times between the heights, and heights between the middles, of single letters in a row or column."""
_DRAWN = "0Oo1IiLlTtXxVvCcUuDJjSsZzNnMmWw7YyhHrFEe"
"""What rings, bars, crosses, hooks and zigzags are read as."""
_MIXED = 28.0
"""Steps of colour from the nearest mixture of ink and ground, and thrice the noise."""
_SMALL = 48.0
"""Pixels: a box not read that is higher is not read better for being larger."""


def lines_of(rgb: Floats, reader: Reader, tolerance: float) -> list[Line]:
    """The lines with their inks, top to bottom; those of a second reading, which lie over others, last.

    A box that holds strokes beside its line's own, or no ink that can be told, is looked at again, larger and without
    the letters that are known: words across other words come out so, and small ones.
    """
    found: list[Line] = []
    unread: list[Words] = []
    singles: list[Line] = []
    for words in reader.read(rgb.astype(np.uint8)):
        line = inked(rgb, words, tolerance)
        if line is not None and len(words.text) == 1:
            singles.append(line)
        elif (
            line is not None
            and is_lettering(line)
            and (words.text or not _has_more(rgb, line, [line], tolerance, in_row=False))
        ):
            found.append(line)
        elif words.text or words.height <= _SMALL:
            unread.append(words)
    found += _lettering_of(singles, [line for line in found if line.words.text])
    unclear = [line.words for line in found if _has_more(rgb, line, found, tolerance)]
    if len(unread) <= _AGAIN_MOST:  # more of them are a pattern's rows
        unclear += unread
    for words in unclear[:_AGAIN_MOST]:
        box = _around(words, rgb.shape)
        clean = rgb.copy()
        clean[box] = _without(rgb, found, box, tolerance)
        for more in _again(clean, box, reader):
            line = inked(clean, more, tolerance) if more.text else None
            if line is not None and is_lettering(line) and not _is_known(line, found):
                found = with_more(line, found)
    return [spaced(line) for line in parted(found)]


def _lettering_of(singles: list[Line], known: list[Line]) -> list[Line]:
    """Those of single letters that are letters: no simple drawing looks like them, or they are in the style of lines
    that are known, or of one height and in a row or column with others of them."""
    sure = [line for line in singles if line.words.text not in _DRAWN or any(_in_style_of(line, one) for one in known)]
    chosen = {id(line) for line in sure}
    return [line for line in singles if id(line) in chosen or any(_in_line_with(line, one) for one in sure)]


def _in_style_of(single: Line, line: Line) -> bool:
    low, high = _SINGLE_HEIGHTS
    is_high = low * line.height <= single.height <= high * line.height
    return is_high and bool(np.abs(single.color - line.color).max() <= _SINGLE_COLOR)


def _in_line_with(first: Line, second: Line) -> bool:
    heights = sorted([first.height, second.height])
    away = (abs(a.start + a.stop - b.start - b.stop) / 2 for a, b in zip(first.box, second.box, strict=True))
    return heights[1] <= _SINGLE_RATIO * heights[0] and min(away) <= _SINGLE_OFF * heights[1]


def parted(lines: list[Line]) -> list[Line]:
    """Letters in the boxes of two lines, a bent one's and that of what stands in its bow, are the smaller's; the tip of
    a letter that reaches into another line's box is the letter's."""
    lines = [_without_tips(line, lines) for line in lines]
    sizes = [_size(line.box) for line in lines]
    found: list[Line] = []
    for line, size in zip(lines, sizes, strict=True):
        inks = line.inks
        for other, less in zip(lines, sizes, strict=True):
            if less < size and _covers(line, other):
                theirs = grown(other.seen(other.reach, line.window), 2)
                inks = tuple(ink.without(theirs) for ink in inks)
        if inks is not line.inks and not any(ink.core.any() for ink in inks):
            continue
        found.append(line if inks is line.inks else line.of(inks))
    return found


def _without_tips(line: Line, lines: list[Line]) -> Line:
    """The line without pieces of ink that are the ends of much larger pieces of other lines."""
    count, labels, _ = components(line.core)
    tips = [piece for piece in range(1, count) if any(_is_tip(line, labels == piece, other) for other in lines)]
    if not tips or len(tips) == count - 1:
        return line
    kept = line.core & ~np.isin(labels, tips)
    _, whole, _ = components(line.reach)
    theirs = np.isin(whole, np.setdiff1d(whole[np.isin(labels, tips)], whole[kept]))
    return line.of(tuple(ink.without(theirs) for ink in line.inks))


def _is_tip(line: Line, piece: Mask, other: Line) -> bool:
    if other is line or not meet(line.box, other.box):
        return False
    _, labels, stats = components(other.core)
    met = np.unique(labels[line.seen(piece, other.window)])
    return bool(stats[met[met > 0], cv2.CC_STAT_AREA].max(initial=0) > _TIP * piece.sum())


def _size(box: Box) -> int:
    return int((box[0].stop - box[0].start) * (box[1].stop - box[1].start))


def _covers(line: Line, other: Line) -> bool:
    """Whether two lines share a pixel of ink."""
    return meet(line.box, other.box) and bool((line.core & other.seen(other.core, line.window)).any())


def is_lettering(line: Line) -> bool:
    """Whether the ink is strokes rather than panels; of what could not be read, or hardly, more is asked."""
    core = line.core[box_of(line.core)]
    _, _, stats = components(grown(core, 1))
    sizes = stats[1:]
    if not line.words.text:
        along = float(core.any(axis=1 if line.words.is_upright else 0).mean())
        return len(sizes) >= 3 and along >= 0.5 and half_stroke(core) <= 0.14 * line.words.height
    if len(line.words.text) > _SHORT:
        return True
    full = sizes[:, cv2.CC_STAT_AREA] / (sizes[:, cv2.CC_STAT_WIDTH] * sizes[:, cv2.CC_STAT_HEIGHT])
    # a box-like piece is a letter only where the letters are strokes
    return bool((full < 0.8).any()) or all(letter in "Il1|-–—_/" for letter in line.words.text)


def _has_more(rgb: Floats, line: Line, known: list[Line], tolerance: float, in_row: bool = True) -> bool:
    """Whether strokes are left in a line's box when the letters that are known are taken away; if they are few,
    whether they stand in a row, where that is asked: rims left of the letters are scattered."""
    rows, columns = box_of(line.zone)
    zone = line.zone[rows, columns]
    top, left = line.window[0].start, line.window[1].start
    box = slice(rows.start + top, rows.stop + top), slice(columns.start + left, columns.stop + left)
    clean = _without(rgb, known, box, tolerance)
    strokes = np.maximum(*(hat(clean, 0.5 * line.words.height, way) for way in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT)))
    rest = zone.copy()
    for other in known:
        if meet(other.around(1), box):
            rest &= ~grown(other.seen(other.core, box), 1)
    count, labels, stats = components(rest & (strokes > 40 + 5 * tolerance))
    # what reaches the box's rim is an edge of something else; single specks are no letters
    leaves = np.unique(labels[grown(~np.pad(zone, 1), 1)[1:-1, 1:-1]])
    kept = stats[[index for index in range(1, count) if index not in leaves]]
    kept = kept[kept[:, cv2.CC_STAT_AREA] >= _SPECK]
    is_row = len(kept) >= _PIECES or bool((kept[:, cv2.CC_STAT_WIDTH] >= 2 * kept[:, cv2.CC_STAT_HEIGHT]).any())
    share = float(kept[:, cv2.CC_STAT_AREA].sum()) / float(zone.sum())
    return is_row and (share > _MUCH or (share > _LEFT and (not in_row or _stand_in_row(kept))))


def _stand_in_row(stats: NDArray[np.int32]) -> bool:
    """Whether pieces, ``(n, 5)`` as OpenCV describes them, stand side by side at one height, as letters do."""
    left, top, width, height = (stats[:, column].astype(np.float64) for column in range(4))
    middle = top + height / 2
    for index in range(len(stats)):
        size = height[index]
        alike = (np.abs(middle - middle[index]) <= 0.5 * size) & (height >= 0.5 * size) & (height <= 2 * size)
        order = np.flatnonzero(alike)[np.argsort(left[alike], kind="stable")]
        gaps = left[order][1:] - (left + width)[order][:-1]
        runs = np.split(order, np.flatnonzero(gaps > _APART * size) + 1)
        if size >= _LEAST_HEIGHT and max(len(run) for run in runs) >= _PIECES:
            return True
    return False


def _around(words: Words, shape: tuple[int, ...]) -> Box:
    margin = 0.25 * words.height + 8
    x0, y0 = np.maximum(np.floor(words.polygon.min(axis=0) - margin).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(words.polygon.max(axis=0) + margin).astype(int), (shape[1], shape[0]))
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def _without(rgb: Floats, lines: list[Line], box: Box, tolerance: float) -> Floats:
    """The picture in the box without the letters that are known; what is no mixture of them and the ground stays."""
    seen = rgb[box]
    own = [line for line in lines if meet(line.window, box)]
    near: Mask = np.zeros(seen.shape[:2], bool)
    for line in own:
        near |= grown(line.seen(line.reach, box), 3)
    if near.all() or not near.any():
        return seen
    ground = carried_on(seen, ~near)
    for line in own:
        for ink in line.inks:
            _, residual = coverage(seen, np.broadcast_to(ink.color, seen.shape).astype(np.float32), ground)
            core = line.seen(ink.core, box)
            near &= (residual <= _MIXED + 3 * tolerance) | core | ~grown(core, 3)
    return np.where(near[:, :, None], ground, seen).astype(np.float32)


def _again(rgb: Floats, box: Box, reader: Reader) -> list[Words]:
    crop = np.clip(np.rint(rgb[box]), 0, 255).astype(np.uint8)
    factor = float(np.clip(_AGAIN_SIDE / max(crop.shape[:2]), 1.0, _ENLARGED))
    large = cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    corner = np.array([box[1].start, box[0].start], np.float32)
    return [
        Words(words.text, np.asarray(words.polygon / factor + corner, np.float32), words.score)
        for words in reader.read(np.asarray(large, np.uint8))
    ]


def with_more(line: Line, found: list[Line]) -> list[Line]:
    """The lines and one more. Where it has the words of one that stands there, one of the two took for letters what
    lies among them, or what is left of the rims of some; the one that shows along more of the line stays."""
    for other in found:
        alike = _is_of(line.words.text, other.words.text)
        tall = sorted([line.height, other.height])
        if alike and tall[1] <= _SAME_HEIGHT * tall[0] and _share_zone(line, other):
            if _columns(line) <= _columns(other):
                return found
            return [*(one for one in found if one is not other), line]
    return [*found, line]


def _share_zone(line: Line, other: Line) -> bool:
    return meet(line.window, other.window) and bool((line.zone & other.seen(other.zone, line.window)).any())


def _is_of(text: str, known: str) -> bool:
    """Whether a reading is that of known words, or of a part of them."""
    text, known = ("".join(words.split()).casefold() for words in (text, known))
    return text in known or SequenceMatcher(None, text, known).ratio() >= _SAME


def _columns(line: Line) -> int:
    return int(line.reach.any(axis=1 if line.words.is_upright else 0).sum())


def _is_known(line: Line, found: list[Line]) -> bool:
    core = line.core
    return any(int((core & other.seen(other.reach, line.window)).sum()) > 0.5 * int(core.sum()) for other in found)
