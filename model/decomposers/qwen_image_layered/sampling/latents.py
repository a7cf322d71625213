"""Between pixels and what the transformer works on: tokens of 2 × 2 latents, frame after frame."""

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

_PATCH = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """The tokens of one frame; ``rows · columns`` of them."""

    rows: int
    columns: int

    @property
    def tokens(self) -> int:
        return self.rows * self.columns

    def shapes(self, frames: int) -> list[list[tuple[int, int, int]]]:
        """What the rotary embedding counts: the frames that are made, then the picture."""
        return [[(1, self.rows, self.columns)] * (frames + 1)]


def grid_of(pipeline: Any, image: Image.Image) -> Grid:
    """For a picture whose sides are whole tokens."""
    side = pipeline.vae_scale_factor * _PATCH
    return Grid(image.height // side, image.width // side)


def picture_tokens(pipeline: Any, image: Image.Image, device: torch.device, dtype: torch.dtype) -> torch.Tensor:
    """``(1, tokens, channels · 4)``: the picture that is taken apart, as the transformer sees it.

    Args:
        image: RGBA.
        dtype: of the result; the autoencoder works in its own.
    """
    vae = pipeline.vae
    pixels = pipeline.image_processor.preprocess(image, image.height, image.width).unsqueeze(2)
    encoded = vae.encode(pixels.to(device, vae.dtype)).latent_dist.mode().to(dtype)
    mean, deviation = _statistics(vae, encoded)
    return pack((encoded - mean) / deviation)


def noise_tokens(pipeline: Any, grid: Grid, frames: int, seed: int, dtype: torch.dtype) -> torch.Tensor:
    """``(1, frames · tokens, channels · 4)`` on the CPU: the same for a seed on every device."""
    channels = pipeline.transformer.config.in_channels // _PATCH**2
    shape = (1, frames, channels, grid.rows * _PATCH, grid.columns * _PATCH)
    noise = torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed), dtype=dtype)
    return pack(noise.transpose(1, 2))


def pack(latents: torch.Tensor) -> torch.Tensor:
    """``(1, channels, frames, height, width)`` to ``(1, tokens, channels · 4)``."""
    _, channels, frames, height, width = latents.shape
    rows, columns = height // _PATCH, width // _PATCH
    split = latents.transpose(1, 2).reshape(1, frames, channels, rows, _PATCH, columns, _PATCH)
    return split.permute(0, 1, 3, 5, 2, 4, 6).reshape(1, frames * rows * columns, channels * _PATCH**2)


def unpack(tokens: torch.Tensor, grid: Grid) -> torch.Tensor:
    """``(1, tokens, channels · 4)`` to ``(1, channels, frames, height, width)``."""
    _, count, values = tokens.shape
    frames, channels = count // grid.tokens, values // _PATCH**2
    split = tokens.reshape(1, frames, grid.rows, grid.columns, channels, _PATCH, _PATCH)
    whole = split.permute(0, 1, 4, 2, 5, 3, 6)
    return whole.reshape(1, frames, channels, grid.rows * _PATCH, grid.columns * _PATCH).transpose(1, 2)


def decoded(pipeline: Any, latents: torch.Tensor) -> torch.Tensor:
    """``(frames, 4, height, width)``, 0..1, in the numbers of the autoencoder.

    Whether all frames at once or one after the other is the autoencoder's setting (``enable_slicing``).

    Args:
        latents: ``(1, channels, frames, height, width)``.
    """
    vae = pipeline.vae
    latents = latents.to(vae.dtype)
    mean, deviation = _statistics(vae, latents)
    latents = latents / (1.0 / deviation) + mean  # in this order, as the pipeline does it
    frames = latents.transpose(1, 2).flatten(0, 1).unsqueeze(2)
    pixels: torch.Tensor = vae.decode(frames, return_dict=False)[0].squeeze(2)
    return (pixels * 0.5 + 0.5).clamp(0, 1)


def _statistics(vae: Any, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of the latents that the model was trained on, ``(1, channels, 1, 1, 1)``."""
    mean, deviation = (
        torch.tensor(values).view(1, -1, 1, 1, 1).to(like.device, like.dtype)
        for values in (vae.config.latents_mean, vae.config.latents_std)
    )
    return mean, deviation
