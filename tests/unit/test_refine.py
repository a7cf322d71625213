import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from stack_promises import assert_promises_kept

from model.decomposers import Parameters
from model.layers import KINDS, Layer, Pixels, Stack
from model.refine import refine


def _picture(generator: np.random.Generator, width: int, height: int, alpha: str) -> Pixels:
    """Patches rather than pure noise, so that layers, drifts and residuals can be found in it."""
    coarse = generator.integers(0, 256, (height // 4 + 1, width // 4 + 1, 4), dtype=np.uint8)
    image = np.repeat(np.repeat(coarse, 4, axis=0), 4, axis=1)[:height, :width].copy()
    if alpha == "opaque":
        image[..., 3] = 255
    elif alpha == "clear":
        image[..., 3] = 0
    elif alpha == "cut out":
        image[..., 3] = np.where(image[..., 3] < 128, 0, 255)
    image[image[..., 3] == 0] = 0
    return image


def _raw_layer(generator: np.random.Generator, width: int, height: int, image: Pixels) -> Layer:
    """A crop anywhere, off the canvas too; alpha as noise, 0 and 255, blank, whole; colours as noise, the picture's."""
    w, h = int(generator.integers(1, width + 4)), int(generator.integers(1, height + 4))
    pixels = generator.integers(0, 256, (h, w, 4), dtype=np.uint8)
    match int(generator.integers(0, 5)):
        case 0:
            pixels[..., 3] = np.where(pixels[..., 3] < 128, 0, 255)
        case 1:
            pixels[..., 3] = 0
        case 2:
            pixels[..., 3] = 252
        case 3:
            pixels[..., :3] = np.asarray(Image.fromarray(image).resize((w, h)))[..., :3]
    x, y = (int(generator.integers(-side - 3, side + 3)) for side in (width, height))
    kind = KINDS[int(generator.integers(0, len(KINDS)))]
    return Layer(pixels, x, y, name=str(generator.choice(["", "a", "b"])), kind=kind)


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    raw_size=st.one_of(st.none(), st.tuples(st.integers(0, 50), st.integers(0, 50))),
    count=st.integers(0, 7),
    alpha=st.sampled_from(["opaque", "cut out", "blends", "clear"]),
    max_layers=st.integers(1, 6),
    ratio=st.sampled_from([0.0, 0.0005, 0.05, 0.6]),
    residual=st.booleans(),
)
def test_any_proposal_becomes_the_picture_to_the_bit(
    seed: int,
    size: tuple[int, int],
    raw_size: tuple[int, int] | None,
    count: int,
    alpha: str,
    max_layers: int,
    ratio: float,
    residual: bool,
) -> None:
    generator = np.random.default_rng(seed)
    image = _picture(generator, *size, alpha)
    width, height = raw_size or size
    raw = Stack(width, height, tuple(_raw_layer(generator, width, height, image) for _ in range(count)))
    parameters = Parameters(max_layers=max_layers, min_alpha_area_ratio=ratio, enable_residual=residual)
    given_image, given_pixels = image.copy(), [layer.pixels.copy() for layer in raw.layers]
    stack = refine(raw, image, parameters)
    assert_promises_kept(stack, image, parameters)
    assert np.array_equal(image, given_image)
    assert all(np.array_equal(layer.pixels, kept) for layer, kept in zip(raw.layers, given_pixels, strict=True))
    again = refine(raw, image, parameters)
    assert [layer.bbox for layer in again.layers] == [layer.bbox for layer in stack.layers]
    assert all(np.array_equal(one.pixels, other.pixels) for one, other in zip(stack.layers, again.layers, strict=True))
