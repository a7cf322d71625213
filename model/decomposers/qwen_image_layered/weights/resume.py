"""Large files from the hub into its cache, such that what has arrived before a break is not fetched again.

The hub's library keeps whole files only: what had arrived of a file when the process ended is thrown away, and one file
of these weights has up to 10 GB. So the library's own request is used here with a file that stays. It becomes the
library's file in the cache once all of it is there and its bytes have the hash under which the hub lists them; the
library then finds it as if it had fetched it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.decomposers.qwen_image_layered.weights.bars import OnBytes, Silent
from model.errors import ModelUnavailable

_AT_ONCE = 4
"""Files on their way together: one connection rarely fills a line."""
_SHA256_DIGITS = 64


class Ended(Exception):
    """Another file failed, or somebody has had enough."""


@dataclass(frozen=True, slots=True)
class LargeFile:
    """A file that the hub keeps by its SHA-256 and that is not in the cache.

    Attributes:
        path: in the repository.
        location: where its bytes are.
        blob: where they belong in the cache.
        lock: held by whoever fetches it, this way or by the library.
    """

    path: str
    url: str
    location: str
    size: int
    blob: Path
    lock: Path

    @property
    def begun(self) -> Path:
        """What has arrived of it."""
        return self.blob.with_suffix(".incomplete")

    @property
    def missing_bytes(self) -> int:
        try:
            return max(0, self.size - self.begun.stat().st_size)
        except FileNotFoundError:
            return self.size


def large_files(hub: Any, name: str, commit: str, paths: Iterable[str]) -> list[LargeFile]:
    """Those of the files that are worth resuming; the library may fetch the others.

    Args:
        hub: the package ``huggingface_hub``.

    Raises:
        OSError: the library's errors.
    """
    cache = Path(hub.constants.HF_HUB_CACHE).expanduser().resolve()
    folder = hub.file_download.repo_folder_name(repo_id=name, repo_type="model")
    found: dict[Path, LargeFile] = {}  # the same bytes under two names are one file
    for path in paths:
        url = hub.hf_hub_url(name, path, revision=commit)
        listed = hub.get_hf_file_metadata(url)
        if listed.size is None or len(listed.etag or "") != _SHA256_DIGITS:
            continue
        blob, lock = cache / folder / "blobs" / listed.etag, cache / ".locks" / folder / f"{listed.etag}.lock"
        if not blob.exists():
            found[blob] = LargeFile(path, url, listed.location, listed.size, blob, lock)
    return list(found.values())


def fetch_large(hub: Any, files: Sequence[LargeFile], on_bytes: OnBytes) -> None:
    """Fetch the files into the hub's cache, several at once.

    Raises:
        ModelUnavailable: what arrived is not what the hub lists.
        Exception: of the library or its HTTP client, or what ``on_bytes`` raised. What has arrived stays.
    """
    note = _Count(sum(file.missing_bytes for file in files), on_bytes)
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
    try:
        fetching = [pool.submit(_fetch, hub, file, note) for file in files]
        for ended in wait(fetching, return_when=FIRST_EXCEPTION).done:
            ended.result()
    finally:
        note.ended.set()
        pool.shutdown(wait=False, cancel_futures=True)  # one that waits for the network ends when it hears of it


class _Count:
    """Adds up what arrives in several threads; called with the bytes of a piece."""

    def __init__(self, wanted_bytes: int, on_bytes: OnBytes) -> None:
        self.ended = threading.Event()
        self._lock = threading.Lock()
        self._arrived, self._wanted, self._on_bytes = 0, wanted_bytes, on_bytes

    def __call__(self, size: int) -> None:
        if self.ended.is_set():
            raise Ended
        with self._lock:
            self._arrived = min(self._arrived + size, self._wanted)
            self._on_bytes(self._arrived, self._wanted)


def _fetch(hub: Any, file: LargeFile, note: _Count) -> None:
    for path in (file.blob, file.lock):
        path.parent.mkdir(parents=True, exist_ok=True)
    with hub.utils.WeakFileLock(file.lock):
        if file.blob.exists():  # another process was quicker
            note(file.missing_bytes)
            return
        with file.begun.open("ab") as into:
            hub.file_download.http_get(
                file.location,
                into,
                resume_size=into.tell(),
                headers=_headers(hub, file),
                expected_size=file.size,
                tqdm_class=_noting(note),
            )
        _check(file)
        file.begun.replace(file.blob)


def _headers(hub: Any, file: LargeFile) -> dict[str, str]:
    """Who asks. A token is for the hub only, and not for the store to which it sends on."""
    same_host = file.url.split("/")[2] == file.location.split("/")[2]
    return dict(hub.utils.build_hf_headers(token=None if same_host else False))


def _check(file: LargeFile) -> None:
    with file.begun.open("rb") as arrived:
        found = hashlib.file_digest(arrived, "sha256").hexdigest()
    if found != file.blob.name:
        file.begun.unlink()
        raise ModelUnavailable(f"The file {file.path!r} arrived damaged and was removed; fetch it anew: `lamina pull`.")


def _noting(note: Callable[[int], None]) -> type[Silent]:
    class Noting(Silent):
        def update(self, n: float | None = 1) -> None:
            note(int(n or 0))

    return Noting
