"""How much main memory is free for this process: in a container less than the machine says."""

from pathlib import Path

import psutil

CGROUP = Path("/sys/fs/cgroup")
"""Where a container finds its limits (https://docs.kernel.org/admin-guide/cgroup-v2.html)."""


def free_bytes(cgroup: Path = CGROUP) -> int:
    """What may be taken without anything being swapped or killed; pages of files count as free."""
    available = int(psutil.virtual_memory().available)
    limit = _left_in(cgroup)
    return available if limit is None else min(available, limit)


def _left_in(cgroup: Path) -> int | None:
    """Of a container's limit; ``None`` without one."""
    try:
        limit = int((cgroup / "memory.max").read_text(encoding="ascii"))  # "max" is no number
        taken = int((cgroup / "memory.current").read_text(encoding="ascii"))
        lines = (cgroup / "memory.stat").read_text(encoding="ascii").splitlines()
        of_files = sum(int(value) for name, value in map(str.split, lines) if name in ("active_file", "inactive_file"))
    except (OSError, ValueError):
        return None
    return max(0, limit - taken + of_files)
