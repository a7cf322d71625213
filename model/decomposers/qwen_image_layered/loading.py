"""The pipeline, loaded from a folder or the hub and arranged on the device."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import (
    AutoencoderKLQwenImage,
    FlowMatchEulerDiscreteScheduler,
    QwenImageLayeredPipeline,
    QwenImageTransformer2DModel,
)
from huggingface_hub.utils.tqdm import disable_progress_bars
from safetensors import SafetensorError
from transformers import (
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Tokenizer,
    Qwen2VLImageProcessorPil,
    Qwen2VLProcessor,
)

from model.decomposers.qwen_image_layered.adapters.adapted import adapted, brought_by, patterns_without
from model.decomposers.qwen_image_layered.adapters.known import adapter_of
from model.decomposers.qwen_image_layered.adapters.lora import Lora
from model.decomposers.qwen_image_layered.device import kernels
from model.decomposers.qwen_image_layered.device.arrange import Arrangement
from model.decomposers.qwen_image_layered.device.half import halve, halve_attention
from model.decomposers.qwen_image_layered.device.memory import free
from model.decomposers.qwen_image_layered.device.placement import Placement, check_device, this_device, this_machine
from model.decomposers.qwen_image_layered.device.plan import Plan, planned
from model.decomposers.qwen_image_layered.device.quantise import check_packages, quantise
from model.decomposers.qwen_image_layered.device.tables import keep_few_tables
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.weights.fetch import fetched, first_line, listed
from model.decomposers.qwen_image_layered.weights.folder import PARTS, Folder, is_hub_name, looked_at
from model.decomposers.qwen_image_layered.weights.sizes import REAL
from model.errors import ModelUnavailable

_logger = logging.getLogger(__name__)

_CLASSES: Mapping[str, Any] = {
    "text_encoder": Qwen2_5_VLForConditionalGeneration,
    "transformer": QwenImageTransformer2DModel,
    "vae": AutoencoderKLQwenImage,
}


class PictureProcessor(Qwen2VLProcessor):
    """The captioner's processor for pictures only: the one for videos would need torchvision."""

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, chat_template: Any = None) -> None:
        super().__init__(image_processor, tokenizer, chat_template=chat_template)  # type: ignore[no-untyped-call]


class Loaded:
    """A pipeline that is ready.

    Attributes:
        pipeline: a ``QwenImageLayeredPipeline``.
        placement: the device, and the plan that is followed now.
        source: the weights' name and commit on the hub, or ``"folder"``.
    """

    def __init__(self, pipeline: Any, placement: Placement, source: str) -> None:
        self.pipeline, self.placement, self.source = pipeline, placement, source
        keep_few_tables(pipeline.transformer)
        self._arrangement = Arrangement({name: getattr(pipeline, name) for name in PARTS}, placement.device)
        self.arrange(placement.plan)

    def use(self, *names: str) -> None:
        """Bring parts to the device; the others leave it first, unless there is room for all.

        They stay until others are used: the next picture often needs the same.
        """
        self._arrangement.use(*names)

    def arrange(self, plan: Plan) -> None:
        """Follow another plan, of the same numbers, from now on.

        What has to be compiled for it is compiled here, so that no picture waits for that.
        """
        self.placement = Placement(self.placement.device, plan)
        self._arrangement.arrange(plan)
        if kernels.prepare(self.pipeline.transformer, self.placement):
            self.use("transformer")
            kernels.warm(self.pipeline.transformer)
            self.use()


def load(options: Options) -> Loaded:
    """Load the pipeline the fastest way that fits.

    Raises:
        ModelUnavailable: the message says what is missing.
    """
    folder, source = located(options)
    plan = planned(this_machine(), folder.parts, options.precision, options.memory)
    return loaded(folder, source, plan)


def located(options: Options) -> tuple[Folder, str]:
    """The weights on the disk, the adapter's with them, and what to call them.

    From the hub they are fetched only if this machine could run them.

    Raises:
        ModelUnavailable: there are none, or they cannot be fetched, or they would not fit.
    """
    adapter = adapter_of(options.adapter)
    if not is_hub_name(options.weights):
        folder = looked_at(Path(options.weights).expanduser(), brought_by(adapter))
        return adapted(folder, adapter), "folder"
    check_device()
    patterns = patterns_without(brought_by(adapter))
    listing = listed(options.weights, options.revision, patterns)
    if listing is not None:
        parts = listing.parts if listing.parts.transformer else replace(listing.parts, transformer=REAL.transformer)
        planned(this_machine(), parts, options.precision, options.memory)
        _logger.info(
            "weights on the hub",
            extra={"weights": options.weights, "commit": listing.commit, "missing_bytes": listing.missing_bytes},
        )
    path = fetched(options.weights, options.revision, patterns=patterns)
    folder = adapted(looked_at(path, brought_by(adapter)), adapter)
    return folder, f"{options.weights}@{path.name}"


def loaded(folder: Folder, source: str, plan: Plan) -> Loaded:
    """Follow the plan.

    Raises:
        ModelUnavailable: a file is damaged, or there was less memory than it seemed.
    """
    _quieten()
    if plan.quantised:
        check_packages(plan.quantised)
    device = this_device()
    try:
        ready = Loaded(assembled(folder, device, plan), Placement(device, plan), source)
    except torch.OutOfMemoryError as error:
        raise ModelUnavailable(f"The GPU has not enough memory free for the weights: {first_line(error)}") from None
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(
            f"The weights in {str(folder.path)!r} cannot be loaded ({first_line(error)}); copy or download them anew."
        ) from error
    free()  # what quantising took in passing
    _logger.info("the weights are loaded", extra={"weights": source, "memory": plan.sharing, "plan": str(plan)})
    return ready


def assembled(folder: Folder, device: torch.device, plan: Plan) -> Any:
    """The pipeline with its parts in the planned numbers; on the device, if they all stay there."""
    home = device if plan.sharing == "whole" else torch.device("cpu")
    parts = {name: _part(folder, name, device, home, plan) for name in PARTS}
    parts["scheduler"] = FlowMatchEulerDiscreteScheduler.from_pretrained(  # type: ignore[no-untyped-call]
        folder.path / "scheduler", local_files_only=True
    )
    pipeline: Any = QwenImageLayeredPipeline(  # type: ignore[no-untyped-call]
        tokenizer=Qwen2Tokenizer.from_pretrained(folder.path / "tokenizer", local_files_only=True),
        processor=_processor(folder.path),
        **parts,
    )
    pipeline.set_progress_bar_config(disable=True)
    pipeline.vae.enable_slicing()  # one layer at a time: the same pixels, a fraction of the memory
    _make_greedy(pipeline.text_encoder)
    return pipeline


def _part(folder: Folder, name: str, device: torch.device, home: torch.device, plan: Plan) -> Any:
    """One part, at home.

    Files are mapped into memory, not read: what is to be quantised comes from there matrix by matrix.
    """
    is_plain = plan.quantised is None or name in folder.quantised
    part = _CLASSES[name].from_pretrained(
        folder.place_of(name),
        dtype=getattr(torch, plan.numbers),
        device_map={"": home if is_plain else torch.device("cpu")},
        use_safetensors=True,
        local_files_only=True,
    )
    lora = Lora(part, folder.lora) if name == "transformer" and folder.lora else None
    if not is_plain and plan.quantised:
        quantise(part, name, plan.quantised, device, home, lora.fuse if lora else None)
        part.to(home)
    if lora:
        lora.add_rest(part, getattr(torch, plan.numbers))
        _logger.info("a LoRA was added", extra={"fused_layers": lora.fused, "layers_beside": lora.beside})
    if plan.numbers == "float16":
        if name == "vae":
            part.float()
        else:
            halve(part)
    if plan.numbers == "float16" and name == "transformer":
        halve_attention(part)
    return part.eval()


def _processor(path: Path) -> PictureProcessor:
    images = Qwen2VLImageProcessorPil.from_pretrained(path / "processor", local_files_only=True)
    return PictureProcessor(images, Qwen2Tokenizer.from_pretrained(path / "tokenizer", local_files_only=True))


def _make_greedy(text_encoder: Any) -> None:
    """The likeliest word, always: the same picture has the same caption."""
    settings = text_encoder.generation_config
    settings.do_sample = False
    settings.temperature = settings.top_p = settings.top_k = None


def _quieten() -> None:
    """The libraries' messages go where ours go, and nothing draws progress bars into the log."""
    for library in (diffusers, transformers):
        library.utils.logging.disable_default_handler()
        library.utils.logging.enable_propagation()
        library.utils.logging.disable_progress_bar()
    disable_progress_bars()
