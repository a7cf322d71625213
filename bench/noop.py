"""A model that does nothing, so that what is measured is everything else."""

from model.decomposers import OnProgress, Parameters
from model.layers import Layer, Pixels, Stack


class Noop:
    """The picture as its only layer, at once."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        on_progress("noop", 1, 1)
        height, width = image.shape[:2]
        return Stack(width, height, (Layer(image, name="Background", kind="background", depth=0.0),))
