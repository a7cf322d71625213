"""These tests need a CUDA device, some also LAMINA_QWEN_WEIGHTS; elsewhere they are not collected."""

import os
from pathlib import Path


def _has_gpu() -> bool:
    if not Path("/dev/nvidiactl").exists():  # most machines are done here, without loading PyTorch
        return False
    import torch

    return torch.cuda.is_available()


collect_ignore_glob = []
if not _has_gpu():
    collect_ignore_glob.append("test_*.py")
if "LAMINA_QWEN_WEIGHTS" not in os.environ:
    collect_ignore_glob.append("test_*_real_weights.py")
