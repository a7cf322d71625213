"""Captions and the embeddings of prompts: each is made once and kept, as the text encoder is a third of the model."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import torch

from model.decomposers.base import Parameters
from model.decomposers.qwen_image_layered.loading import Loaded
from model.decomposers.qwen_image_layered.pictures.frame import Frame

MAX_TOKENS = 512
_KEPT = 64
_NOTHING = " "
"""Stands for no prompt: with none at all the pipeline silently leaves the guidance off."""
_NO_CAPTION = "An image."
"""Where the captioner says nothing: with a blank prompt the pipeline would ask it again."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Embedding:
    """``values`` is ``(1, tokens, width)``, ``mask`` ``(1, tokens)``, both in main memory."""

    values: torch.Tensor
    mask: torch.Tensor


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the layers should show and, where there is guidance, what they should not."""

    prompt: Embedding
    negative: Embedding | None


class Words:
    """The text encoder's work for one loaded model.

    Args:
        captions: those that were made before, with other weights maybe.
    """

    def __init__(self, loaded: Loaded, captions: "Captions | None" = None) -> None:
        self._loaded = loaded
        self._captions = captions or Captions()
        self._embeddings: _Kept[Embedding] = _Kept()

    def caption(self, frame: Frame, on_word: Callable[[], None]) -> str:
        """What the picture shows, in English, never blank; the same for the same picture.

        ``on_word`` is called before each word is made; what it raises ends the captioning.
        """
        key = hashlib.sha256(repr(frame.shown.size).encode() + frame.shown.tobytes()).hexdigest()
        on_word()
        return self._captions.get(key, lambda: self._captioned(frame, on_word))

    def guidance(self, prompt: str, parameters: Parameters) -> Guidance:
        """The embeddings for one request; the negative one only where the guidance scale makes use of it."""
        negative = (parameters.negative_prompt or "").strip() or _NOTHING
        guided = parameters.guidance_scale > 1
        return Guidance(self._embedding(prompt), self._embedding(negative) if guided else None)

    def _captioned(self, frame: Frame, on_word: Callable[[], None]) -> str:
        self._loaded.use("text_encoder")
        pipeline = self._loaded.pipeline
        # `generate` goes through the encoder's forward once a word.
        hook = pipeline.text_encoder.register_forward_pre_hook(lambda *_: on_word())
        try:
            with torch.no_grad():
                text = pipeline.get_image_caption(frame.shown, use_en_prompt=True, device=self._loaded.placement.device)
        finally:
            hook.remove()
        return str(text) or _NO_CAPTION

    def _embedding(self, prompt: str) -> Embedding:
        return self._embeddings.get(prompt, lambda: self._embedded(prompt))

    def _embedded(self, prompt: str) -> Embedding:
        self._loaded.use("text_encoder")
        with torch.no_grad():
            values, mask = self._loaded.pipeline.encode_prompt(
                prompt, device=self._loaded.placement.device, max_sequence_length=MAX_TOKENS
            )
        if mask is None:  # all words count
            mask = torch.ones(values.shape[:2], dtype=torch.long)
        return Embedding(values.cpu(), mask.cpu())


class _Kept(Generic[_Value]):
    """The values last used."""

    def __init__(self, size: int = _KEPT) -> None:
        self._size = size
        self._values: OrderedDict[Any, _Value] = OrderedDict()

    def get(self, key: Any, make: Callable[[], _Value]) -> _Value:
        if key not in self._values:
            self._values[key] = make()
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]


class Captions(_Kept[str]):
    """By what identifies the picture."""
