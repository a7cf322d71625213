"""Makes ``_sync`` of ``_async``: the same code without the words that make it wait, so that no logic is there twice.

``python -m lamina.make_sync`` writes the files, with ruff for their form; a test compares.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).with_name("client")
SOURCE, MADE = HERE / "_async", HERE / "_sync"
_NOTE = "# Made of _async by `python -m lamina.make_sync`; change that, not this.\n"
_WORDS = (
    (r"\bAwaitable\[(\w+)\]", r"\1"),
    (r"\bAwaitable, ", ""),
    (r"\b(?:await|async) ", ""),
    (r"\basyncio\b", "time"),
    (r"\baclosing\b", "closing"),
    (r"\baclose\b", "close"),
    (r"\ba(read|iter_bytes|iter_lines)\b", r"\1"),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\bAsync([A-Z]\w*)", r"\1"),
    (r"\b_async\b", "_sync"),
)


def made_of(source: str) -> str:
    """The text of a synchronous module, not yet formatted."""
    for pattern, word in _WORDS:
        source = re.sub(pattern, word, source)
    return _NOTE + source


def formatted(text: str, name: str) -> str:
    """As ruff has it: shorter lines are joined, imports sorted."""
    for command in (["check", "--quiet", "--fix-only", "--select", "I"], ["format", "--quiet"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(MADE / name), "-"],
            input=text, capture_output=True, text=True, check=True, cwd=HERE,
        )  # fmt: skip
        text = done.stdout
    return text


def modules() -> dict[str, str]:
    """The synchronous modules by file name."""
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(SOURCE.glob("*.py"))}
    sources["__init__.py"] = '"""The client without ``async``."""\n'
    return {name: formatted(made_of(text), name) for name, text in sources.items()}


if __name__ == "__main__":
    MADE.mkdir(exist_ok=True)
    for path in MADE.glob("*.py"):
        path.unlink()
    for name, text in modules().items():
        (MADE / name).write_text(text, encoding="utf-8")
