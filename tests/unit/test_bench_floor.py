"""The floor's arithmetic gives the figures that were worked out by hand."""

import pytest
import torch

from bench.qwen.floor import Network, forward_flop, reachable_flop_s, run_flop, tokens


def test_four_layers_at_640_pixels_are_the_known_numbers() -> None:
    count = tokens(640, 640, 4)
    assert count == 9600
    products, attention = forward_flop(Network(), count)
    assert products == pytest.approx(1.3e14, rel=0.01)
    assert attention == pytest.approx(0.7e14, rel=0.04)
    whole = run_flop(Network(), count, steps=50, guidance_scale=4.0)
    assert whole == pytest.approx(2.0e16, rel=0.01)
    assert whole / 790e12 == pytest.approx(25.5, rel=0.03)


def test_guidance_doubles_the_work_and_tokens_square_in_attention() -> None:
    small = Network(blocks=2, width=64)
    assert run_flop(small, 100, 10, 4.0) == 2 * run_flop(small, 100, 10, 1.0)
    (products, attention), (more, most) = forward_flop(small, 100), forward_flop(small, 200)
    assert (more / products, most / attention) == (2, 4)
    assert tokens(736, 544, 3) == 5 * 46 * 34
    assert tokens(640, 640, 4, cell=32) == 2400


def test_a_device_reaches_some_operations_a_second() -> None:
    assert reachable_flop_s(torch.device("cpu")) > 1e8
