"""Scenes drawn one after another, as an interactive page asks for them: what was decoded, placed and composed for one
is there for the next."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from model.edits.drawn import Drawn, Together, drawn, pixels_key
from model.edits.render import Sources, piece, render
from model.edits.scene import Scene
from model.layer_cache import LayerCache
from model.layers import Layer, Pixels
from model.recompose import Box, Canvas, Piece
from model.resample import Placed

_LAYERS_BYTES = 192 * 2**20
_PLACED_BYTES = 128 * 2**20
_CANVASES_BYTES = 192 * 2**20
_SHEETS_BYTES = 32 * 2**20
_PICTURES = 3
"""A canvas is counted as so many pictures of its size: itself, a backdrop, its PNG and what is known of its pieces."""
_EDITORS = 4
"""Canvases of one size that are kept of one stack: several people edit it in turn, each from where they were."""
_NOTHING = 64
"""Bytes that a piece of nothing is counted as."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A piece that was placed; ``None`` where nothing of it is on the canvas."""

    placed: Placed | None

    @property
    def nbytes(self) -> int:
        return _NOTHING + (self.placed[0].nbytes if self.placed else 0)


class Easel:
    """Keeps decoded layers, placed pieces and canvases, each within a number of bytes. For one thread.

    Args:
        layers_bytes, placed_bytes, canvases_bytes: the most that is kept of each.
    """

    def __init__(
        self,
        layers_bytes: int = _LAYERS_BYTES,
        placed_bytes: int = _PLACED_BYTES,
        canvases_bytes: int = _CANVASES_BYTES,
    ) -> None:
        self._layers: LayerCache[Hashable, Layer] = LayerCache(layers_bytes, lambda layer: layer.pixels.nbytes)
        self._placed: LayerCache[Hashable, _Shown] = LayerCache(placed_bytes, lambda shown: shown.nbytes)
        self._canvases: OrderedDict[tuple[Hashable, int], Canvas] = OrderedDict()
        self._canvases_bytes = canvases_bytes

    def layer(self, name: Hashable, bbox: tuple[int, int, int, int], load: Callable[[], Pixels]) -> Layer:
        """A stored layer's ``bbox`` (x, y, width, height) of all its pixels; ``name`` says whose, for ever.

        ``load`` gives the canvas or, of a layer that reaches beyond it, the bbox: they are told apart by their size.
        """
        x, y, width, height = bbox

        def cropped() -> Layer:
            pixels = load()
            if pixels.shape[:2] != (height, width):
                pixels = np.ascontiguousarray(pixels[y : y + height, x : x + width])
            return Layer(pixels, x, y)

        return self._layers.get((name, bbox), cropped)

    def pixels(self, scene: Scene, stack: Hashable, sources: Sources, box: Box | None = None) -> Pixels:
        """The picture of a scene, as ``render`` has it, to the bit.

        Args:
            stack: names the stored layers, for ever.
            box: what of it is wanted; inside the canvas.
        """
        canvas = self._canvas(scene, stack, sources)
        if canvas is not None:
            return canvas.pixels(box)
        x, y, width, height = box or (0, 0, scene.width, scene.height)
        whole = render(scene, sources.load_layer, sources.load_asset, sources.limits)
        return np.ascontiguousarray(whole[y : y + height, x : x + width])

    def png(self, scene: Scene, stack: Hashable, sources: Sources) -> bytes | None:
        """The picture of a scene as a PNG, to the bit; ``None`` where the canvas is too large to be kept."""
        canvas = self._canvas(scene, stack, sources)
        return None if canvas is None else canvas.png()

    def alone(self, what: Drawn | None, size: tuple[int, int], stack: Hashable, sources: Sources) -> Pixels:
        """A layer or a group on a canvas of a width and height, by itself, its own opacity and blend mode left out."""
        pixels = np.zeros((size[1], size[0], 4), np.uint8)
        shown = None if what is None else self._shown(what, size, stack, sources)
        if shown is not None:
            own, x, y = shown
            pixels[y : y + own.shape[0], x : x + own.shape[1]] = own
        return pixels

    def _canvas(self, scene: Scene, stack: Hashable, sources: Sources) -> Canvas | None:
        """A canvas of the stack, showing the scene."""
        size = scene.width, scene.height
        if _bytes_of(*size) > self._canvases_bytes:
            return None
        found = [self._piece(what, size, stack, sources) for what in drawn(scene)]
        pieces = [piece for piece in found if piece is not None]
        name = self._nearest((stack, size), pieces, most=min(_EDITORS, self._canvases_bytes // _bytes_of(*size)))
        canvas = self._canvases.pop(name, None) or Canvas(*size, kept_bytes=_SHEETS_BYTES)
        canvas.show(pieces)
        self._canvases[name] = canvas  # only now: what failed half way is made anew
        while sum(_bytes_of(kept.width, kept.height) for kept in self._canvases.values()) > self._canvases_bytes:
            self._canvases.popitem(last=False)
        return canvas

    def _nearest(self, of: Hashable, pieces: list[Piece], most: int) -> tuple[Hashable, int]:
        """The canvas that shows most of these pieces already, or another one, up to ``most``, if even that one shows
        somebody else's edit: what one editor changes is one piece."""
        unlike = {name: canvas.unlike(pieces) for name, canvas in self._canvases.items() if name[0] == of}
        if unlike and (min(unlike.values()) <= 1 or len(unlike) >= most):
            return min(unlike, key=lambda name: unlike[name])
        taken = {number for _, number in unlike}
        return of, next(number for number in range(most) if number not in taken)

    def _piece(self, what: Drawn, size: tuple[int, int], stack: Hashable, sources: Sources) -> Piece | None:
        shown = self._shown(what, size, stack, sources)
        if shown is None:
            return None
        pixels, x, y = shown
        state = what.state if isinstance(what, Together) else what
        return Piece((stack, size, pixels_key(what)), pixels, x, y, state.opacity, state.blend)

    def _shown(self, what: Drawn, size: tuple[int, int], stack: Hashable, sources: Sources) -> Placed | None:
        key = stack, size, pixels_key(what)
        return self._placed.get(key, lambda: _Shown(piece(what, *size, sources))).placed


def _bytes_of(width: int, height: int) -> int:
    return _PICTURES * width * height * 4
