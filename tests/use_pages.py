"""Runs a page of ``docs/uses`` from top to bottom, as a reader would: its commands and its Python, in one folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = tuple(sorted((ROOT / "docs" / "uses").glob("*.md")))
PATIENCE_S = 240
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run_page(page: Path, folder: Path, url: str) -> str:
    """Run the blocks of a page one after the other and give what they printed.

    Args:
        page: the Markdown; its blocks ``sh`` and ``python`` are run, others are not.
        folder: where they run; what they leave is found there. The repository's ``docs`` is at hand in it.
        url: of the service that is used.

    Raises:
        AssertionError: a block ended with an error; the message is what it printed.
    """
    (folder / "docs").symlink_to(ROOT / "docs")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "LAMINA_URL": url, "PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    printed = ""
    for kind, code in _BLOCK.findall(page.read_text()):
        command = ["bash", "-euo", "pipefail", "-c", code] if kind == "sh" else [sys.executable, "-c", code]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"
        printed += done.stdout
    return printed
