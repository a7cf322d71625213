"""The tiny checkpoint, under the name that the tests have for it; ``python -m bench gpu`` runs on it as well."""

from bench.qwen.checkpoint import SPECIAL, WIDTH, change_weights, write_checkpoint

__all__ = ["SPECIAL", "WIDTH", "change_weights", "write_checkpoint"]
