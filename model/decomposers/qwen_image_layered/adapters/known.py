"""The adapters that are known by name, what each prescribes, and where it is to be had; loads nothing heavy.

An adapter changes the transformer: a LoRA adds to its weights, a fine-tuned one takes its place. What is said of
settings and licences comes from the pages of their publishers; ``docs/adapters.md`` has it as a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeAlias

from model.decomposers.base import Parameters
from model.decomposers.qwen_image_layered.pictures.frame import SizeRule

Kind: TypeAlias = Literal["layers", "object"]
"""Takes the whole picture apart, or gives the one object that the prompt names."""
SamplerName: TypeAlias = Literal["euler", "heun"]
ShiftRule: TypeAlias = Literal["layered", "qwen-image"]
"""How a picture's size shifts the schedule towards much noise: Qwen-Image-Layered has a rule of its own."""

_USUAL = Parameters()
TRANSFORMER = ("config.json", "*.json", "*.safetensors")
LORA = ("adapter_config.json", "*.safetensors")


@dataclass(frozen=True, slots=True)
class Source:
    """Files on the hub or on this machine's disk.

    Attributes:
        place: a hub name, ``owner/name``, or a path.
        revision: of the hub's; ``None`` where the files are on the disk.
        inside: the folder or file in the repository; ``""`` is all of it.
    """

    place: str
    revision: str | None = None
    inside: str = ""

    @property
    def is_on_disk(self) -> bool:
        return self.revision is None


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What an adapter was trained with; ``None`` leaves it to the request.

    Attributes:
        layers: how many the model is asked for; refine merges them where the request wants fewer.
        prompt: where the request has none; the picture is then not captioned.
        size_rule: how large a picture is shown; see ``frame.fitted``.
        shift: see ``schedule.schedule_of``.
        is_fixed: other steps or another guidance garble the layers. If not so, a request that names its own has them.
    """

    sampler: SamplerName = "euler"
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    resolution: int | None = None
    layers: int | None = None
    prompt: str | None = None
    size_rule: SizeRule = "area"
    shift: ShiftRule = "layered"
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Adapter:
    """What changes the transformer, and how the model is to be run with it.

    Attributes:
        name: as it was asked for, without a revision.
        lora: what is added to the transformer's weights.
        transformer: what takes the place of the transformer.
        licence: in a phrase, with its condition.
    """

    name: str
    kind: Kind
    lora: Source | None
    transformer: Source | None
    licence: str
    prescribed: Prescribed

    def parameters(self, asked: Parameters) -> Parameters:
        """The request's parameters, with what the adapter prescribes in their place.

        Steps and guidance that differ from a request's usual ones were meant, and stay unless they are fixed.
        """
        prescribed, changed = self.prescribed, {}
        for name in ("num_inference_steps", "guidance_scale"):
            value = getattr(prescribed, name)
            if value is not None and (prescribed.is_fixed or getattr(asked, name) == getattr(_USUAL, name)):
                changed[name] = value
        if prescribed.resolution is not None:
            changed["resolution"] = prescribed.resolution
        if prescribed.prompt is not None and not (asked.prompt or "").strip():
            changed["prompt"] = prescribed.prompt
        return replace(asked, **changed)

    def told(self, used: Parameters, sources: tuple[str, ...]) -> dict[str, object]:
        """For the manifest: which adapter, under which licence, and with which settings it ran.

        Args:
            sources: where its files came from, with their commits.
        """
        return {
            "name": self.name,
            "sources": list(sources),
            "licence": self.licence,
            "sampler": self.prescribed.sampler,
            "num_inference_steps": used.num_inference_steps,
            "guidance_scale": used.guidance_scale,
            "resolution": used.resolution,
        }


@dataclass(frozen=True, slots=True)
class Needed:
    """Files that must be fetched from the hub: ``patterns`` are those of ``snapshot_download``."""

    repository: str
    revision: str
    patterns: tuple[str, ...]


_CONTROL = Source("DiffSynth-Studio/Qwen-Image-Layered-Control", "main", "transformer")

ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        adapter.name: adapter
        for adapter in (
            Adapter(
                "stable-layers",
                "layers",
                lora=Source("StabilityLabs/Stable-Layers", "main"),
                transformer=None,
                licence="Stability AI Community License; free below a yearly revenue of 1,000,000 USD",
                prescribed=Prescribed(
                    "heun", 50, 1.0, 640, 4, "a clean, well composed image", size_rule="longest", is_fixed=True
                ),
            ),
            Adapter(
                "layered-control",
                "object",
                lora=None,
                transformer=_CONTROL,
                licence="Apache-2.0",
                prescribed=Prescribed("euler", 30, 4.0, 1024, shift="qwen-image"),
            ),
            Adapter(
                "layered-control-v2",
                "object",
                lora=Source("DiffSynth-Studio/Qwen-Image-Layered-Control-V2", "main", "model.safetensors"),
                transformer=_CONTROL,
                licence="Apache-2.0",
                prescribed=Prescribed("euler", 10, 4.0, 1024, shift="qwen-image"),
            ),
        )
    }
)
"""By name."""


def adapter_of(wanted: str | None, kind: Kind = "layers") -> Adapter | None:
    """What an option names: an adapter of the table, or files of one's own.

    Args:
        wanted: a name of ``ADAPTERS``; ``owner/name`` on the hub, perhaps with ``/folder`` or ``/file.safetensors``;
            each perhaps with ``@revision``. Or a path, which goes first where there is something.
        kind: of files of one's own.

    Returns:
        ``None`` where nothing is wanted.
    """
    if wanted is None:
        return None
    path = Path(wanted).expanduser()
    if path.exists() or wanted.startswith((".", "/", "~")):
        return _own(path.name, kind, Source(str(path)), is_transformer=(path / "config.json").is_file())
    name, _, revision = wanted.partition("@")
    if name in ADAPTERS:
        return _pinned(ADAPTERS[name], revision)
    owner, _, rest = name.partition("/")
    repository, _, inside = rest.partition("/")
    place = f"{owner}/{repository}" if repository else owner
    return _own(name, kind, Source(place, revision or "main", inside), is_transformer=False)


def needed(adapter: Adapter | None) -> tuple[Needed, ...]:
    """What must come from the hub for it, besides the model's own weights."""
    if adapter is None:
        return ()
    wanted = ((adapter.transformer, TRANSFORMER), (adapter.lora, LORA))
    return tuple(
        needed_of(source, patterns) for source, patterns in wanted if source is not None and not source.is_on_disk
    )


def needed_of(source: Source, patterns: tuple[str, ...]) -> Needed:
    """What must come from the hub for files that are not on the disk."""
    return Needed(source.place, source.revision or "main", _inside(source.inside, patterns))


def _inside(inside: str, patterns: tuple[str, ...]) -> tuple[str, ...]:
    if inside.endswith(".safetensors"):
        folder = inside.rpartition("/")[0]
        return (inside, f"{folder}/adapter_config.json" if folder else "adapter_config.json")
    return tuple(f"{inside}/{pattern}" for pattern in patterns) if inside else ("*adapter_config.json", *patterns)


def _pinned(adapter: Adapter, revision: str) -> Adapter:
    """With the revision of its own repository: that of the LoRA where there is one."""
    if not revision:
        return adapter
    if adapter.lora is not None:
        return replace(adapter, lora=replace(adapter.lora, revision=revision))
    assert adapter.transformer is not None
    return replace(adapter, transformer=replace(adapter.transformer, revision=revision))


def _own(name: str, kind: Kind, source: Source, *, is_transformer: bool) -> Adapter:
    lora, transformer = (None, source) if is_transformer else (source, None)
    prescribed = Prescribed() if kind == "layers" else Prescribed("euler", 30, 4.0, 1024, shift="qwen-image")
    return Adapter(name, kind, lora, transformer, "that of its publisher", prescribed)
