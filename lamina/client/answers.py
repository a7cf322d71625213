"""What an answer says of an error, and of the next try."""

from typing import Any

import httpx

from lamina.client.problems import NoAnswer, Problem
from lamina.client.retrying import retry_after_s


def problem_of(answer: httpx.Response) -> Problem:
    """The problem of an error answer that was read, in our words where it has none: a proxy's, say."""
    try:
        raw: Any = answer.json()
    except ValueError:
        raw = None
    if not isinstance(raw, dict) or "title" not in raw:
        raw = {"detail": f"{answer.request.method} {answer.request.url} was answered {answer.status_code}."}
    return Problem.of({"status": answer.status_code, **raw}, retry_after_s(answer.headers))


def object_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object that was answered.

    Raises:
        NoAnswer: it is none, so this is no Lamina.
    """
    try:
        value = answer.json()
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NoAnswer(f"{answer.request.url} does not answer as Lamina does.")
    return value


def no_answer(url: str, error: httpx.TransportError) -> NoAnswer:
    """In a sentence; some of httpx's errors have no words."""
    return NoAnswer(f"There is no service at {url}: {str(error) or type(error).__name__}.")
