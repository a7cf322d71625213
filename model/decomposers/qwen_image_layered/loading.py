"""The pipeline, loaded from a folder or the hub and placed on the device."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import QwenImageLayeredPipeline
from huggingface_hub.utils.tqdm import disable_progress_bars
from transformers import Qwen2Tokenizer, Qwen2VLImageProcessorPil, Qwen2VLProcessor

from model.decomposers.qwen_image_layered.half import halve, halve_attention
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.placement import Placement, check_device, placed
from model.decomposers.qwen_image_layered.weights import PARTS, Folder, is_hub_name, looked_at
from model.errors import ModelUnavailable

_logger = logging.getLogger(__name__)


class PictureProcessor(Qwen2VLProcessor):
    """The captioner's processor for pictures only: the one for videos would need torchvision."""

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, chat_template: Any = None) -> None:
        super().__init__(image_processor, tokenizer, chat_template=chat_template)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pipeline that is ready.

    Attributes:
        pipeline: a ``QwenImageLayeredPipeline``.
        source: the weights' name and commit on the hub, or ``"folder"``.
    """

    pipeline: Any
    placement: Placement
    source: str

    def use(self, *names: str) -> None:
        """Bring parts to the device; the others leave it first, unless there is room for all.

        They stay until others are used: the next picture often needs the same.
        """
        if self.placement.sharing == "whole":
            return
        device = self.placement.device
        moved = [part for part in PARTS if part != "transformer" or self.placement.sharing == "by part"]
        for name in moved:
            part = getattr(self.pipeline, name)
            if name not in names and part.device.type == device.type != "cpu":
                part.to("cpu")
                torch.cuda.empty_cache()
        for name in moved:
            if name in names:
                getattr(self.pipeline, name).to(device)


def load(options: Options) -> Loaded:
    """Load the pipeline onto the best device.

    Raises:
        ModelUnavailable: the message says what is missing.
    """
    _quieten()
    weights, revision = options.weights, options.revision
    if is_hub_name(weights):
        check_device()
        path = _fetched(weights, revision)
        source = f"{weights}@{path.name}"
    else:
        path, source = Path(weights).expanduser(), "folder"
    folder = looked_at(path)
    placement = placed(folder, options.precision == "fp16")
    try:
        pipeline = assembled(folder, placement)
    except torch.OutOfMemoryError as error:
        raise ModelUnavailable(f"The GPU has not enough memory free for the weights: {_first_line(error)}") from None
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelUnavailable(
            f"The weights in {str(path)!r} cannot be loaded ({_first_line(error)}); copy or download them anew."
        ) from error
    return Loaded(pipeline, placement, source)


def _fetched(name: str, revision: str) -> Path:
    _logger.info("looking for the weights, fetching what is not here", extra={"weights": name, "revision": revision})
    try:
        return Path(QwenImageLayeredPipeline.download(name, revision=revision, use_safetensors=True))
    except (OSError, ValueError) as error:  # the hub's own errors are OSErrors
        raise ModelUnavailable(
            f"The weights {name!r}, revision {revision!r}, cannot be had from the hub ({_first_line(error)}). Run "
            f"`hf download {name} --revision {revision}` where there is a network, or name a folder in "
            "LAMINA_QWEN_WEIGHTS."
        ) from error


def assembled(folder: Folder, placement: Placement) -> Any:
    """The pipeline with its parts in the wanted numbers, at the wanted place."""
    pipeline = QwenImageLayeredPipeline.from_pretrained(  # type: ignore[no-untyped-call]
        folder.path,
        processor=_processor(folder.path),
        dtype=getattr(torch, placement.numbers),
        use_safetensors=True,
        local_files_only=True,
    )
    pipeline.set_progress_bar_config(disable=True)
    pipeline.vae.enable_slicing()  # one layer at a time: the same pixels, a fraction of the memory
    _make_greedy(pipeline.text_encoder)
    if placement.numbers == "float16":
        halve(pipeline.text_encoder)
        halve(pipeline.transformer)
        halve_attention(pipeline.transformer)
        pipeline.vae.float()
    if placement.sharing == "whole":
        pipeline.to(placement.device)
    elif placement.sharing == "by layer":
        pipeline.transformer.enable_group_offload(onload_device=placement.device, offload_type="leaf_level")
    return pipeline


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


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
