import tracemalloc

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from stack_promises import assert_promises_kept

from model.compositing import composite
from model.decomposers import Parameters
from model.errors import Canceled
from model.layers import KINDS, Layer, Pixels, Stack, on_canvas
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
@example(114195, (10, 9), None, 6, "blends", 1, 0.0, False)  # merged in another order than they made up a pixel in
@example(1, (29, 32), (29, 29), 4, "cut out", 3, 0.05, False)  # see-through where it is hidden: too little of it
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


def _stack_of_crops(width: int, height: int, image: Pixels) -> Stack:
    generator = np.random.default_rng(8)
    return Stack(width, height, tuple(_raw_layer(generator, width, height, image) for _ in range(4)), {"caption": "ä"})


def test_progress_is_told_after_every_stage_and_counts_up_to_the_end() -> None:
    image = _picture(np.random.default_rng(1), 90, 60, "opaque")
    seen: list[tuple[str, int, int]] = []
    stack = refine(
        _stack_of_crops(30, 20, image),
        image,
        Parameters(),
        lambda stage, step, steps: seen.append((stage, step, steps)),
    )
    assert list(dict.fromkeys(stage for stage, _, _ in seen)) == [
        "accept", "ground", "colours", "upscale", "rims", "owners", "tidy", "residual", "exact",
    ]  # fmt: skip
    steps = [step for _, step, _ in seen]
    assert steps == sorted(steps)
    assert seen[-1] == ("exact", 9, 9)
    assert sum(stage == "upscale" for stage, _, _ in seen) > 1
    assert dict(stack.notes) == {"caption": "ä"}


@pytest.mark.parametrize("stage", ["accept", "upscale", "residual", "exact"])
def test_cancel_passes_through(stage: str) -> None:
    image = _picture(np.random.default_rng(1), 30, 20, "opaque")

    def canceled(name: str, step: int, steps: int) -> None:
        if name == stage:
            raise Canceled("Somebody changed their mind.")

    with pytest.raises(Canceled):
        refine(_stack_of_crops(30, 20, image), image, Parameters(), canceled)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 2)])
@pytest.mark.parametrize("raw_size", [(0, 0), (1, 1), (640, 480)])
def test_an_empty_proposal_is_the_picture_as_background(size: tuple[int, int], raw_size: tuple[int, int]) -> None:
    for alpha in ("opaque", "blends", "clear"):
        image = _picture(np.random.default_rng(2), *size, alpha)
        stack = refine(Stack(*raw_size, ()), image, Parameters())
        assert_promises_kept(stack, image, Parameters())
        assert [layer.name for layer in stack.layers] == ["background"]


def test_a_proposal_that_is_true_already_keeps_its_layers() -> None:
    ground = np.full((60, 80, 4), (200, 210, 220, 255), np.uint8)
    disc = np.zeros((40, 40, 4), np.uint8)
    y, x = np.mgrid[:40, :40]
    disc[..., :3], disc[..., 3] = (180, 30, 40), np.clip((18 - np.hypot(x - 19.5, y - 19.5)) * 128, 0, 255)
    raw = Stack(80, 60, (Layer(ground, kind="background"), Layer(disc, 20, 10, name="disc")))
    stack = refine(raw, composite(raw), Parameters())
    assert np.array_equal(stack.layers[0].pixels, ground)
    shown = on_canvas(stack.layers[1], 80, 60)
    expected = on_canvas(raw.layers[1], 80, 60)
    assert np.abs(shown[..., 3].astype(int) - expected[..., 3]).max() <= 4
    assert np.array_equal(shown[expected[..., 3] == 255], expected[expected[..., 3] == 255])


def test_where_the_background_keeps_nothing_the_next_layer_is_the_background() -> None:
    image = np.zeros((20, 20, 4), np.uint8)
    image[5:15, 5:15] = (10, 200, 30, 128)
    raw = Stack(20, 20, (Layer(np.full((20, 20, 4), 255, np.uint8), kind="background"), Layer(image, name="glass")))
    stack = refine(raw, image, Parameters())
    assert_promises_kept(stack, image, Parameters())
    assert [(layer.name, layer.bbox) for layer in stack.layers] == [("glass", (5, 5, 10, 10))]


def test_a_second_copy_of_the_picture_is_background() -> None:
    image = _picture(np.random.default_rng(3), 64, 48, "opaque")
    part = image[10:30, 10:40].copy()
    raw = Stack(64, 48, (Layer(np.full_like(image, 255), kind="background"), Layer(image), Layer(part, 10, 10)))
    stack = refine(raw, image, Parameters(enable_residual=False))
    assert [layer.bbox for layer in stack.layers] == [(0, 0, 64, 48), (10, 10, 30, 20)]
    assert np.array_equal(stack.layers[0].pixels, image)


def test_memory_is_bounded_by_the_picture_and_its_layers() -> None:
    """Everything in floating point is a band, a tile or of the model's size."""
    width, height = 2400, 1600
    image = _picture(np.random.default_rng(4), width, height, "opaque")
    small = cv2.resize(image, (300, 200), interpolation=cv2.INTER_AREA)
    panel = small[40:160, 60:240].copy()
    raw = Stack(300, 200, (Layer(small, kind="background"), Layer(panel, 60, 40, name="panel")))
    tracemalloc.start()
    stack = refine(raw, image, Parameters())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert np.array_equal(composite(stack), image)
    assert peak < 6 * image.nbytes


def test_sixteen_layers_that_span_the_canvas_are_exact_and_never_in_memory_twice() -> None:
    """Each is two dots in opposite corners, so that its box is the canvas."""
    generator = np.random.default_rng(5)
    ground = np.full((200, 300, 4), (240, 235, 220, 255), np.uint8)
    layers = [Layer(ground, kind="background")]
    image = np.full((800, 1200, 4), (240, 235, 220, 255), np.uint8)
    for number in range(15):
        colour = [int(level) for level in generator.integers(0, 160, 3)]
        small = np.zeros_like(ground)
        for x, y in ((18 + 18 * number, 12), (282 - 18 * number, 186)):
            cv2.circle(small, (x, y), 6, (*colour, 255), -1)
            cv2.circle(image, (4 * x + 2, 4 * y + 2), 24, (*colour, 255), -1)
        layers.append(Layer(small, name=str(number)))
    tracemalloc.start()
    stack = refine(Stack(300, 200, tuple(layers)), image, Parameters(max_layers="auto", min_alpha_area_ratio=0.0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(stack.layers) == 16
    assert np.array_equal(composite(stack), image)
    kept = sum(layer.pixels.nbytes for layer in stack.layers)
    assert peak < kept + 7.5 * image.nbytes  # once more each layer would be nearly 8 more


def test_a_layer_over_all_that_is_opaque_is_no_copy_of_a_picture_that_shows_more() -> None:
    image = np.zeros((30, 60, 4), np.uint8)
    image[5:25, 5:25] = (200, 30, 40, 120)
    image[5:25, 35:55] = (20, 40, 200, 255)
    glass, block = (Layer(image[5:25, x : x + 20].copy(), x, 5, name=name) for x, name in ((5, "glass"), (35, "block")))
    ground = Layer(np.full_like(image, 255), kind="background")
    stack = refine(Stack(60, 30, (ground, glass, block)), image, Parameters())
    assert {"glass", "block"} <= {layer.name for layer in stack.layers}
