"""What more than one node takes, and where all are in ComfyUI's menu."""

from typing import Any

from comfy_api.v0_0_2 import io

CATEGORY = "image/Lamina"
Layers = getattr(io, "Layers", None) or io.Custom("LAYERS")  # older ComfyUIs have the socket's type without its class


def decomposition_input() -> Any:
    """Which layers."""
    return io.String.Input(
        "decomposition_id",
        force_input=True,
        tooltip="Of Lamina Decompose, or of any decomposition that the server knows.",
    )


def operations_input() -> Any:
    """What nodes before this one asked for."""
    return io.String.Input(
        "operations",
        force_input=True,
        optional=True,
        tooltip="What was done so far, as Lamina Edit and Lamina Replace Layer give it.",
    )
