"""``lamina doctor`` tells how qwen-image-layered fits a GPU, for GPUs of every size without having one."""

import json
from pathlib import Path
from typing import get_args

import pytest

from app.cli.checks.check import Check
from app.cli.checks.gpu import Gpu, Seen, check_compiler, judged, seen_by_torch
from app.cli.checks.weights import check_weights, parts_of
from app.settings import Settings
from model.decomposers.qwen_image_layered.device.plan import Machine, planned
from model.decomposers.qwen_image_layered.options import Memory, Precision
from model.decomposers.qwen_image_layered.weights.folder import PARTS, PIPELINE
from model.decomposers.qwen_image_layered.weights.sizes import REAL, Parts, in_gb
from model.errors import ModelUnavailable
from tests.safetensors_of_zeros import weights_of

ROOT = Path(__file__).resolve().parents[2]
GIB = 2**30
HOPPER, ADA, AMPERE, TURING = (9, 0), (8, 9), (8, 0), (7, 5)
MUCH = 256 * GIB
TINY = Parts(200_000, 100_000, 50_000)


def _gpu(gib: float, capability: tuple[int, int] = ADA, taken_gib: float = 0.5) -> Gpu:
    return Gpu("NVIDIA Test", int(gib * GIB), int((gib - taken_gib) * GIB), capability, capability >= (8, 0))


def _judged(gpu: Gpu, host_free_bytes: int = MUCH, **chosen: object) -> Check:
    settings = Settings.model_validate({"models": "qwen-image-layered", **chosen})
    check, *_ = judged(Seen("13.0", (gpu,)), settings, REAL, host_free_bytes)
    return check


@pytest.mark.parametrize(
    ("gib", "expected"), [(140, "whole"), (79, "whole"), (47, "turns"), (31, "streamed"), (24, "streamed")]
)
def test_the_memory_mode_is_told_with_what_it_needs_and_what_is_free(gib: int, expected: str) -> None:
    check = _judged(_gpu(gib))
    assert check.state == "ok"
    assert f"NVIDIA Test, {gib * GIB / 1e9:.0f} GB: {expected} in bfloat16; needs " in check.detail
    assert f"{(gib - 0.5) * GIB / 1e9:.0f} GB free" in check.detail
    assert ("of main memory, 275 GB free" in check.detail) is (expected != "whole")


def test_a_smaller_precision_that_would_fit_is_named_by_its_setting() -> None:
    check = _judged(_gpu(24), host_free_bytes=40 * GIB)
    assert check.state == "missing"
    assert "of main memory; 43 GB are free" in check.detail
    assert check.remedy.startswith("LAMINA_QWEN_PRECISION=fp8 would fit, turns in fp8")
    chosen = _judged(_gpu(24), host_free_bytes=40 * GIB, qwen_precision="fp8")
    assert (chosen.state, "turns in fp8" in chosen.detail) == ("ok", True)


def test_a_memory_mode_that_was_asked_for_and_does_not_fit_is_told_from_a_gpu_that_is_too_small() -> None:
    check = _judged(_gpu(47), qwen_memory="whole")
    assert (check.state, check.remedy) == ("missing", "The memory mode auto would fit, turns in bfloat16.")
    hopeless = _judged(_gpu(2), qwen_memory="whole")
    assert (hopeless.state, "classic runs on the CPU" in hopeless.remedy) == ("missing", True)


def test_other_programs_that_hold_the_memory_are_told_from_a_gpu_that_is_too_small() -> None:
    check = _judged(_gpu(79, HOPPER, taken_gib=77))
    assert check.state == "missing"
    assert check.remedy == "83 GB of the GPU's memory are taken; without what holds them it would fit, " + (
        "whole in bfloat16."
    )


def test_a_gpu_without_bfloat16_gets_half_precision() -> None:
    assert "streamed in float16" in _judged(_gpu(24, TURING)).detail
    asked = _judged(_gpu(24, TURING), qwen_precision="bf16")
    assert (asked.state, "LAMINA_QWEN_PRECISION=fp16" in asked.remedy) == ("missing", True)


def test_a_gpu_that_stores_fp8_but_cannot_multiply_it_is_told() -> None:
    sentence = "stores fp8 but multiplies in bfloat16"
    assert sentence in _judged(_gpu(79, AMPERE), qwen_precision="fp8").detail
    assert sentence not in _judged(_gpu(79, HOPPER), qwen_precision="fp8").detail


def test_what_does_not_fit_is_optional_until_the_model_is_offered() -> None:
    assert _judged(_gpu(2), models="classic").state == "optional"
    assert _judged(_gpu(2), models="classic,qwen-image-layered").state == "missing"


def test_each_of_several_gpus_has_its_own_line() -> None:
    checks = judged(Seen("13.0", (_gpu(79, HOPPER), _gpu(2))), Settings(models=("qwen-image-layered",)), REAL, MUCH)
    assert [(check.name, check.state) for check in checks[:2]] == [("GPU 0", "ok"), ("GPU 1", "missing")]
    assert [check.name for check in checks[2:]] == ["C compiler"]


@pytest.mark.parametrize(
    ("gib", "models", "wanted"),
    [(79, "qwen-image-layered", True), (47, "qwen-image-layered", True), (24, "qwen-image-layered", False),
     (2, "qwen-image-layered", False), (79, "classic", False)],
)  # fmt: skip
def test_a_c_compiler_is_looked_for_where_kernels_will_be_compiled(gib: int, models: str, wanted: bool) -> None:
    checks = judged(Seen("13.0", (_gpu(gib),)), Settings.model_validate({"models": models}), REAL, MUCH)
    assert ("C compiler" in [check.name for check in checks]) is wanted


def test_a_c_compiler_is_the_one_that_is_named_or_gcc_or_clang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    without = check_compiler()
    assert (without.state, "uncompiled" in without.detail, "apt install gcc" in without.remedy) == (
        "optional", True, True,
    )  # fmt: skip
    for name in ("clang", "gcc"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        found = check_compiler()
        assert (found.state, found.detail) == ("ok", str(tmp_path / name))
    monkeypatch.setenv("CC", "cc-of-mine")
    assert "'cc-of-mine'" in check_compiler().detail


def test_a_build_without_cuda_is_told_from_a_machine_without_a_gpu() -> None:
    settings = Settings(models=("qwen-image-layered",))
    (without_cuda,), (without_gpu,) = (judged(Seen(cuda), settings, REAL, MUCH) for cuda in (None, "13.0"))
    assert (without_cuda.state, without_gpu.state) == ("missing", "missing")
    assert "built without CUDA" in without_cuda.detail
    assert "nvidia-smi" in without_gpu.remedy


def test_weights_of_a_trial_need_no_gpu() -> None:
    (check,) = judged(Seen(None), Settings(models=("qwen-image-layered",)), TINY, MUCH)
    assert (check.state, "in float32" in check.detail) == ("ok", True)


def test_what_torch_says_is_read_from_its_last_line() -> None:
    gpu = {"name": "NVIDIA Test", "total_bytes": 3, "free_bytes": 2, "capability": [9, 0], "has_bfloat16": True}
    said = "a driver's warning\n" + json.dumps({"cuda": "13.0", "gpus": [gpu]}) + "\n"
    assert seen_by_torch(said) == Seen("13.0", (Gpu("NVIDIA Test", 3, 2, (9, 0), True),))


THREE = Parts(*(len(weights_of(size)) for size in (1, 2, 3)))


def _write_weights(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text(json.dumps({"_class_name": PIPELINE}))
    for size, part in enumerate(PARTS, start=1):
        (folder / part).mkdir()
        (folder / part / "model.safetensors").write_bytes(weights_of(size))


def test_weights_are_optional_until_their_model_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    offered = Settings(models=("qwen-image-layered",))
    assert check_weights(Settings()).state == "optional"
    missing = check_weights(offered)
    assert (missing.state, "lamina pull" in missing.remedy) == ("missing", True)
    assert "58 GB, " in missing.detail
    assert str(tmp_path) in missing.detail
    assert parts_of(offered) == REAL


def test_weights_in_the_cache_must_be_of_the_chosen_revision_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    place = tmp_path / "models--Qwen--Qwen-Image-Layered"
    _write_weights(place / "snapshots" / "abc")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("abc")
    assert check_weights(Settings(models=("qwen-image-layered",))).state == "ok"
    assert check_weights(Settings(qwen_revision="abc")).state == "ok"
    assert check_weights(Settings(qwen_revision="abd")).state == "optional"
    assert parts_of(Settings()) == THREE
    cut_off = place / "snapshots" / "abc" / "vae" / "model.safetensors"
    cut_off.write_bytes(weights_of(3)[:-1])
    partly = check_weights(Settings(models=("qwen-image-layered",)))
    assert (partly.state, "vae/model.safetensors" in partly.detail) == ("missing", True)
    cut_off.unlink()
    partly = check_weights(Settings(models=("qwen-image-layered",)))
    assert (partly.state, "vae" in partly.detail, partly.remedy) == ("missing", True, "Run: lamina pull")


def test_a_folder_of_weights_must_hold_the_model(tmp_path: Path) -> None:
    settings = Settings(qwen_weights=str(tmp_path / "weights"))
    assert check_weights(settings).state == "missing"
    _write_weights(tmp_path / "weights")
    assert check_weights(settings).state == "ok"
    assert parts_of(settings) == THREE


def test_an_adapter_on_the_disk_must_be_there(tmp_path: Path) -> None:
    _write_weights(tmp_path / "weights")
    lora = tmp_path / "lora.safetensors"
    settings = Settings(models=("qwen-image-layered",), qwen_weights=str(tmp_path / "weights"), qwen_adapter=str(lora))
    missing = check_weights(settings)
    assert (missing.state, "LAMINA_QWEN_ADAPTER" in missing.detail) == ("missing", True)
    lora.touch()
    assert check_weights(settings).state == "ok"


def memory_table() -> list[str]:
    """What each precision needs in each memory mode, as ``docs/operations.md`` has it."""
    rows = ["| precision | `whole` | `turns` | `streamed` |", "| --- | --- | --- | --- |"]
    for precision in get_args(Precision)[1:]:
        cells = []
        for memory in get_args(Memory)[1:]:
            try:
                plan = planned(Machine(MUCH, MUCH), REAL, precision, memory)
            except ModelUnavailable:
                cells.append("not possible")
                continue
            more = f" + {in_gb(plan.host_bytes)}" if plan.host_bytes else ""
            cells.append(f"{in_gb(plan.device_bytes)}{more}")
        rows.append(f"| `{precision}` | {' | '.join(cells)} |")
    return rows


def test_the_page_on_operations_has_the_figures_that_are_planned_with() -> None:
    assert "\n".join(memory_table()) in (ROOT / "docs" / "operations.md").read_text()


def test_a_model_whose_transformer_comes_with_its_adapter_needs_none_in_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    snapshot = tmp_path / "models--Qwen--Qwen-Image-Layered" / "snapshots" / "main"
    for part in ("text_encoder", "vae"):
        (snapshot / part).mkdir(parents=True)
        (snapshot / part / "model.safetensors").write_bytes(weights_of(5))
    (snapshot / "model_index.json").write_text('{"_class_name": "QwenImageLayeredPipeline"}')
    control = Settings(models=("qwen-image-layered-control",))
    assert check_weights(control).state == "ok"
    assert parts_of(control) == Parts(len(weights_of(5)), REAL.transformer, len(weights_of(5)))
    both = Settings(models=("qwen-image-layered", "qwen-image-layered-control"))
    assert check_weights(both).state == "missing"
