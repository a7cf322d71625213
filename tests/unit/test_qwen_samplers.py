"""The numerics of sampling on fields that have a known solution; no model."""

import math
from itertools import pairwise

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.sampling.guidance import guided, guided_steps
from model.decomposers.qwen_image_layered.sampling.method import Method, SamplerName
from model.decomposers.qwen_image_layered.sampling.pace import Pace
from model.decomposers.qwen_image_layered.sampling.samplers import SAMPLERS
from model.decomposers.qwen_image_layered.sampling.schedule import Schedule, schedule_of
from model.decomposers.qwen_image_layered.sampling.step_cache import StepCache, asked_steps


def _even(steps: int) -> Schedule:
    sigmas = torch.linspace(1, 0, steps + 1, dtype=torch.float64).float()
    return Schedule(tuple(sigmas.tolist()), sigmas[:-1], sigmas[1:] - sigmas[:-1])


def _end(sampler: SamplerName, steps: int) -> float:
    """x(0) of dx/dσ = x · cos 3σ from x(1) = 1."""
    schedule = _even(steps)
    ways = SAMPLERS[sampler](torch.ones(1), schedule, lambda x, index: x * math.cos(3 * schedule.sigmas[index]))
    return float(list(ways)[-1])


@pytest.mark.parametrize(("sampler", "order"), [("euler", 1), ("heun", 2)])
def test_the_error_falls_with_the_order_of_the_sampler(sampler: SamplerName, order: int) -> None:
    truth = math.exp(-math.sin(3) / 3)
    errors = [abs(_end(sampler, steps) - truth) for steps in (16, 32, 64)]
    assert [math.log2(coarse / fine) for coarse, fine in pairwise(errors)] == pytest.approx([order] * 2, abs=0.2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_euler_is_the_schedulers_step_bit_for_bit(dtype: torch.dtype) -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=0.02)
    schedule = schedule_of(scheduler, 12, 1600, torch.device("cpu"), dtype)
    noise, *answers = torch.randn(13, 1, 40, 64, generator=torch.Generator().manual_seed(3)).to(dtype)
    ours = list(SAMPLERS["euler"](noise, schedule, lambda x, index: answers[index]))
    theirs = noise
    scheduler.set_begin_index(0)
    for index, time in enumerate(scheduler.timesteps):
        assert torch.equal(schedule.times[index : index + 1], time.expand(1).to(dtype) / 1000)
        theirs = scheduler.step(answers[index], time, theirs, return_dict=False)[0]
        assert torch.equal(ours[index], theirs)
        assert ours[index].dtype == dtype


def test_a_forecast_continues_a_line_exactly_however_uneven_the_steps() -> None:
    sigmas = [1.0, 0.99, 0.97, 0.94, 0.9, 0.84, 0.76, 0.66, 0.54, 0.4, 0.22, 0.0]
    asked = asked_steps(sigmas, 2)
    cache = StepCache(sigmas, asked, 2)

    def line(index: int) -> torch.Tensor:
        return torch.tensor([3.0, -2.0]) * sigmas[index] + 1

    answers = [cache.answer(index, lambda index=index: line(index)) for index in range(11)]
    torch.testing.assert_close(torch.stack(answers), torch.stack([line(index) for index in range(11)]))
    assert cache.forwards == len(asked)
    assert len(asked) < 11


def test_the_model_is_asked_at_both_ends_and_no_forecast_reaches_far() -> None:
    sigmas = [(1 - step / 50) ** 0.5 for step in range(51)]
    asked = asked_steps(sigmas, 2)
    assert {0, 1, 2, 3, 48, 49} <= asked
    assert max(later - earlier for earlier, later in pairwise(sorted(asked))) == 3
    few = [1 - step / 6 for step in range(7)]
    assert asked_steps(few, 2) == frozenset(range(6))
    assert asked_steps(sigmas, 0) == frozenset(range(50))


@pytest.mark.parametrize("tokens", [1600, 4096], ids=["640 px", "1024 px"])
def test_fast_is_left_with_37_of_100_forwards_on_the_schedules_of_the_real_weights(tokens: int) -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=0.02)
    schedule = schedule_of(scheduler, 50, tokens, torch.device("cpu"), torch.bfloat16)
    asked = asked_steps(schedule.sigmas, Method.fast().reuse)
    guided_asked = asked & set(guided_steps(Method.fast().guided, 50))
    assert (len(asked), len(guided_asked)) == (21, 16)


def test_an_answer_is_asked_for_until_a_line_can_be_drawn() -> None:
    sigmas = [1 - step / 100 for step in range(101)]
    late = StepCache(sigmas, frozenset(), 2)
    for index in range(10, 14):
        late.answer(index, lambda: torch.zeros(1))
    assert late.forwards == 2


def test_guidance_keeps_each_tokens_length_and_scale_one_is_the_prompt_alone() -> None:
    prompted, negative = torch.randn(2, 1, 5, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(guided(prompted, negative, 4.0).norm(dim=-1), prompted.norm(dim=-1))
    torch.testing.assert_close(guided(prompted, negative, 1.0), prompted)
    assert not torch.allclose(guided(prompted, negative, 4.0), prompted)


def test_a_share_of_the_steps_is_whole_steps() -> None:
    assert list(guided_steps((0.0, 1.0), 3)) == [0, 1, 2]
    assert list(guided_steps((0.25, 0.75), 4)) == [1, 2]
    assert list(guided_steps((0.0, 0.0), 4)) == []


@pytest.mark.parametrize(("changes", "said"), [({"guided": (0.8, 0.2)}, "0.8..0.2"), ({"reuse": -1}, "not -1")])
def test_a_method_that_makes_no_sense_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Method(**changes)  # type: ignore[arg-type]


def test_the_method_follows_the_options_and_exact_is_what_nothing_is_said_of() -> None:
    assert Method.of(Options()) == Method.exact() == Method()
    assert Method.of(Options(speed="fast")) == Method.fast() != Method.exact()


def test_on_a_cpu_a_step_is_told_when_it_is_done() -> None:
    told: list[tuple[int, bool]] = []
    pace = Pace(torch.device("cpu"), 3, lambda step, finite: told.append((step, finite)))
    for latents in (torch.zeros(2), torch.tensor([0.0, math.inf]), torch.tensor([math.nan, 0.0])):
        pace.step(latents)
    assert told == [(1, True), (2, False), (3, False)]
    pace.finish()
    assert len(told) == 3
