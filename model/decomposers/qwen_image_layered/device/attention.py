"""The transformer's attention in real numbers, for compiled blocks.

diffusers turns queries and keys by complex multiplications, for which compilers generate no code: each becomes a kernel
of its own, with its operands written to memory and read again. In real numbers the turn is one with the normalisation
before and the concatenation after. The mathematics is the same, the last bit of float32 may differ.
"""

from collections.abc import Callable
from typing import Any

import torch
from diffusers.models.attention_dispatch import AttentionBackendName, dispatch_attention_fn

_HEAD_WIDTH = 128


def use_real_numbers(transformer: Any) -> Callable[[], None]:
    """Replace the attention of all blocks; weights, and hooks on the modules, stay. What is returned undoes it."""
    before = [(block.attn, block.attn.processor) for block in transformer.transformer_blocks]
    for attention, _ in before:
        attention.set_processor(RealAttention())
    hook = transformer.pos_embed.register_forward_hook(_in_real_numbers)

    def undo() -> None:
        hook.remove()
        for attention, processor in before:
            attention.set_processor(processor)

    return undo


def use_backend(transformer: Any, name: str | None) -> None:
    """Have all blocks attend by a kernel that diffusers knows by this name; ``None`` leaves it to PyTorch.

    diffusers' own ``set_attention_backend`` changes it for every model of the process as well.
    """
    for block in transformer.transformer_blocks:
        block.attn.processor._attention_backend = AttentionBackendName(name) if name else None


def backend_works(name: str, device: torch.device, dtype: torch.dtype) -> bool:
    """Whether the device and its libraries have the kernel: tried on a few tokens."""
    tokens = torch.ones(1, 64, 2, _HEAD_WIDTH, device=device, dtype=dtype)
    try:
        answer = dispatch_attention_fn(tokens, tokens, tokens, backend=AttentionBackendName(name))
        return bool(torch.isfinite(answer).all())
    except (RuntimeError, ValueError, TypeError):
        return False


def turned(values: torch.Tensor, turns: torch.Tensor) -> torch.Tensor:
    """Each pair of neighbours turned in its plane.

    Args:
        values: ``(1, tokens, heads, width)``.
        turns: ``(tokens, width / 2, 2)`` float32, cosine and sine.
    """
    cosine, sine = turns.unsqueeze(1).unbind(-1)
    right, up = values.float().reshape(*values.shape[:-1], -1, 2).unbind(-1)
    pairs = torch.stack((right * cosine - up * sine, right * sine + up * cosine), dim=-1)
    return pairs.flatten(-2).type_as(values)


class RealAttention:
    """Attention among the tokens of the text and the picture; the interface is diffusers' for attention processors."""

    # Set by `set_attention_backend`; the second is of several GPUs, of which we use one.
    _attention_backend: Any = None
    _parallel_config: Any = None

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        encoder_hidden_states_mask: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: tuple[torch.Tensor, torch.Tensor] | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The picture's and the text's tokens, ``(1, tokens, width)`` each.

        Args:
            attn: the block's attention with its weights.
            hidden_states, encoder_hidden_states: of the picture and of the text.
            encoder_hidden_states_mask, attention_mask: there are none, as texts have no padding.
            image_rotary_emb: of the picture and of the text, as of ``turned``.
        """
        assert encoder_hidden_states_mask is None
        assert attention_mask is None
        assert image_rotary_emb is not None
        picture, text = hidden_states, encoder_hidden_states
        of_picture, of_text = image_rotary_emb

        def heads(values: torch.Tensor) -> torch.Tensor:
            return values.reshape(*values.shape[:2], -1, attn.inner_dim // attn.heads)

        joined = dispatch_attention_fn(
            _both(
                turned(attn.norm_added_q(heads(attn.add_q_proj(text))), of_text),
                turned(attn.norm_q(heads(attn.to_q(picture))), of_picture),
            ),
            _both(
                turned(attn.norm_added_k(heads(attn.add_k_proj(text))), of_text),
                turned(attn.norm_k(heads(attn.to_k(picture))), of_picture),
            ),
            _both(heads(attn.add_v_proj(text)), heads(attn.to_v(picture))),
            backend=self._attention_backend,
            parallel_config=self._parallel_config,
        ).flatten(2)
        words = text.shape[1]
        return attn.to_out[0](joined[:, words:]), attn.to_add_out(joined[:, :words])


def _both(text: torch.Tensor, picture: torch.Tensor) -> torch.Tensor:
    return torch.cat((text, picture), dim=1)


def _in_real_numbers(
    module: Any, inputs: Any, output: tuple[torch.Tensor, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.view_as_real(output[0]), torch.view_as_real(output[1])
