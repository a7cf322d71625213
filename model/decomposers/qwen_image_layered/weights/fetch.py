"""Weights from the hub to this machine's disk, without loading PyTorch.

What is fetched is safetensors and text files of the model's own folders; a revision becomes the commit it stands for.
What is on the disk already is taken from there, also where there is no network, and also of a file that broke off.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.decomposers.qwen_image_layered.weights.bars import OnBytes, Silent, counting
from model.decomposers.qwen_image_layered.weights.folder import PARTS
from model.decomposers.qwen_image_layered.weights.resume import fetch_large, large_files
from model.decomposers.qwen_image_layered.weights.sizes import Parts, in_gb
from model.errors import LaminaError, ModelUnavailable

_FOLDERS = (*PARTS, "processor", "scheduler", "tokenizer")
_ENDINGS = ("safetensors", "json", "txt", "jinja")
MODEL = ("model_index.json", *(f"{folder}/*.{ending}" for folder in _FOLDERS for ending in _ENDINGS))
"""Patterns of the files of a whole model."""
_SPARE_BYTES = 2**30
"""The disk should not end up full to the last byte."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the hub has under a name.

    Attributes:
        commit: what the revision stands for.
        parts: the sizes of the weights.
        total_bytes: of all files that are wanted.
        missing: the files that are not on this machine.
        missing_bytes: of these; some of them may have arrived in part.
    """

    commit: str
    parts: Parts
    total_bytes: int
    missing: tuple[str, ...]
    missing_bytes: int


def fetched(name: str, revision: str, on_bytes: OnBytes | None = None, patterns: Sequence[str] = MODEL) -> Path:
    """The folder with the weights, named by its commit, after fetching what of it is not here.

    Args:
        patterns: of the files that are wanted.

    Raises:
        ModelUnavailable: the hub cannot be reached and the weights are not all here; it knows no such name or revision;
            or the disk has not enough room, which is found out before anything is fetched.
    """
    listing = listed(name, revision, patterns)
    if listing is None or not listing.missing:
        return _snapshot(name, revision, patterns, Silent, offline=listing is None)
    report = on_bytes or _to_nobody
    try:
        large = large_files(_hub(), name, listing.commit, listing.missing)
        wanted_bytes = listing.missing_bytes - sum(file.size - file.missing_bytes for file in large)
        check_disk(wanted_bytes)
        large_bytes = sum(file.missing_bytes for file in large)
        fetch_large(_hub(), large, lambda arrived, _: report(arrived, wanted_bytes))
    except LaminaError:
        raise
    except Exception as error:  # its HTTP client's own errors come through
        raise _not_had(name, revision, error) from error
    small = counting(lambda arrived, _: report(large_bytes + arrived, wanted_bytes), wanted_bytes - large_bytes)
    path = _snapshot(name, revision, patterns, small)
    report(wanted_bytes, wanted_bytes)  # files that are the same under two names came once
    return path


def _to_nobody(arrived: int, wanted: int) -> None:
    """Nobody asked."""


def listed(name: str, revision: str, patterns: Sequence[str] = MODEL) -> Listing | None:
    """What the hub has, or ``None`` where it cannot be reached, or need not be: a commit that is here does not change.

    Raises:
        ModelUnavailable: the hub knows no such name or revision, or wants a token.
    """
    hub = _hub()
    try:
        if hub.file_download.REGEX_COMMIT_HASH.fullmatch(revision):
            hub.snapshot_download(name, revision=revision, allow_patterns=[*patterns], local_files_only=True)
            return None
    except OSError:
        pass  # not here, or not all of it
    try:
        files = hub.snapshot_download(
            name, revision=revision, allow_patterns=[*patterns], dry_run=True, tqdm_class=Silent
        )
    except hub.errors.DryRunError as error:
        if isinstance(error.__cause__, hub.errors.RepositoryNotFoundError | hub.errors.GatedRepoError):
            raise _not_had(name, revision, error.__cause__) from error
        return None
    except Exception as error:  # its HTTP client's own errors come through
        raise _not_had(name, revision, error) from error
    if not files:
        raise ModelUnavailable(f"{name!r}, revision {revision!r}, has none of the files that are wanted.")
    words, network, vae = (sum(f.file_size or 0 for f in files if _is_weights(f.filename, part)) for part in PARTS)
    missing = [file for file in files if file.will_download]
    return Listing(
        files[0].commit_hash,
        Parts(words, network, vae),
        sum(file.file_size or 0 for file in files),
        tuple(file.filename for file in missing),
        sum(file.file_size or 0 for file in missing),
    )


def check_disk(missing_bytes: int) -> None:
    """Whether the hub's cache has room for so many bytes more.

    Raises:
        ModelUnavailable: it has not.
    """
    cache = Path(_hub().constants.HF_HUB_CACHE).expanduser().absolute()
    there = next(folder for folder in (cache, *cache.parents) if folder.exists())
    free_bytes = shutil.disk_usage(there).free - _SPARE_BYTES
    if missing_bytes > free_bytes:
        raise ModelUnavailable(
            f"The weights that are not here yet need {in_gb(missing_bytes)} in {str(cache)!r}, whose disk has "
            f"{in_gb(max(0, free_bytes))} to spare; make room, or choose another place with HF_HOME."
        )


def _snapshot(name: str, revision: str, patterns: Sequence[str], bar: type[Silent], offline: bool = False) -> Path:
    try:
        return Path(
            _hub().snapshot_download(
                name, revision=revision, allow_patterns=[*patterns], local_files_only=offline, tqdm_class=bar
            )
        )
    except LaminaError:
        raise
    except Exception as error:  # its HTTP client's own errors come through
        raise _not_had(name, revision, error) from error


def _not_had(name: str, revision: str, error: BaseException) -> ModelUnavailable:
    return ModelUnavailable(
        f"The weights {name!r}, revision {revision!r}, cannot be had from the hub ({_reason(error)}). Run "
        "`lamina pull` where there is a network, or name a folder in LAMINA_QWEN_WEIGHTS."
    )


def _reason(error: BaseException) -> str:
    errors = _hub().errors
    if isinstance(error, errors.GatedRepoError):  # is a RepositoryNotFoundError too
        return "its owner wants to know who fetches it: accept the terms there and set HF_TOKEN"
    if isinstance(error, errors.RepositoryNotFoundError):
        return "it knows no such name, or wants a token in HF_TOKEN"
    if isinstance(error, errors.RevisionNotFoundError):
        return "it has no such revision"
    if isinstance(error, errors.LocalEntryNotFoundError | errors.IncompleteSnapshotError):
        return "it cannot be reached, and not all of them are here"
    return first_line(error)


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
