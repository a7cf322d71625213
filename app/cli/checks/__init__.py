"""What ``lamina doctor`` looks at; one function a check, and the list of them here.

check     what a check found
machine   Python, text recognition, fonts, disk, port
servers   Postgres and Redis
gpu       the GPU, and how qwen-image-layered fits into its memory
packages  what qwen-image-layered imports
weights   whether its weights are here, or have room
"""

from app.cli.checks.check import STATES, Check, State
from app.cli.checks.gpu import check_gpus
from app.cli.checks.machine import (
    check_data_dir,
    check_fonts,
    check_free_space,
    check_port,
    check_python,
    check_text_recognition,
)
from app.cli.checks.packages import check_packages
from app.cli.checks.servers import check_postgres, check_redis
from app.cli.checks.weights import check_weights
from app.settings import Settings

__all__ = ["STATES", "Check", "State", "examine"]


def examine(settings: Settings) -> list[Check]:
    """Every check, in the order in which a newcomer would want them."""
    return [
        check_python(settings),
        check_postgres(settings),
        check_redis(settings),
        check_text_recognition(settings),
        *check_gpus(settings),
        check_packages(settings),
        check_weights(settings),
        check_fonts(settings),
        check_data_dir(settings),
        check_free_space(settings),
        check_port(settings),
    ]
