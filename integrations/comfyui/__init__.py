"""Lamina's nodes for ComfyUI: pictures apart into layers, edited, rendered and exported by a Lamina server."""

from .nodes import comfy_entrypoint

__all__ = ["comfy_entrypoint"]
