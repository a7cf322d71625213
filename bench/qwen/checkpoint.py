"""A Qwen-Image-Layered checkpoint of half a megabyte with random weights, in the real format on disk.

Every part is of its real class, only small, so that the real ``from_pretrained`` loads it and the real pipeline runs on
it. The layers it gives are noise; their number, size and bytes for one seed are what the tests are about.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLQwenImage, FlowMatchEulerDiscreteScheduler, QwenImageTransformer2DModel
from safetensors.torch import load_file, save_file
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    GenerationConfig,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Tokenizer,
    Qwen2VLImageProcessorPil,
)

WIDTH = 16
"""Of the text encoder and of the text in the transformer; the real ones have 3,584."""
SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)


def write_checkpoint(folder: Path) -> Path:
    """Write the checkpoint; two calls write the same weights. Returns the folder."""
    generator_state = torch.get_rng_state()
    torch.manual_seed(20)
    try:
        words = tokenizer()
        words.save_pretrained(folder / "tokenizer")
        words.save_pretrained(folder / "processor")
        picture_processor().save_pretrained(folder / "processor")
        _text_encoder(words).save_pretrained(folder / "text_encoder")
        _transformer().save_pretrained(folder / "transformer")
        _vae().save_pretrained(folder / "vae")
    finally:
        torch.set_rng_state(generator_state)
    scheduler().save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(_index(), indent=2))
    return folder


def change_weights(folder: Path, part: str, values: Mapping[str, float]) -> None:
    """Fill tensors of one part, by name, with one value each."""
    file = folder / part / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    for name, value in values.items():
        weights[name].fill_(value)
    save_file(weights, file)


def _index() -> dict[str, object]:
    return {
        "_class_name": "QwenImageLayeredPipeline",
        "_diffusers_version": "0.36.0",
        "processor": ["transformers", "Qwen2VLProcessor"],
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "Qwen2_5_VLForConditionalGeneration"],
        "tokenizer": ["transformers", "Qwen2Tokenizer"],
        "transformer": ["diffusers", "QwenImageTransformer2DModel"],
        "vae": ["diffusers", "AutoencoderKLQwenImage"],
    }


def tokenizer() -> Qwen2Tokenizer:
    """One token a byte."""
    vocabulary = {letter: index for index, letter in enumerate(sorted(ByteLevel.alphabet()))}
    vocabulary |= {word: len(vocabulary) + index for index, word in enumerate(SPECIAL)}
    return Qwen2Tokenizer(vocab=vocabulary, merges=[], additional_special_tokens=list(SPECIAL[1:]))


def picture_processor() -> Qwen2VLImageProcessorPil:
    """As the real one: patches of 14 pixels, four of which are one token."""
    return Qwen2VLImageProcessorPil(patch_size=14, merge_size=2, temporal_patch_size=2)


def scheduler() -> FlowMatchEulerDiscreteScheduler:
    """As of Qwen-Image."""
    return FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=0.02)


def encoder_config(words: Qwen2Tokenizer, text: Mapping[str, Any], vision: Mapping[str, Any]) -> Qwen2_5_VLConfig:
    """A text encoder of these sizes that knows the tokenizer's special words."""
    tokens = {word: words.convert_tokens_to_ids(word) for word in SPECIAL}
    ends = {"bos_token_id": tokens["<|endoftext|>"], "eos_token_id": tokens["<|im_end|>"]}
    patches = {"patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 112}
    return Qwen2_5_VLConfig(
        text_config={**text, **ends},
        vision_config={**vision, **patches},
        image_token_id=tokens["<|image_pad|>"],
        video_token_id=tokens["<|video_pad|>"],
        vision_start_token_id=tokens["<|vision_start|>"],
        vision_end_token_id=tokens["<|vision_end|>"],
        tie_word_embeddings=False,
    )


def _text_encoder(words: Qwen2Tokenizer) -> Qwen2_5_VLForConditionalGeneration:
    text = {
        "vocab_size": len(words),
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e6},
    }
    vision = {
        "depth": 1,
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_heads": 2,
        "out_hidden_size": WIDTH,
        "fullatt_block_indexes": [0],
    }
    encoder = Qwen2_5_VLForConditionalGeneration(encoder_config(words, text, vision)).eval()
    # Half of the words end a caption, so that captions of random weights are short.
    encoder.generation_config = GenerationConfig(
        do_sample=True,
        temperature=1e-6,
        eos_token_id=list(range(0, len(words), 2)),
        pad_token_id=words.convert_tokens_to_ids(SPECIAL[0]),
    )
    return encoder


def _transformer() -> QwenImageTransformer2DModel:
    return QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=32,
        out_channels=8,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=3,
        joint_attention_dim=WIDTH,
        axes_dims_rope=(8, 4, 4),
        use_additional_t_cond=True,
        use_layer3d_rope=True,
    )


def _vae() -> AutoencoderKLQwenImage:
    return AutoencoderKLQwenImage(
        base_dim=2,
        z_dim=8,  # with 4 the pipeline would take an RGBA picture for latents
        dim_mult=[1, 1, 1, 1, 1],  # a stage more than the real one has: a quarter of the tokens
        num_res_blocks=0,
        temperal_downsample=[False, True, True, True],
        input_channels=4,
        latents_mean=[0.0] * 8,
        latents_std=[1.0] * 8,
    )
