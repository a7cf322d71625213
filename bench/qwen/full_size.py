"""The real sizes at random weights: nothing to download, and the same arithmetic.

Built on the device, block by block in the numbers that are kept, as 20 billion weights in float32 would not fit.
"""

import copy
from dataclasses import dataclass, field
from typing import Any

import torch
from diffusers import AutoencoderKLQwenImage, QwenImageLayeredPipeline, QwenImageTransformer2DModel
from torch import nn
from transformers import GenerationConfig, Qwen2_5_VLForConditionalGeneration

from bench.qwen.checkpoint import encoder_config, picture_processor, scheduler, tokenizer
from model.decomposers.qwen_image_layered.device.placement import Placement, this_machine
from model.decomposers.qwen_image_layered.device.plan import Plan, planned
from model.decomposers.qwen_image_layered.device.quantise import quantise
from model.decomposers.qwen_image_layered.loading import Loaded, PictureProcessor
from model.decomposers.qwen_image_layered.options import Memory, Precision

CAPTION_WORDS = 100
_SPREAD = 0.02
"""Standard deviation of the weights: a token of width 3,072 whose values are about 1 keeps about that size."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The defaults are those of ``Qwen/Qwen-Image-Layered``; its text encoder is Qwen2.5-VL-7B."""

    blocks: int = 60
    transformer: dict[str, Any] = field(default_factory=lambda: {"num_attention_heads": 24, "attention_head_dim": 128})
    vae: dict[str, Any] = field(default_factory=dict)
    text: dict[str, Any] = field(
        default_factory=lambda: {
            "vocab_size": 152064,
            "hidden_size": 3584,
            "intermediate_size": 18944,
            "num_hidden_layers": 28,
            "num_attention_heads": 28,
            "num_key_value_heads": 4,
            "rms_norm_eps": 1e-6,
            "rope_parameters": {"rope_type": "default", "mrope_section": [16, 24, 24], "rope_theta": 1e6},
        }
    )
    vision: dict[str, Any] = field(
        default_factory=lambda: {
            "depth": 32,
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "num_heads": 16,
            "out_hidden_size": 3584,
            "fullatt_block_indexes": [7, 15, 23, 31],
        }
    )


def built(precision: Precision, memory: Memory, device: torch.device, sizes: Sizes | None = None) -> Loaded:
    """The model as the loading of real weights would leave it; the same weights each time.

    Raises:
        ModelUnavailable: it does not fit.
    """
    return planned_build(planned(this_machine(), precision=precision, memory=memory), device, sizes or Sizes())


def planned_build(plan: Plan, device: torch.device, sizes: Sizes) -> Loaded:
    """``built`` with the plan settled."""
    torch.manual_seed(20)
    words, dtype = tokenizer(), getattr(torch, plan.numbers)
    home = device if plan.sharing == "whole" else torch.device("cpu")
    parts: dict[str, Any] = {}
    for name in ("text_encoder", "transformer", "vae"):
        part = _MAKERS[name](sizes, words, device, dtype)
        if plan.quantised:
            quantise(part, name, plan.quantised, device, home)
        parts[name] = part.to(home).eval().requires_grad_(False)
    pipeline = QwenImageLayeredPipeline(
        tokenizer=words, processor=PictureProcessor(picture_processor(), words), scheduler=scheduler(), **parts
    )
    pipeline.set_progress_bar_config(disable=True)
    pipeline.vae.enable_slicing()
    return Loaded(pipeline, Placement(device, plan), "random weights")


def _transformer(sizes: Sizes, words: Any, device: torch.device, dtype: torch.dtype) -> nn.Module:
    network = QwenImageTransformer2DModel(
        num_layers=1, use_additional_t_cond=True, use_layer3d_rope=True, **sizes.transformer
    )
    network.to(device, dtype)
    first = network.transformer_blocks[0]
    network.transformer_blocks.extend(copy.deepcopy(first) for _ in range(sizes.blocks - 1))
    network.register_to_config(num_layers=sizes.blocks)
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=_SPREAD)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def _text_encoder(sizes: Sizes, words: Any, device: torch.device, dtype: torch.dtype) -> nn.Module:
    with device:
        encoder = Qwen2_5_VLForConditionalGeneration._from_config(
            encoder_config(words, sizes.text, sizes.vision), dtype=dtype
        )
    # Nearly any word ends a caption, after as many as captions have; until then it is the one that does not.
    ends = list(range(1, sizes.text["vocab_size"]))
    encoder.generation_config = GenerationConfig(
        do_sample=False, eos_token_id=ends, pad_token_id=0, min_new_tokens=CAPTION_WORDS
    )
    return encoder


def _vae(sizes: Sizes, words: Any, device: torch.device, dtype: torch.dtype) -> nn.Module:
    return AutoencoderKLQwenImage(input_channels=4, **sizes.vae).to(device, dtype)


_MAKERS = {"text_encoder": _text_encoder, "transformer": _transformer, "vae": _vae}
