"""Weights from the hub to this machine's disk, without loading PyTorch.

What is fetched is safetensors and text files of the model's own folders; a revision becomes the commit it stands for.
What is on the disk already is taken from there, also where there is no network.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.decomposers.qwen_image_layered.bars import OnBytes, Silent, counting
from model.decomposers.qwen_image_layered.sizes import Parts, in_gb
from model.decomposers.qwen_image_layered.weights import PARTS
from model.errors import LaminaError, ModelUnavailable

_FOLDERS = (*PARTS, "processor", "scheduler", "tokenizer")
_ENDINGS = ("safetensors", "json", "txt", "jinja")
_WANTED = ["model_index.json", *(f"{folder}/*.{ending}" for folder in _FOLDERS for ending in _ENDINGS)]
_SPARE_BYTES = 2**30
"""The disk should not end up full to the last byte."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the hub has under a name.

    Attributes:
        commit: what the revision stands for.
        parts: the sizes of the weights.
        missing_bytes: of the files that are not on this machine.
    """

    commit: str
    parts: Parts
    missing_bytes: int


def fetched(name: str, revision: str, on_bytes: OnBytes | None = None) -> Path:
    """The folder with the weights, named by its commit, after fetching what of it is not here.

    Raises:
        ModelUnavailable: the hub cannot be reached and the weights are not all here; it knows no such name or revision;
            or the disk has not enough room, which is found out before anything is fetched.
    """
    listing = listed(name, revision)
    if listing is None or listing.missing_bytes == 0:
        return _snapshot(name, revision, Silent, offline=listing is None)
    check_disk(listing.missing_bytes)
    bar = counting(on_bytes, listing.missing_bytes) if on_bytes else Silent
    path = _snapshot(name, revision, bar)
    if on_bytes:  # files that are the same under two names came once
        on_bytes(listing.missing_bytes, listing.missing_bytes)
    return path


def listed(name: str, revision: str) -> Listing | None:
    """What the hub has, or ``None`` where it cannot be reached, or need not be: a commit that is here does not change.

    Raises:
        ModelUnavailable: the hub knows no such name or revision, or wants a token.
    """
    hub = _hub()
    try:
        if hub.file_download.REGEX_COMMIT_HASH.fullmatch(revision):
            hub.snapshot_download(name, revision=revision, allow_patterns=_WANTED, local_files_only=True)
            return None
    except OSError:
        pass  # not here, or not all of it
    try:
        files = hub.snapshot_download(name, revision=revision, allow_patterns=_WANTED, dry_run=True, tqdm_class=Silent)
    except hub.errors.DryRunError as error:
        if isinstance(error.__cause__, hub.errors.RepositoryNotFoundError | hub.errors.GatedRepoError):
            raise _not_had(name, revision, error.__cause__) from error
        return None
    except Exception as error:  # its HTTP client's own errors come through
        raise _not_had(name, revision, error) from error
    if not files:
        raise ModelUnavailable(f"{name!r}, revision {revision!r}, has no weights in the format of diffusers.")
    words, network, vae = (sum(f.file_size or 0 for f in files if _is_weights(f.filename, part)) for part in PARTS)
    return Listing(
        files[0].commit_hash, Parts(words, network, vae), sum(f.file_size or 0 for f in files if f.will_download)
    )


def check_disk(missing_bytes: int) -> None:
    """Whether the hub's cache has room for so many bytes more.

    Raises:
        ModelUnavailable: it has not.
    """
    cache = Path(_hub().constants.HF_HUB_CACHE).expanduser().absolute()
    there = next(folder for folder in (cache, *cache.parents) if folder.exists())
    begun = sum(file.stat().st_blocks * 512 for file in cache.glob("models--*/blobs/*.incomplete"))
    needed_bytes = max(0, missing_bytes - begun)
    free_bytes = shutil.disk_usage(there).free - _SPARE_BYTES
    if needed_bytes > free_bytes:
        raise ModelUnavailable(
            f"The weights that are not here yet need {in_gb(needed_bytes)} in {str(cache)!r}, whose disk has "
            f"{in_gb(max(0, free_bytes))} to spare; make room, or choose another place with HF_HOME."
        )


def _snapshot(name: str, revision: str, bar: type[Silent], offline: bool = False) -> Path:
    try:
        return Path(
            _hub().snapshot_download(
                name, revision=revision, allow_patterns=_WANTED, local_files_only=offline, tqdm_class=bar
            )
        )
    except LaminaError:
        raise
    except Exception as error:  # its HTTP client's own errors come through
        raise _not_had(name, revision, error) from error


def _not_had(name: str, revision: str, error: BaseException) -> ModelUnavailable:
    return ModelUnavailable(
        f"The weights {name!r}, revision {revision!r}, cannot be had from the hub ({first_line(error)}). Run "
        "`lamina pull` where there is a network, or name a folder in LAMINA_QWEN_WEIGHTS."
    )


def first_line(error: BaseException) -> str:
    """Of what an error says; its class, where it says nothing."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _is_weights(file: str, part: str) -> bool:
    return file.startswith(f"{part}/") and file.endswith(".safetensors")


def _hub() -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.constants
        import huggingface_hub.errors
        import huggingface_hub.file_download
    except ImportError as error:
        raise ModelUnavailable(
            f"Fetching weights needs a package that is not installed ({error}); pip install 'lamina[gpu]'."
        ) from error
    return huggingface_hub
