"""A child that ends when its parent does, even when the parent was killed and could tell nobody."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with(parent: int) -> None:
    """Ask the kernel for SIGTERM at the parent's death; holds through ``exec``. Linux only, elsewhere nothing happens.

    Args:
        parent: the process id of the parent, as it knows itself.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(0)
