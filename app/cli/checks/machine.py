"""Checks of this machine: Python, text recognition, fonts, disk, port."""

import importlib.util
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from app.cli.checks.check import Check, State
from app.settings import Settings

_PYTHON_NEEDED = (3, 11)
_FREE_NEEDED = 2**30
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "~/.local/share/fonts", "~/.fonts")


def check_python(_: Settings) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= _PYTHON_NEEDED:
        return Check("Python", "ok", version)
    return Check("Python", "missing", f"{version} is too old", "Install Python 3.11 or newer.")


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


def check_fonts(_: Settings) -> Check:
    folders = [Path(folder).expanduser() for folder in _FONT_FOLDERS]
    count = sum(1 for folder in folders for suffix in ("ttf", "otf", "ttc") for _ in folder.rglob(f"*.{suffix}"))
    if count:
        return Check("Fonts", "ok", f"{count} on this machine")
    return Check(
        "Fonts", "optional", "none on this machine; drawings use Pillow's own", "Debian: apt install fonts-dejavu-core"
    )


def check_data_dir(settings: Settings) -> Check:
    folder = existing(settings.data_dir)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "Data folder", "missing", f"{folder}: {error.strerror}", "Choose another with --data or LAMINA_DATA_DIR."
        )
    return Check("Data folder", "ok", str(settings.data_dir))


def check_free_space(settings: Settings) -> Check:
    free = shutil.disk_usage(existing(settings.data_dir)).free
    said = f"{free / 2**30:.1f} GiB for {settings.data_dir}"
    if free >= _FREE_NEEDED:
        return Check("Free space", "ok", said)
    return Check("Free space", "missing", f"only {said}", "Make room, or choose another folder with LAMINA_DATA_DIR.")


def existing(path: Path) -> Path:
    """The path, or the nearest one above it that is there."""
    path = path.resolve()
    return path if path.exists() else existing(path.parent)


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
