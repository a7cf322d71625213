"""``python -m bench gpu`` on the tiny checkpoint: it runs, it compares, and it refuses what is not the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from tiny_qwen import WIDTH

from bench.gpu import drawn_case, main
from bench.qwen.full_size import CAPTION_WORDS, Sizes, planned_build
from bench.qwen.modes import EXACT, FAST, PLAIN, judged_row, objection
from bench.qwen.phases import Case, Ran, Seconds, ours, plain, worded
from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.device.plan import Plan
from model.decomposers.qwen_image_layered.loading import Loaded, load
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.pictures.frame import fitted
from model.decomposers.qwen_image_layered.sampling.denoise import Run
from model.decomposers.qwen_image_layered.sampling.method import Method

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def case() -> Case:
    return drawn_case(96, Parameters(num_inference_steps=2, max_layers=1), 1)


@pytest.fixture(scope="module")
def loaded(checkpoint: Path) -> Loaded:
    return load(Options(weights=str(checkpoint)))


def test_the_table_has_a_row_for_each_mode_and_ratios_for_the_right_ones() -> None:
    done = CliRunner().invoke(
        main, ["--steps", "2", "--layers", "1", "--width", "96", "--precisions", "bf16", "--tiny"]
    )
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines() if line.startswith((PLAIN, EXACT, FAST))]
    assert [row[0] for row in rows] == [PLAIN, EXACT, FAST]
    assert [row[-1] for row in rows[:2]] == ["0.00", "0.00"]
    assert all(row[8].endswith("×") and row[9].endswith("%") for row in rows)
    assert "times mean nothing" in done.output


def test_unknown_precisions_and_what_needs_a_gpu_where_there_is_none_are_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unknown = CliRunner().invoke(main, ["--precisions", "bf16,int3", "--tiny"])
    assert unknown.exit_code == 2
    assert "int3" in unknown.output
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert CliRunner().invoke(main, ["--memory-modes"]).exit_code == 2
    full = CliRunner().invoke(main, ["--full", "--width", "96"])
    assert full.exit_code == 1
    assert "needs an NVIDIA GPU" in full.output


def test_parts_of_a_run_are_timed_and_its_layers_are_the_workers(loaded: Loaded, case: Case) -> None:
    words = worded(loaded, case)
    assert words.prompt
    assert min(words.seconds.caption, words.seconds.words) > 0
    guidance = words.guidance
    ran = ours(loaded, case, guidance, Method.exact())
    assert min(ran.seconds.encode, ran.seconds.denoise, ran.seconds.decode) > 0
    assert ran.forwards == 4
    run = Run(loaded, fitted(case.picture, 640), guidance, case.parameters, 1, Method.exact())
    np.testing.assert_array_equal(ran.pixels, np.stack(run.layers(0, "layers", lambda *_: None)))
    assert "encode" not in vars(loaded.pipeline.vae)
    np.testing.assert_array_equal(ran.pixels, plain(loaded, case, guidance).pixels)


def _ran(pixels: object, seconds: float = 1.0) -> Ran:
    return Ran(np.asarray(pixels, np.uint8), Seconds(denoise=seconds), 4)


def test_no_ratio_is_given_for_layers_that_differ_from_the_reference_or_are_blank() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (2, 8, 8, 4), dtype=np.uint8)
    known = {PLAIN: _ran(pixels, 4.0), EXACT: _ran(pixels)}
    row = judged_row(EXACT, known[EXACT], known, CPU, None, floor_s=0.5)
    assert (row.faster, row.share, row.drift, row.refused) == (4.0, 0.5, 0.0, "")
    off = pixels.copy()
    off[0, 0, 0, 0] ^= 1
    for other in (_ran(off), _ran(np.zeros_like(pixels))):
        wrong = judged_row(EXACT, other, known, CPU, None, floor_s=0.5)
        assert wrong.faster is None
        assert wrong.share is None
        assert wrong.refused
    drifting = judged_row(FAST, _ran(off), known, CPU, None, floor_s=0.5)
    assert drifting.faster == 4.0
    assert drifting.drift == pytest.approx(1 / pixels.size)
    known[EXACT] = _ran(off)
    assert judged_row(FAST, _ran(off), known, CPU, None, floor_s=0.5).refused
    assert objection(FAST, pixels, 60.0, CPU)
    assert not objection(EXACT, pixels, 1.0, torch.device("cuda"))


def _small(text_layers: int = 1) -> Sizes:
    return Sizes(
        blocks=3,
        transformer={"num_attention_heads": 2, "attention_head_dim": 16, "axes_dims_rope": (8, 4, 4)}
        | {"joint_attention_dim": WIDTH},
        vae={"base_dim": 4},
        text={
            "vocab_size": 300,
            "hidden_size": WIDTH,
            "intermediate_size": 32,
            "num_hidden_layers": text_layers,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e6},
        },
        vision={"depth": 1, "hidden_size": WIDTH, "intermediate_size": 32, "num_heads": 2, "out_hidden_size": WIDTH}
        | {"fullatt_block_indexes": [0]},
    )


def test_random_weights_of_any_size_run_through_the_same_code(case: Case) -> None:
    built = planned_build(Plan("float32", "whole"), CPU, _small())
    transformer = built.pipeline.transformer
    assert transformer.config.num_layers == len(transformer.transformer_blocks) == 3
    first, second = (block.attn.to_q.weight for block in transformer.transformer_blocks[:2])
    assert first.std().item() == pytest.approx(0.02, rel=0.1)
    assert not torch.equal(first, second)
    guidance = worded(built, case).guidance
    small = replace(case, layers=2, parameters=replace(case.parameters, resolution=96))
    ran = ours(built, small, guidance, Method.exact())
    assert ran.pixels.shape == (2, 96, 96, 4)
    assert ran.pixels.std(axis=(1, 2)).min() > 0


def test_captions_of_random_weights_are_as_long_as_real_ones(case: Case) -> None:
    built = planned_build(Plan("float32", "whole"), CPU, _small())
    words = []
    built.pipeline.text_encoder.register_forward_pre_hook(lambda *_: words.append(1))
    worded(built, replace(case, parameters=replace(case.parameters, prompt="given", guidance_scale=1.0, resolution=96)))
    assert CAPTION_WORDS <= len(words) <= 2 * CAPTION_WORDS


def test_the_default_sizes_are_those_of_the_real_model(tmp_path: Path) -> None:
    from accelerate import init_empty_weights
    from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel
    from transformers import Qwen2_5_VLForConditionalGeneration

    from bench.qwen.checkpoint import encoder_config, tokenizer
    from model.decomposers.qwen_image_layered.weights.sizes import REAL

    sizes = Sizes()
    with init_empty_weights():
        parts = {
            "transformer": QwenImageTransformer2DModel(
                num_layers=sizes.blocks, use_additional_t_cond=True, use_layer3d_rope=True, **sizes.transformer
            ),
            "text_encoder": Qwen2_5_VLForConditionalGeneration(encoder_config(tokenizer(), sizes.text, sizes.vision)),
            "vae": AutoencoderKLQwenImage(input_channels=4),
        }
    for name, part in parts.items():
        in_bfloat16 = 2 * sum(weights.numel() for weights in part.parameters())
        assert in_bfloat16 == pytest.approx(getattr(REAL, name), rel=0.02), name
