"""The plan is arithmetic: what fits where, and what is said where nothing fits."""

import subprocess
import sys
from pathlib import Path

import pytest

from model.decomposers.qwen_image_layered.device.plan import (
    CPU_BYTES,
    Machine,
    enough_for,
    next_smaller,
    planned,
    wider,
)
from model.decomposers.qwen_image_layered.options import Precision
from model.decomposers.qwen_image_layered.weights.sizes import REAL, Asked, Parts, working_bytes
from model.errors import ModelUnavailable

GB = 10**9
ROOT = Path(__file__).resolve().parents[2]


def _machine(gpu_gb: float | None, host_gb: float = 128, has_bfloat16: bool = True) -> Machine:
    return Machine(None if gpu_gb is None else int(gpu_gb * GB), int(host_gb * GB), has_bfloat16)


@pytest.mark.parametrize(
    ("gpu_gb", "precision", "sharing"),
    [
        (80, "auto", "whole"),
        (48, "auto", "turns"),
        (24, "auto", "streamed"),
        (16, "auto", "streamed"),
        (12, "auto", "streamed"),
        (80, "fp16", "whole"),
        (48, "fp8", "whole"),
        (24, "fp8", "streamed"),
        (24, "4bit", "whole"),
        (16, "4bit", "turns"),
    ],
)
def test_the_real_weights_share_a_card_by_its_free_memory(gpu_gb: int, precision: Precision, sharing: str) -> None:
    assert planned(_machine(gpu_gb), precision=precision).sharing == sharing


def test_numbers_follow_the_card_and_auto_never_quantises() -> None:
    for gpu_gb in (80, 48, 24, 12):
        plan = planned(_machine(gpu_gb))
        assert (plan.numbers, plan.quantised) == ("bfloat16", None)
    assert planned(_machine(80, has_bfloat16=False)).numbers == "float16"
    with pytest.raises(ModelUnavailable, match=r"no bfloat16, which the precision fp8 needs; use fp16"):
        planned(_machine(80, has_bfloat16=False), precision="fp8")


def test_a_larger_request_needs_more_and_is_planned_smaller() -> None:
    large = Asked(1024, 10)
    assert working_bytes(large) > 3 * working_bytes(Asked(640, 4))
    assert working_bytes(Asked(1024, 1), tiled=True) < working_bytes(Asked(1024, 1))
    assert planned(_machine(64), asked=Asked(640, 4)).sharing == "whole"
    assert planned(_machine(64), asked=large).sharing == "turns"


def test_a_wished_mode_is_kept_or_refused() -> None:
    assert planned(_machine(80), memory="turns").sharing == "turns"
    with pytest.raises(ModelUnavailable, match=r"48 GB free; .*whole in bfloat16, needs 62 GB\. The precision fp8"):
        planned(_machine(48), memory="whole")
    with pytest.raises(ModelUnavailable, match=r"4 bits, .*cannot be streamed.* memory mode turns"):
        planned(_machine(24), precision="4bit", memory="streamed")


def test_a_text_encoder_larger_than_the_card_is_streamed_too() -> None:
    assert not planned(_machine(24)).words_streamed
    assert planned(_machine(16)).words_streamed


def test_too_little_main_memory_is_refused_with_figures_and_a_way_out() -> None:
    with pytest.raises(
        ModelUnavailable, match=r"streamed in bfloat16, needs 58 GB of main memory; 40 GB are free\. The precision fp8"
    ):
        planned(_machine(24, host_gb=40))
    assert planned(_machine(80, host_gb=8)).sharing == "whole"


def test_a_card_too_small_for_anything_is_refused_with_figures() -> None:
    with pytest.raises(ModelUnavailable, match=r"4\.0 GB free; .* needs 6\.9 GB, and 62 GB to be quick\.$"):
        planned(_machine(4))


def test_each_plan_has_a_smaller_one_until_the_last() -> None:
    plan, seen = planned(_machine(80)), []
    needed = [plan.device_bytes]
    while (smaller := next_smaller(plan)) is not None:
        plan = smaller
        seen.append((plan.sharing, plan.tiled, plan.words_streamed))
        needed.append(plan.device_bytes)
    assert seen == [("turns", False, False), ("streamed", False, False), ("streamed", True, True)]
    assert needed == sorted(needed, reverse=True)


def test_weights_in_four_bits_take_turns_at_the_least() -> None:
    plan = next_smaller(planned(_machine(80), precision="4bit"))
    assert plan is not None
    assert plan.sharing == "turns"
    assert next_smaller(plan) is None


def test_weights_that_are_quantised_on_the_disk_are_counted_as_they_are() -> None:
    stored = Parts(REAL.text_encoder, 20 * GB, REAL.vae, frozenset({"transformer"}))
    assert stored.loaded("bfloat16", "fp8").transformer == 20 * GB
    assert planned(_machine(48), stored).sharing == "whole"
    assert planned(_machine(36), stored).sharing == "turns"
    with pytest.raises(ModelUnavailable, match="24 GB free"):  # it cannot be streamed
        planned(_machine(24), stored)


def test_only_small_weights_run_on_a_cpu_in_float32_and_as_wished() -> None:
    small = Parts(2**20, 2**20, 2**20)
    plan = planned(_machine(None), small, memory="turns")
    assert (plan.numbers, plan.sharing) == ("float32", "turns")
    assert planned(_machine(None), small, "fp16").numbers == "float16"
    assert planned(_machine(None), small, "4bit").quantised == "4bit"
    with pytest.raises(ModelUnavailable, match="needs an NVIDIA GPU"):
        planned(_machine(None))
    with pytest.raises(ModelUnavailable, match=r"need 4\.0 GB of main memory; 1\.0 GB are free"):
        planned(_machine(None, host_gb=1), Parts(0, 2 * GB, 0))
    assert REAL.total() > CPU_BYTES > 2 * GB


def test_a_request_that_needs_more_than_was_planned_for_runs_in_a_smaller_mode() -> None:
    machine = _machine(64)
    plan = planned(machine)
    assert enough_for(plan, machine, REAL, Asked()) == plan
    assert enough_for(plan, machine, REAL, Asked(1024, 10)).sharing == "turns"
    small = _machine(8)
    last = enough_for(planned(small), small, REAL, Asked(1024, 10))
    assert (last.sharing, last.tiled) == ("streamed", True)


@pytest.mark.parametrize(
    ("precision", "machine", "expected"),
    [
        ("fp8", _machine(48), ("bfloat16", None)),
        ("4bit", _machine(24), ("bfloat16", None)),
        ("fp16", _machine(80), ("bfloat16", None)),
        ("fp16", _machine(80, has_bfloat16=False), ("float32", None)),
        ("bf16", _machine(80), None),
    ],
)
def test_numbers_that_overflow_have_wider_ones_up_to_bfloat16(
    precision: Precision, machine: Machine, expected: tuple[str, None] | None
) -> None:
    found = wider(planned(machine, precision=precision), machine, REAL)
    assert (found and (found.numbers, found.quantised)) == expected


def test_wider_numbers_that_do_not_fit_are_none() -> None:
    machine = _machine(48, host_gb=20)
    assert wider(planned(machine, precision="fp8"), machine, REAL) is None


def test_a_plan_says_what_it_does() -> None:
    assert str(planned(_machine(48))) == ("turns in bfloat16: the text encoder leaves the device after the caption")


def test_planning_loads_no_pytorch() -> None:
    asked = "import sys; import model.decomposers.qwen_image_layered.device.plan; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
