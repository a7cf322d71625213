"""``python -m bench``: what Lamina is measured by. All of it, or one part with its own options.

python -m bench
python -m bench quality --posters 10
python -m bench roundtrip --rounds 50
"""

import subprocess
import sys
from collections.abc import Sequence

PARTS = {
    "quality": "layers against the truth on drawn posters: isolation, removal, LayerD's protocol (--kinds, --report)",
    "speed": "seconds and memory of a picture through a model, stage by stage, from 1 to 24 megapixels",
    "upscale": "layers of a small model brought to the picture's size, against the truth",
    "gpu": "the diffusion model's modes, beside diffusers' own pipeline",
    "roundtrip": "a job whose model takes no time, beside a bare Celery round trip",
    "serve": "known pictures from one API process, beside a bare FastAPI route",
    "edit": "an edit to pixels and to a PNG, beside composing all layers anew (--sides, --layers)",
    "encode": "our PNGs' time and size, beside others' of the same pixels",
    "interact": "edit to PNG over HTTP, one client and eight, beside Pillow",
    "batch": "a thousand rows of a template, beside a plain loop of Pillow (--rows)",
    "repeat": "the same POST again, beside the first one",
}


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for, each part in a process of its own; the exit status is that of the first that failed."""
    if not arguments:
        return max(_run(part, ()) for part in PARTS)
    name, *options = arguments
    if name not in PARTS:
        print(__doc__)
        print("\n".join(f"{part:<10} {what}" for part, what in PARTS.items()))
        return 0 if name in ("-h", "--help") else 2
    return _run(name, options)


def _run(part: str, options: Sequence[str]) -> int:
    print(f"\n{part}: {PARTS[part]}\n", flush=True)
    return subprocess.run([sys.executable, "-m", f"bench.{part}", *options], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
