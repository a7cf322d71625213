"""How commands that talk to a service end: one line about what went wrong, and a status that a script can tell apart.

0   done
1   the service said no, or the job failed
2   wrong usage
3   there is no service there
4   done in part: what failed was listed
130 stopped by Ctrl-C
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from lamina.client import LaminaError, NoAnswer, Problem

REFUSED, AWAY, PARTLY = 1, 3, 4


class Said(click.ClickException):
    """Something that went wrong, as a line on standard error, or as a problem object there."""

    exit_code = REFUSED

    def __init__(self, words: str, problem: dict[str, Any] | None = None) -> None:
        super().__init__(words)
        self._problem = problem

    def show(self, file: IO[Any] | None = None) -> None:
        if self._problem is None:
            super().show(file)
        else:
            click.echo(json.dumps(self._problem, ensure_ascii=False), err=True)


class Away(Said):
    exit_code = AWAY


class Partly(Said):
    exit_code = PARTLY


@contextmanager
def told_plainly(as_json: bool = False) -> Iterator[None]:
    """What the client raises, as ``Said``; with ``as_json`` the service's problem object in place of a sentence."""
    try:
        yield
    except NoAnswer as error:
        raise Away(str(error), {"title": "No answer", "detail": str(error)} if as_json else None) from None
    except Problem as problem:
        raise Said(str(problem), problem.raw if as_json else None) from None
    except LaminaError as error:
        raise Said(str(error), {"title": str(error)} if as_json else None) from None
    except OSError as error:
        where = f"{os.fspath(error.filename)}: " if error.filename else ""
        words = f"{where}{error.strerror or error}"
        raise Said(words, {"title": words} if as_json else None) from None
