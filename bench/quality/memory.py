"""The peak of this process's memory, for one stretch of work at a time."""

import resource
import sys
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def forget_peak() -> None:
    """From here on ``peak_mib`` is of what follows; where the system cannot forget, it stays the peak of all."""
    try:
        _CLEAR.write_text("5")  # resets the peak of the resident set, says proc(5)
    except OSError:
        return


def peak_mib() -> float:
    """The most that was resident at once since the last ``forget_peak``."""
    try:
        lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines() if ":" in line)
        return float(lines["VmHWM"].split()[0]) / 2**10
    except (OSError, KeyError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
