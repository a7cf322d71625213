"""A photograph's subject as a layer of its own, above its ground and below all that was laid over both."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.layering.peel import BLEED, layer_of
from model.decomposers.classic.paint import Paint
from model.decomposers.classic.photographs.matte import cut_out
from model.decomposers.classic.photographs.subject import subject_of
from model.decomposers.classic.planes import Floats, box_of
from model.layers import Layer


def with_subject(layers: list[Layer], most: int) -> tuple[list[Layer], dict[str, float]]:
    """The layers, background first, with the subject of a photographed background before it, and how sure that is.

    The background is complete when it is looked at, so the subject is too where text or panels hide it. Nothing is
    done where no subject can be told surely, or where there would be more than ``most`` layers.
    """
    photograph: Floats = layers[0].pixels[:, :, :3].astype(np.float32)
    subject = subject_of(photograph) if len(layers) < most else None
    if subject is None:
        return layers, {}
    color, alpha, ground = cut_out(photograph, subject.mask)
    box = box_of(alpha > 0, BLEED)
    mean = Paint(None, np.median(photograph[subject.mask], axis=0)[None].astype(np.float64), 1.0, 0.0, 0.0)
    layer = layer_of(color[box], alpha[box], box, Element(subject.mask, mean, "object", "subject"))
    if layer is None:
        return layers, {}
    opaque = np.full(alpha.shape, 255)
    base = np.dstack([np.clip(np.rint(ground), 0, 255), opaque]).astype(np.uint8)
    background = Layer(base, name=layers[0].name, kind=layers[0].kind)
    return [background, layer, *layers[1:]], {"subject": subject.sureness}
