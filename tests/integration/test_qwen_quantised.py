"""Weights in fp8 and 4 bits, on a CPU: which are, how far the model drifts, and what is said without the packages."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from diffusers import QwenImageTransformer2DModel, TorchAoConfig
from torch import nn
from torchao.quantization import Float8WeightOnlyConfig

from model.decomposers.qwen_image_layered.device import quantise
from model.decomposers.qwen_image_layered.device.plan import Plan
from model.decomposers.qwen_image_layered.loading import loaded
from model.decomposers.qwen_image_layered.weights.folder import Folder, looked_at
from model.decomposers.qwen_image_layered.weights.sizes import Quantised
from model.errors import ModelUnavailable

ROOT = Path(__file__).resolve().parents[2]
MOST_DRIFT = {"fp8": 0.02, "4bit": 0.05}
"""Of what the transformer answers, root mean square, as a share of the answer's own: the tiny one gives 0.007 and
0.017. e4m3 keeps three bits after the first one, nf4 has sixteen levels."""


@pytest.fixture(scope="module")
def folder(checkpoint: Path) -> Folder:
    return looked_at(checkpoint)


def _answer(transformer: nn.Module) -> torch.Tensor:
    """What the transformer makes of one set of random tokens: a frame of 4 × 4, and the picture."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        answer: torch.Tensor = transformer(
            hidden_states=torch.randn(1, 32, 32, generator=generator),
            encoder_hidden_states=torch.randn(1, 7, 16, generator=generator),
            encoder_hidden_states_mask=torch.ones(1, 7, dtype=torch.long),
            timestep=torch.tensor([0.5]),
            img_shapes=[[(1, 4, 4), (1, 4, 4)]],
            additional_t_cond=torch.tensor([0]),
            return_dict=False,
        )[0]
    return answer


def _kinds(part: nn.Module) -> dict[str, str]:
    return {
        path: type(module.weight).__name__
        for path, module in part.named_modules()
        if isinstance(module, nn.Linear) and path
    }


@pytest.mark.parametrize(("how", "kind"), [("fp8", "Float8Tensor"), ("4bit", "Params4bit")])
def test_the_matrices_of_the_blocks_are_quantised_and_the_answer_drifts_little(
    folder: Folder, how: Quantised, kind: str
) -> None:
    plain = loaded(folder, "folder", Plan("float32", "whole")).pipeline
    made = loaded(folder, "folder", Plan("float32", "whole", how)).pipeline
    for path, found in _kinds(made.transformer).items():
        left_alone = how == "4bit" and path.startswith("transformer_blocks.0.img_mod")
        expected = kind if path.startswith("transformer_blocks.") and not left_alone else "Parameter"
        assert found == expected, path
    for path, found in _kinds(made.text_encoder).items():
        assert found == (kind if path.startswith("model.language_model.layers.") else "Parameter"), path
    wanted, answer = _answer(plain.transformer), _answer(made.transformer)
    drift = float((answer - wanted).square().mean().sqrt() / wanted.square().mean().sqrt())
    assert torch.isfinite(answer).all()
    assert 0 < drift < MOST_DRIFT[how]


def test_what_is_quantised_on_the_disk_is_loaded_as_it_is_and_counted_so(folder: Folder, tmp_path: Path) -> None:
    copy = tmp_path / "qwen"
    shutil.copytree(folder.path, copy)
    made = QwenImageTransformer2DModel.from_pretrained(
        folder.path / "transformer", quantization_config=TorchAoConfig(Float8WeightOnlyConfig()), dtype=torch.float32
    )
    made.save_pretrained(copy / "transformer")
    found = looked_at(copy)
    assert found.quantised == {"transformer"}
    assert found.parts.loaded("bfloat16", "4bit").transformer == found.part_bytes["transformer"]
    stored = loaded(found, "folder", Plan("float32", "whole", "4bit")).pipeline
    assert set(_kinds(stored.transformer).values()) == {"Float8Tensor"}
    assert "Params4bit" in _kinds(stored.text_encoder).values()
    torch.testing.assert_close(_answer(stored.transformer), _answer(made))


def test_a_missing_package_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantise, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"4bit needs bitsandbytes, .*pip install 'lamina\[quantised\]'"):
        quantise.check_packages("4bit")


_QUIET = """
import sys
from model.decomposers.qwen_image_layered import QwenImageLayered
QwenImageLayered(weights=sys.argv[1]).setup()
"""


def test_setting_up_says_nothing_on_standard_error(folder: Folder) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _QUIET, str(folder.path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
