"""LoRAs of every format and quantised checkpoints on the tiny model: the weights are what the arithmetic says."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest
import torch
from bitsandbytes.nn import Linear4bit
from diffusers import QwenImageLayeredPipeline, QwenImageTransformer2DModel, TorchAoConfig
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torchao.quantization import Int8WeightOnlyConfig

from model.decomposers.qwen_image_layered.adapters.lora import Beside, Lora
from model.decomposers.qwen_image_layered.adapters.lora_file import Change
from model.decomposers.qwen_image_layered.device.half import halve
from model.errors import ModelUnavailable

BLOCK = "transformer_blocks.0"
LAYERS = (f"{BLOCK}.attn.to_q", f"{BLOCK}.attn.add_k_proj", f"{BLOCK}.img_mlp.net.2", f"{BLOCK}.attn.to_out.0")
RANK = 2

Halves: TypeAlias = Mapping[str, tuple[torch.Tensor, torch.Tensor]]
"""Of each layer: down ``(rank, in)``, up ``(out, rank)``."""


@pytest.fixture
def transformer(checkpoint: Path) -> QwenImageTransformer2DModel:
    return QwenImageTransformer2DModel.from_pretrained(checkpoint / "transformer")


@pytest.fixture
def halves(transformer: QwenImageTransformer2DModel) -> Halves:
    torch.manual_seed(7)
    made = {}
    for name in LAYERS:
        out, into = transformer.get_submodule(name).weight.shape
        made[name] = torch.randn(RANK, into), torch.randn(out, RANK)
    return made


def _weights(transformer: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in transformer.state_dict().items()}


def add_lora(transformer: torch.nn.Module, place: Path, dtype: torch.dtype) -> Lora:
    lora = Lora(transformer, place)
    lora.add_rest(transformer, dtype)
    return lora


def _check(before: Mapping[str, torch.Tensor], after: Mapping[str, torch.Tensor], halves: Halves, scale: float) -> None:
    assert before.keys() == after.keys()
    for name, weight in after.items():
        layer = name.removesuffix(".weight")
        if layer in halves:
            down, up = halves[layer]
            torch.testing.assert_close(weight, before[name] + scale * up @ down, rtol=1e-5, atol=1e-5)
        else:
            assert torch.equal(weight, before[name])


def _write_peft(folder: Path, halves: Halves, **settings: object) -> Path:
    folder.mkdir(exist_ok=True)
    config = {"peft_type": "LORA", "r": RANK, "lora_alpha": 3, "bias": "none", **settings}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    tensors = {}
    for name, (down, up) in halves.items():
        tensors |= {
            f"base_model.model.{name}.lora_A.weight": down,
            f"base_model.model.{name}.lora_B.weight": up,
        }
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def _write_named(file: Path, halves: Halves, down: str, up: str, name_of: Callable[[str], str] = str) -> Path:
    tensors = {f"{name_of(name)}.{down}.weight": pair[0] for name, pair in halves.items()}
    save_file(tensors | {f"{name_of(name)}.{up}.weight": pair[1] for name, pair in halves.items()}, file)
    return file


def _write_kohya(file: Path, halves: Halves, alpha: float) -> Path:
    def flat(name: str) -> str:
        return "lora_unet_" + name.replace(".", "_")

    _write_named(file, halves, "lora_down", "lora_up", flat)
    tensors = load_file(file)
    save_file(tensors | {f"{flat(name)}.alpha": torch.tensor(alpha) for name in halves}, file)
    return file


def test_a_folder_of_peft_changes_the_layers_by_its_rank_and_alpha(
    transformer: QwenImageTransformer2DModel, halves: Halves, tmp_path: Path
) -> None:
    before = _weights(transformer)
    added = add_lora(transformer, _write_peft(tmp_path / "lora", halves), torch.float32)
    assert (added.fused, added.beside) == (len(LAYERS), 0)
    _check(before, transformer.state_dict(), halves, 3 / RANK)


def test_alphas_of_single_layers_and_the_root_of_the_rank_count_as_peft_has_it(
    transformer: QwenImageTransformer2DModel, halves: Halves, tmp_path: Path
) -> None:
    folder = _write_peft(tmp_path / "lora", halves, use_rslora=True, alpha_pattern={"attn.to_q": 5})
    before = _weights(transformer)
    add_lora(transformer, folder, torch.float32)
    after = transformer.state_dict()
    for name, alpha in ((LAYERS[0], 5), (LAYERS[1], 3)):
        down, up = halves[name]
        wanted = before[f"{name}.weight"] + alpha / RANK**0.5 * up @ down
        torch.testing.assert_close(after[f"{name}.weight"], wanted)


def test_what_peft_itself_saves_gives_the_weights_that_peft_itself_merges(checkpoint: Path, tmp_path: Path) -> None:
    theirs, ours = (QwenImageTransformer2DModel.from_pretrained(checkpoint / "transformer") for _ in range(2))
    torch.manual_seed(3)
    config = LoraConfig(r=4, lora_alpha=8, target_modules=["to_k", "to_add_out", "proj_out"], init_lora_weights=False)
    wrapped = get_peft_model(theirs, config)
    wrapped.save_pretrained(tmp_path)
    add_lora(ours, tmp_path, torch.float32)
    merged = wrapped.merge_and_unload().state_dict()
    assert merged.keys() == ours.state_dict().keys()
    for name, weight in ours.state_dict().items():
        torch.testing.assert_close(weight, merged[name])


def test_what_diffusers_itself_saves_is_scaled_by_what_its_header_says(checkpoint: Path, tmp_path: Path) -> None:
    theirs, ours = (QwenImageTransformer2DModel.from_pretrained(checkpoint / "transformer") for _ in range(2))
    torch.manual_seed(3)
    theirs.add_adapter(LoraConfig(r=4, lora_alpha=6, target_modules=["to_k", "add_q_proj"], init_lora_weights=False))
    QwenImageLayeredPipeline.save_lora_weights(
        tmp_path,
        get_peft_model_state_dict(theirs, adapter_name="default"),
        transformer_lora_adapter_metadata=theirs.peft_config["default"].to_dict(),
    )
    add_lora(ours, tmp_path, torch.float32)
    theirs.fuse_lora()
    theirs.unload_lora()
    for name, weight in ours.state_dict().items():
        torch.testing.assert_close(weight, theirs.state_dict()[name])


@pytest.mark.parametrize(
    ("down", "up", "prefix"),
    [
        ("lora_A", "lora_B", "transformer."),
        ("lora_A.default", "lora_B.default", ""),
        ("lora_down", "lora_up", "diffusion_model."),
        ("lora.down", "lora.up", ""),
    ],
    ids=["diffusers", "DiffSynth", "ComfyUI", "older"],
)
def test_a_file_without_an_alpha_changes_the_layers_as_it_is(
    transformer: QwenImageTransformer2DModel, halves: Halves, tmp_path: Path, down: str, up: str, prefix: str
) -> None:
    before = _weights(transformer)
    file = _write_named(tmp_path / "model.safetensors", halves, down, up, lambda name: prefix + name)
    add_lora(transformer, file, torch.float32)
    _check(before, transformer.state_dict(), halves, 1.0)


def test_names_with_underscores_for_dots_find_their_layers(
    transformer: QwenImageTransformer2DModel, halves: Halves, tmp_path: Path
) -> None:
    before = _weights(transformer)
    add_lora(transformer, _write_kohya(tmp_path / "kohya.safetensors", halves, alpha=1.0), torch.float32)
    _check(before, transformer.state_dict(), halves, 1 / RANK)


def test_the_same_file_gives_the_same_bytes(checkpoint: Path, halves: Halves, tmp_path: Path) -> None:
    folder = _write_peft(tmp_path / "lora", halves)
    first, again = (
        QwenImageTransformer2DModel.from_pretrained(checkpoint / "transformer", torch_dtype=torch.bfloat16)
        for _ in range(2)
    )
    for each in (first, again):
        add_lora(each, folder, torch.bfloat16)
    assert all(
        torch.equal(one, other)
        for one, other in zip(first.state_dict().values(), again.state_dict().values(), strict=True)
    )


def _in_4_bits(folder: Path) -> QwenImageTransformer2DModel:
    transformer = QwenImageTransformer2DModel.from_pretrained(folder)
    for name in LAYERS:
        plain = transformer.get_submodule(name)
        layer = Linear4bit(plain.in_features, plain.out_features, quant_type="nf4", compute_dtype=torch.float32)
        layer.load_state_dict(plain.state_dict())
        transformer.set_submodule(name, layer.to("cpu"))
    return transformer


def _in_8_bits(folder: Path) -> QwenImageTransformer2DModel:
    return QwenImageTransformer2DModel.from_pretrained(
        folder, quantization_config=TorchAoConfig(Int8WeightOnlyConfig()), torch_dtype=torch.float32
    )


@pytest.mark.parametrize("quantised", [_in_4_bits, _in_8_bits], ids=["bitsandbytes", "torchao"])
def test_quantised_weights_stay_and_the_change_is_added_to_what_they_give(
    checkpoint: Path, halves: Halves, tmp_path: Path, quantised: Callable[[Path], QwenImageTransformer2DModel]
) -> None:
    transformer = quantised(checkpoint / "transformer")
    name = LAYERS[0]
    layer = transformer.get_submodule(name)
    values = torch.randn(1, 5, layer.in_features)
    before = layer(values)
    added = add_lora(transformer, _write_peft(tmp_path / "lora", halves), torch.float32)
    assert (added.fused, added.beside) == (0, len(LAYERS))
    wrapped = transformer.get_submodule(name)
    assert isinstance(wrapped, Beside)
    assert wrapped.layer is layer
    down, up = halves[name]
    torch.testing.assert_close(wrapped(values), before + 3 / RANK * values @ down.T @ up.T, rtol=1e-4, atol=1e-4)


def test_a_change_beside_a_layer_does_not_overflow_in_half_precision(halves: Halves) -> None:
    down, up = halves[LAYERS[0]]
    layer = torch.nn.Linear(48, 48)
    beside = Beside(layer, Change(LAYERS[0], False, down, up, 0.5), torch.float16, torch.device("cpu"))
    values = torch.full((1, 48), 1e6)
    wanted = layer(values) + 0.5 * values @ down.T @ up.T
    halve(beside)
    torch.testing.assert_close(beside(values), wanted.detach(), rtol=1e-2, atol=wanted.abs().max().item() * 1e-2)


def _foreign(halves: Halves, file: Path) -> Path:
    return _write_named(file, halves, "lora_A", "lora_B", lambda name: name.replace("transformer_blocks", "blocks"))


def _partly_foreign(halves: Halves, file: Path) -> Path:
    return _write_named(file, halves, "lora_A", "lora_B", lambda name: name.replace("to_q", "to_qkv"))


def _larger(halves: Halves, file: Path) -> Path:
    return _write_named(file, {LAYERS[0]: (torch.randn(RANK, 96), torch.randn(96, RANK))}, "lora_A", "lora_B")


def _of_words_too(halves: Halves, file: Path) -> Path:
    _write_named(file, halves, "lora_A", "lora_B")
    save_file(load_file(file) | {"text_encoder.weight": torch.zeros(2)}, file)
    return file


def _halved(halves: Halves, file: Path) -> Path:
    _write_named(file, halves, "lora_A", "lora_B")
    save_file({key: value for key, value in load_file(file).items() if "to_q.lora_B" not in key}, file)
    return file


def _dora(halves: Halves, file: Path) -> Path:
    _write_named(file, halves, "lora_A", "lora_B")
    save_file(load_file(file) | {f"{LAYERS[0]}.dora_scale": torch.zeros(2)}, file)
    return file


def _infinite(halves: Halves, file: Path) -> Path:
    down, up = halves[LAYERS[0]]
    return _write_named(file, {LAYERS[0]: (down, up * torch.inf)}, "lora_A", "lora_B")


def _cut_off(halves: Halves, file: Path) -> Path:
    _write_named(file, halves, "lora_A", "lora_B")
    file.write_bytes(file.read_bytes()[:100])
    return file


def _pickled(halves: Halves, file: Path) -> Path:
    torch.save(dict(halves), file.with_suffix(".bin"))
    return file.parent


def _several(halves: Halves, file: Path) -> Path:
    for name in ("one", "two"):
        _write_named(file.with_name(f"{name}.safetensors"), halves, "lora_A", "lora_B")
    return file.parent


def _absent(halves: Halves, file: Path) -> Path:
    return file


def _loha(halves: Halves, file: Path) -> Path:
    return _write_peft(file.parent, halves, peft_type="LOHA")


def _biased(halves: Halves, file: Path) -> Path:
    return _write_peft(file.parent, halves, bias="all")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (_foreign, r"LoRA of another model: of its 4 layers 4 are not in this one, 'blocks\.0\."),
        (_partly_foreign, r"of its 4 layers 1 are not in this one, '.*to_qkv'"),
        (_larger, r"of another size: .*to_q is 48 × 48, its change 96 × 96"),
        (_of_words_too, r"no plain LoRA: it holds 'text_encoder\.weight'"),
        (_halved, r"half of '.*to_q' is missing"),
        (_dora, "it is a DoRA"),
        (_infinite, "is damaged"),
        (_cut_off, "cannot be read"),
        (_pickled, "a pickle only"),
        (_several, r"several LoRAs \(one\.safetensors, two\.safetensors\)"),
        (_absent, r"no file or folder .*LAMINA_QWEN_ADAPTER"),
        (_loha, "of the kind LOHA"),
        (_biased, "sets bias"),
    ],
)
def test_what_is_not_a_lora_of_this_model_is_refused_and_changes_nothing(
    transformer: QwenImageTransformer2DModel,
    halves: Halves,
    tmp_path: Path,
    write: Callable[[Halves, Path], Path],
    said: str,
) -> None:
    before = _weights(transformer)
    place = write(halves, tmp_path / "lora.safetensors")
    with pytest.raises(ModelUnavailable, match=said):
        add_lora(transformer, place, torch.float32)
    assert all(torch.equal(before[name], tensor) for name, tensor in transformer.state_dict().items())
