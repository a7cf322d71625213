"""Guidance without a distilled model: away from what the negative prompt gives, by as much as the scale says."""

import torch


def guided(prompted: torch.Tensor, negative: torch.Tensor, scale: float) -> torch.Tensor:
    """Both velocities combined, each token as long as the prompted one: ``cfg_normalize`` of diffusers.

    Without that, a large scale overdraws colours.

    Args:
        prompted, negative: ``(1, tokens, channels)``, the model's answers to the prompt and to the negative prompt.
        scale: 1 is the prompt alone.
    """
    combined = negative + scale * (prompted - negative)
    length: torch.Tensor = torch.norm(prompted, dim=-1, keepdim=True)
    drawn: torch.Tensor = torch.norm(combined, dim=-1, keepdim=True)
    return combined * (length / drawn)


def guided_steps(share: tuple[float, float], steps: int) -> range:
    """The steps in which guidance counts; ``(0, 1)`` are all."""
    start, end = share
    return range(round(start * steps), round(end * steps))
