"""Every setting, each read from ``LAMINA_<NAME>`` in the environment; ``docs/settings.md`` lists them."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model import decomposers

_PLUG_IN = re.compile(r"(?P<name>[\w-]+)=(?P<target>[\w.]+:\w+)@(?P<revision>[\w.-]+)")


QWEN = ("qwen-image-layered", "qwen-image-layered-control")
"""The models whose weights and ways of running are settings."""
RENDERS = "renders"
"""What the rows of batches wait for, in the place of a model's name."""


class Settings(BaseSettings):
    """Lengths of time are in seconds, sizes in bytes, pictures in pixels."""

    model_config = SettingsConfigDict(env_prefix="LAMINA_", extra="ignore", frozen=True)

    database_url: str | None = Field(None, description="Postgres; without it an embedded one starts under data_dir.")
    redis_url: str | None = Field(
        None, description="Redis or Valkey; without it an embedded one starts under data_dir."
    )
    data_dir: Path = Field(Path(".lamina"), description="Embedded servers, the disk cache of blobs, logs.")
    listen: str = Field("127.0.0.1", description="The address the API listens on.")
    port: int = Field(8080, ge=0, le=65535, description="The port the API listens on; 0 takes a free one.")

    models: Annotated[tuple[str, ...], NoDecode] = Field(
        ("classic",), description="The models offered, comma-separated; the first is the default."
    )
    decomposers: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Models of one's own, comma-separated, each name=module:Class@revision; "
        "list the name in models too, in the API and in the worker.",
    )
    fp16: bool = Field(False, description="Half precision for the models that run on a GPU; qwen_precision=fp16.")
    qwen_weights: str = Field("Qwen/Qwen-Image-Layered", description="A hub name or a folder.")
    qwen_revision: str = Field(
        "main", description="The weights' revision on the hub, a commit or a branch; part of every id."
    )
    qwen_precision: Literal["auto", "bf16", "fp16", "fp8", "4bit"] = Field(
        "auto", description="Of the weights; auto is bfloat16 where the GPU has it. Part of every id where it is set."
    )
    qwen_memory: Literal["auto", "whole", "turns", "streamed"] = Field(
        "auto", description="How the parts share the GPU's memory; auto is the fastest way that fits."
    )
    qwen_speed: Literal["exact", "fast"] = Field(
        "exact", description="fast is at least three times as fast and drifts from exact; part of every id."
    )
    qwen_adapter: str | None = Field(
        None,
        description="A known adapter's name, a hub name or a folder with a LoRA, for qwen-image-layered; "
        "part of every id.",
    )
    qwen_control: str = Field(
        "layered-control-v2",
        description="The adapter of qwen-image-layered-control: layered-control-v2, layered-control, "
        "or a folder with such a transformer; part of every id.",
    )

    max_upload_bytes: int = Field(64 * 2**20, gt=0, description="The largest request body.")
    max_pixels: int = Field(40_000_000, gt=0, description="The largest picture or canvas, width × height.")
    max_side: int = Field(16_384, gt=0, description="The longest side of a picture or canvas.")
    max_import_layers: int = Field(200, gt=0, le=400, description="Layers and groups of an imported file.")
    url_timeout_s: float = Field(10.0, gt=0, description="For the whole download of an image_url.")
    allow_private_urls: bool = Field(
        False, description="Let image_url and webhooks point into private networks; for tests and closed networks."
    )
    require_signed_pictures: bool = Field(
        False, description="Serve pictures at signed addresses only; answers carry them."
    )
    signing_key: str | None = Field(
        None,
        min_length=16,
        repr=False,
        description="Signs addresses of pictures, instead of a key kept in Postgres; of several, comma-separated, "
        "the first signs and all are accepted.",
    )
    signed_ttl_s: float = Field(
        86_400.0, ge=1, description="How long signed addresses in answers are good, at least; twice that at most."
    )
    webhook_timeout_s: float = Field(15.0, gt=0, description="How long the receiver of a webhook may take to answer.")

    renders: bool = Field(False, description="This worker draws the rows of batches, and takes no picture apart.")
    render_processes: int = Field(
        0, ge=0, description="Processes of such a worker that draw rows; 0 is one for each processor."
    )
    max_batch_rows: int = Field(10_000, gt=0, description="Rows of one batch.")
    max_waiting_rows: int = Field(
        100_000, gt=0, description="Rows of one tenant that wait to be drawn; more are answered 429."
    )

    max_queued: int = Field(1000, gt=0, description="Jobs waiting in all; more are answered 503.")
    max_queued_per_tenant: int = Field(500, gt=0, description="Jobs waiting for one tenant; more are answered 429.")
    lease_s: float = Field(20.0, gt=0, description="A worker silent for so long has lost its job.")
    heartbeat_s: float = Field(5.0, gt=0, description="How often a worker renews its lease.")
    sweep_s: float = Field(2.0, gt=0, description="How often lost jobs are looked for.")
    ring_again_s: float = Field(10.0, gt=0, description="A waiting job's bell is rung again after so long.")
    stall_s: float = Field(60.0, gt=0, description="A running job without progress for so long is given up.")
    setup_s: float = Field(900.0, gt=0, description="How long a model may take to load its weights.")
    deadline_s: float = Field(900.0, gt=0, description="The longest one attempt may run.")
    drain_s: float = Field(8.0, ge=0, description="A stopping worker hands its job back after so long.")
    max_crashes: int = Field(3, gt=0, description="A job that lost its worker so often has failed.")

    pixel_processes: int = Field(2, gt=0, description="Processes of the API that decode, encode and render.")
    cache_bytes: int = Field(2 * 2**30, ge=0, description="The disk cache of blobs and renders.")
    answers_bytes: int = Field(
        64 * 2**20,
        ge=0,
        description="Pictures that the API keeps in memory to send again; a sixteenth each at most.",
    )
    blob_grace_s: float = Field(3600.0, ge=0, description="Blobs that nothing refers to are kept so long.")
    idempotency_s: float = Field(86_400.0, gt=0, description="How long an Idempotency-Key is remembered.")

    @field_validator("models", "decomposers", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("decomposers")
    @classmethod
    def _check_plug_ins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if not _PLUG_IN.fullmatch(entry):
                raise ValueError(f"{entry!r} is not of the form name=module:Class@revision")
        return value

    @model_validator(mode="after")
    def _check_precision(self) -> "Settings":
        if self.fp16 and self.qwen_precision not in ("auto", "fp16"):
            raise ValueError(f"fp16 and qwen_precision={self.qwen_precision} exclude each other")
        return self

    def register_decomposers(self) -> None:
        """Make the models of ``decomposers`` known by name; the API and every worker process call it at their start."""
        for entry in self.decomposers:
            if plug_in := _PLUG_IN.fullmatch(entry):
                decomposers.register(plug_in["name"], plug_in["target"], plug_in["revision"])

    def qwen_options(self, model_name: str = QWEN[0]) -> dict[str, Any]:
        """What a model of ``QWEN`` is constructed with."""
        return {
            "weights": self.qwen_weights,
            "revision": self.qwen_revision,
            "precision": "fp16" if self.fp16 else self.qwen_precision,
            "memory": self.qwen_memory,
            "speed": self.qwen_speed,
            "adapter": self.qwen_adapter if model_name == QWEN[0] else self.qwen_control,
        }

    def qwen_adapters(self) -> list[str | None]:
        """Of the models of ``QWEN`` that are offered; of the first where none is."""
        offered = [name for name in QWEN if name in self.models] or QWEN[:1]
        return [self.qwen_options(name)["adapter"] for name in offered]

    def revision_of(self, model_name: str) -> str:
        """The revision that goes into a decomposition's id: the code's, and where there are weights theirs as well,
        with whatever was chosen at setup that changes the layers.

        Raises:
            ModelUnavailable: no such name.
        """
        revision = decomposers.revision_of(model_name)
        if model_name not in QWEN:
            return revision
        options = self.qwen_options(model_name)
        usual = {"precision": "auto", "speed": "exact", "adapter": None}
        chosen = [Path(options[name]).name for name, value in usual.items() if options[name] != value]
        return "-".join([revision, Path(self.qwen_weights).name, self.qwen_revision, *chosen])
