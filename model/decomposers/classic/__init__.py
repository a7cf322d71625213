"""``classic``: the decomposer that needs a CPU and nothing to download.

view        opaque colours, also of a picture that is transparent in places
tolerance   noise of the picture
text        lines and their ink
regions     areas that one colour model explains
group       background, pieces of one paint, styles of text
halos       shadows and glows of letters and of shapes, where their ground is known; without them regions are new
shadow      the ground darkened beside what casts it, measured where the ground is known, fitted where it is a texture
fewer       not more elements than layers are asked for
order       who lies over whom, and how shapes go on under others
peel        alphas from rims, own colours, completions
names       what a person would call it
"""

import cv2

from model.decomposers.base import OnProgress, Parameters
from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.assemble import bottom_first
from model.decomposers.classic.layering.fewer import fewer
from model.decomposers.classic.layering.figures import figures
from model.decomposers.classic.layering.fills import lowest_fills
from model.decomposers.classic.layering.foreground import with_subject
from model.decomposers.classic.layering.order import bottom_up
from model.decomposers.classic.overlays.glass import glass
from model.decomposers.classic.overlays.halos import of_letters
from model.decomposers.classic.overlays.shadow import shadow
from model.decomposers.classic.overlays.shape_halos import beneath, of_shapes
from model.decomposers.classic.planes import Mask
from model.decomposers.classic.regions.ground import ground_and_rest
from model.decomposers.classic.regions.group import joined, small_ones
from model.decomposers.classic.regions.patterned import with_its_pattern
from model.decomposers.classic.regions.segment import segment
from model.decomposers.classic.regions.series import in_series
from model.decomposers.classic.text.ink import Line, lettered
from model.decomposers.classic.text.lines import lines_of
from model.decomposers.classic.text.reader import RapidReader, Reader
from model.decomposers.classic.text.styles import fewer_texts, lines_of_one_style
from model.decomposers.classic.text.unread import with_unread
from model.decomposers.classic.tolerance import tolerance
from model.decomposers.classic.view import View, fades_first, thinned, view_of
from model.layers import Pixels, Stack
from model.premultiply import is_opaque, shrunk, shrunk_opaque, straight

_FULL_SIZE_PIXELS = 1_500_000
_WORK_PIXELS = 1_200_000
_LEAST_AREA = 0.0004
_DRAWN_NOISE = 1.0


class Classic:
    """Text by OCR, flat and smooth regions, shapes, completions; see the package's list of stages."""

    reads_alpha = True

    def __init__(self, reader: Reader | None = None) -> None:
        self._reader = reader

    def setup(self) -> None:
        """Load the reader.

        Raises:
            ModelUnavailable: rapidocr or onnxruntime is not installed.
        """
        cv2.setNumThreads(2)
        if self._reader is None:
            self._reader = RapidReader()

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        """See ``Decomposer.decompose``. Pictures over 1.5 megapixels come back at about 1.2; transparent ones are
        looked at as ``view`` says."""
        if self._reader is None:
            self.setup()
        assert self._reader is not None
        view = view_of(_reduced(image))
        rgb = view.rgb
        noise = tolerance(rgb, view.solid)
        lines = lines_of(rgb, self._reader, noise)
        on_progress("text", 1, 4)
        ignored = lettered(lines, rgb.shape[:2], 2)
        regions, is_drawing = segment(rgb, noise, ignored)
        halos = of_letters(rgb, regions, lines_of_one_style(lines), ignored, noise)
        bare = halos[0].clear if halos and halos[0].clear is not None else rgb
        if halos:
            regions, is_drawing = segment(bare, noise, ignored)
        under = glass(bare, regions, is_drawing, ignored, noise, lambda clear: segment(clear, noise, ignored))
        unknown = ignored | ~view.solid
        haloed, regions, is_drawing, clear = of_shapes(
            under.clear, under.regions, under.is_drawing, unknown, noise, lambda clear: segment(clear, noise, ignored)
        )
        noise = max(noise, _DRAWN_NOISE) if is_drawing else noise
        ground, rest = with_its_pattern(rgb, *ground_and_rest(regions, is_drawing))
        on_progress("regions", 2, 4)
        lines, rest = with_unread(lines, ground, rest, rgb, noise)
        ignored = lettered(lines, rgb.shape[:2], 2)
        rest = small_ones(in_series(joined(rest, ground.seen), ignored), ground, int(_LEAST_AREA * ignored.size))
        cast, rest, _ = shadow(clear, ground, rest, ignored, noise)
        shapes, texts = _within(
            _things([Element(region.mask, region.paint, whole=region.beyond) for region in rest], ground.seen, view),
            lines_of_one_style(lines),
            parameters.most_layers - 1 - (cast is not None) - len(under.panes) - len(halos) - len(haloed),
        )
        shapes = beneath(fades_first(bottom_up([*shapes, *under.panes], ignored), view), haloed, bare)
        shapes = [*shapes, *halos] if cast is None else [cast, *shapes, *halos]
        on_progress("order", 3, 4)
        layers = thinned(bottom_first(rgb, ground, shapes, texts), view)
        notes: dict[str, float] = {"noise": round(noise, 2)}
        if ground.paint.degree is None and not is_drawing:
            layers, sureness = with_subject(layers, parameters.most_layers)
            notes |= sureness
        on_progress("layers", 4, 4)
        return Stack(rgb.shape[1], rgb.shape[0], tuple(layers), notes)


def _things(elements: list[Element], ground: Mask, view: View) -> list[Element]:
    """Figures; of a picture on nothing its lowest fills are ground to them."""
    fills = [] if view.solid.all() else lowest_fills(elements, ground)
    under = ground.copy()
    for fill in fills:
        under |= fill.seen
    return [*fills, *figures([element for element in elements if element not in fills], under)]


def _within(shapes: list[Element], texts: list[list[Line]], room: int) -> tuple[list[Element], list[list[Line]]]:
    """As many as there is room for: text gets at most half of it where there are shapes enough, shapes the rest."""
    kept_texts = max(1, min(len(texts), room - min(len(shapes), (room + 1) // 2)))
    texts = fewer_texts(texts, kept_texts)
    return fewer(shapes, room - len(texts)), texts


def _reduced(image: Pixels) -> Pixels:
    height, width = image.shape[:2]
    if height * width <= _FULL_SIZE_PIXELS:
        return image
    factor = (_WORK_PIXELS / (height * width)) ** 0.5
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    # averaged by alpha: the black under what is transparent would darken the rims of a cut-out
    return shrunk_opaque(image, *size) if is_opaque(image) else straight(shrunk(image, *size))
