"""The least time the arithmetic allows on this device: how much of it there is, and how fast the device does it."""

import time
from dataclasses import dataclass

import torch

CELL = 16
"""Pixels along the side of what becomes one token: 8 of the autoencoder's times 2."""
_ROUNDS = 20
_SIDE = {"cuda": 8192, "cpu": 512}


@dataclass(frozen=True, slots=True)
class Network:
    """The transformer's sizes; the defaults are the real one's."""

    blocks: int = 60
    width: int = 24 * 128


def tokens(width: int, height: int, layers: int, cell: int = CELL) -> int:
    """Image tokens: the layers, the whole that is made along with them, and the picture."""
    return (layers + 2) * (width // cell) * (height // cell)


def forward_flop(network: Network, image_tokens: int) -> tuple[float, float]:
    """Floating point operations of one forward: matrix products of the image stream, and attention.

    With d the width and n the tokens, a block has the projections of query, key, value and output, 4 d² weights, and an
    MLP of d × 4d and back, 8 d²; each weight is a multiplication and an addition for each token: ``24 n d²``. Attention
    multiplies n × d by d × n and n × n by n × d: ``4 n² d``. The text stream, some hundred tokens, and modulation, one
    token, are left out.
    """
    products = 24.0 * image_tokens * network.width**2
    attention = 4.0 * image_tokens**2 * network.width
    return network.blocks * products, network.blocks * attention


def run_flop(network: Network, image_tokens: int, steps: int, guidance_scale: float) -> float:
    """Of a whole run: one forward a step, two where there is guidance."""
    forwards = steps * (2 if guidance_scale > 1 else 1)
    return forwards * sum(forward_flop(network, image_tokens))


def network_of(transformer: torch.nn.Module) -> Network:
    """The sizes of a ``QwenImageTransformer2DModel``."""
    config = transformer.config
    return Network(config.num_layers, config.num_attention_heads * config.attention_head_dim)


def reachable_flop_s(device: torch.device) -> float:
    """Operations a second that one large product of matrices reaches here: bfloat16 on a GPU, float32 on a CPU."""
    side, dtype = _SIDE[device.type], torch.bfloat16 if device.type == "cuda" else torch.float32
    first, second = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    best_s = float("inf")
    for _ in range(_ROUNDS):
        settle(device)
        started = time.perf_counter()
        torch.matmul(first, second)
        settle(device)
        best_s = min(best_s, time.perf_counter() - started)
    return 2.0 * side**3 / best_s


def settle(device: torch.device) -> None:
    """Wait until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
