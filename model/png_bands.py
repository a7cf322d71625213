"""The PNG of a picture that changes here and there: only bands of rows that changed are filtered and compressed again.

What a band holds depends on its own rows and the one above it, as the filter ``Up`` wants, and on what the samples are
(grey, a palette, RGB, RGBA). These are chosen for the whole picture, and chosen anew when a changed band does not fit
any more, or when most bands changed anyway: it takes one look at every pixel.
"""

from model.layers import Pixels
from model.png_file import Band, band_rows, joined, packed_band
from model.png_kind import Kind, kind_of


class PngBands:
    """The file of a picture of ``width`` × ``height``, kept as compressed bands; not for several threads at once."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._rows = band_rows(width)
        self._bands: list[Band | None] = [None] * -(-height // self._rows)
        self._kind: Kind | None = None

    @property
    def nbytes(self) -> int:
        """Of all bands that are kept."""
        return sum(len(band.chunk) for band in self._bands if band is not None)

    def changed(self, top: int, bottom: int) -> None:
        """The rows from ``top`` up to ``bottom`` may differ from those of the last file."""
        last = min(bottom, self._height - 1)  # the row below is filtered by the last one that changed
        for at in range(top // self._rows, last // self._rows + 1):
            self._bands[at] = None

    def file(self, pixels: Pixels) -> bytes:
        """The PNG of the picture, ``(height, width, 4)`` uint8, of which only what was named has changed."""
        kind = self._fitting(pixels)
        if kind is not self._kind:
            self._kind, self._bands = kind, [None] * len(self._bands)
        for at, band in enumerate(self._bands):
            if band is None:
                self._bands[at] = self._packed(pixels, at, kind)
        return joined(self._width, self._height, kind, [band for band in self._bands if band is not None])

    def _fitting(self, pixels: Pixels) -> Kind:
        kind, missing = self._kind, [at for at, band in enumerate(self._bands) if band is None]
        if kind is None or 2 * len(missing) > len(self._bands):
            return kind_of(pixels)
        for at in missing:
            rows = pixels[at * self._rows : (at + 1) * self._rows]
            if not kind.holds(rows):
                wider = kind.widened(rows)
                if wider is None:
                    return kind_of(pixels)
                kind = self._kind = wider
        return kind

    def _packed(self, pixels: Pixels, at: int, kind: Kind) -> Band:
        top = at * self._rows
        samples = kind.samples_of(pixels[max(0, top - 1) : top + self._rows])
        return packed_band(samples[1:], samples[0]) if top else packed_band(samples, None)
