"""A Lamina server over HTTP, with what ComfyUI has anyway. Everything here blocks: nodes call it in a thread."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

import requests

URL, API_KEY = "LAMINA_URL", "LAMINA_API_KEY"
"""Of the environment, and never a widget: what a widget holds is saved with the workflow and in every picture."""
DEFAULT_URL = "http://127.0.0.1:8080"
CONNECT_S, READ_S = 10, 120
LOOK_S = 1
"""How long one look at a job may take, so that an interruption is heeded soon."""
LONGEST_ERROR = 2000
_BUSY = (429, 503)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class LaminaError(Exception):
    """What the server, or the way to it, had against a request, in words for whoever built the workflow."""


class Busy(LaminaError):
    """It has too much to do; ``retry_after_s`` seconds from now is a sensible time to ask again."""

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Service:
    """One server, as the environment names it."""

    def __init__(self, url: str | None = None, api_key: str | None = None) -> None:
        self.url = (url or os.environ.get(URL) or DEFAULT_URL).rstrip("/")
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LaminaError(f"{URL} must be an address such as {DEFAULT_URL}; it is {self.url!r}.")
        self._http = requests.Session()
        # The environment's proxies are for other machines, and its .netrc would take the place of our key.
        self._http.trust_env = False
        if parts.hostname not in _LOOPBACK:
            self._http.proxies.update(requests.utils.get_environ_proxies(self.url))
        key = api_key or os.environ.get(API_KEY)
        if key:
            self._http.headers["Authorization"] = f"Bearer {key}"

    def decompose(self, png: bytes, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The job; it may be done already."""
        given = {name: str(value) for name, value in fields.items() if value not in (None, "")}
        return self._json("POST", "/v1/decompositions", files={"image": ("image.png", png, "image/png")}, data=given)

    def job(self, job_id: str) -> dict[str, Any]:
        """The job as it is when it ends or in a second."""
        return self._json("GET", f"/v1/jobs/{quote(job_id, safe='')}", params={"wait": LOOK_S})

    def cancel(self, job_id: str) -> None:
        """Nobody waits for it any more; that it has ended meanwhile, or cannot be reached, is no matter."""
        with suppress(LaminaError):
            self._answer("POST", f"/v1/jobs/{quote(job_id, safe='')}/cancel")

    def manifest(self, decomposition_id: str) -> dict[str, Any]:
        return self._json("GET", _path(decomposition_id))

    def layer(self, decomposition_id: str, index: int) -> bytes:
        """The PNG of what lies in the layer's ``bbox``."""
        return self._answer("GET", f"{_path(decomposition_id)}/layers/{index}.png", params={"trim": 1}).content

    def render(self, decomposition_id: str, operations: list[Any], output: Mapping[str, Any]) -> bytes:
        body = {"operations": operations, "output": dict(output)}
        return self._answer("POST", f"{_path(decomposition_id)}/render", json=body).content

    def upload(self, png: bytes) -> str:
        """The sha256 by which operations name the picture."""
        answer = self._json("POST", "/v1/assets", files={"image": ("image.png", png, "image/png")})
        return str(answer["sha256"])

    def export(self, decomposition_id: str, operations: list[Any], format_: str, target: BinaryIO) -> list[str]:
        """Write the layers, as the operations leave them, as a file of that format.

        Returns:
            What the format cannot hold, in sentences.
        """
        if not operations:
            return self._download(f"{_path(decomposition_id)}/export.{format_}", target)
        made = self._json("POST", "/v1/documents", json={"decomposition_id": decomposition_id})
        document = f"/v1/documents/{made['id']}"
        try:
            changed = {"If-Match": f'"r{made["revision"]}"'}
            self._answer("POST", f"{document}/operations", json={"operations": operations}, headers=changed)
            return self._download(f"{document}/export.{format_}", target)
        finally:
            with suppress(LaminaError):
                self._answer("DELETE", document)

    def _download(self, path: str, target: BinaryIO) -> list[str]:
        answer = self._answer("GET", path, stream=True)
        try:
            for part in answer.iter_content(1 << 20):
                target.write(part)
        except requests.RequestException as error:
            raise LaminaError(f"The connection to Lamina at {self.url} broke: {error}.") from error
        finally:
            answer.close()
        return list(json.loads(answer.headers.get("X-Export-Warnings") or "[]"))

    def _json(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        answer = self._answer(method, path, **sent)
        try:
            found: dict[str, Any] = answer.json()
        except ValueError as error:
            raise LaminaError(f"What answers at {self.url} is not Lamina: {path} is no JSON.") from error
        return found

    def _answer(self, method: str, path: str, **sent: Any) -> requests.Response:
        try:
            answer = self._http.request(
                method, self.url + path, timeout=(CONNECT_S, READ_S), allow_redirects=False, **sent
            )
        except requests.RequestException as error:
            raise LaminaError(
                f"Lamina does not answer at {self.url} ({type(error).__name__}). Is it running (`lamina up`)? {URL} in "
                "the environment of ComfyUI says where it is."
            ) from error
        if answer.status_code < 300:
            return answer
        message = _told(answer)
        if answer.status_code in _BUSY and "Retry-After" in answer.headers:
            raise Busy(message, float(answer.headers["Retry-After"]))
        raise LaminaError(message)


def problem_of(job: Mapping[str, Any]) -> str:
    """Why a job did not succeed."""
    if job["status"] == "canceled":
        return "The decomposition was canceled by somebody else."
    error = job.get("error") or {}
    return f"{error.get('title', 'The decomposition failed')}: {error.get('detail', 'the server does not say why')}"


def saved_to(path: Path) -> str:
    """A name for the interface, with the separators of every system alike."""
    return path.as_posix()


def _path(decomposition_id: str) -> str:
    if not decomposition_id.strip():
        raise LaminaError("There is no decomposition_id: connect the one of Lamina Decompose.")
    return f"/v1/decompositions/{quote(decomposition_id.strip(), safe='')}"


def _told(answer: requests.Response) -> str:
    """A problem (RFC 9457) as sentences: what is wrong, in which field, and what to quote in a report."""
    try:
        problem = answer.json()
        said = f"Lamina: {problem['title']}. {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"Lamina answered {answer.status_code} {answer.reason}."
    for error in problem.get("errors") or ():
        detail = "" if error["detail"] in said else f": {error['detail']}"
        said += f"\nat {error['pointer'] or 'the whole'}{detail}"
    if problem.get("request_id"):
        said += f"\n(request {problem['request_id']})"
    return said[:LONGEST_ERROR]
