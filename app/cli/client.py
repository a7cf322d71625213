"""The service as a user of its HTTP contract sees it: post, follow, fetch, render."""

import json
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeAlias

import httpx

Job: TypeAlias = dict[str, Any]
Manifest: TypeAlias = dict[str, Any]

FINISHED = frozenset({"succeeded", "failed", "canceled"})
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_EVENT_SILENCE_S = 40.0  # the service sends a comment every 15 s


class Problem(Exception):
    """The service said no. ``str(problem)`` is its own words, each once, wrong fields included; ``code`` is the
    contract's."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        said = [str(problem.get("detail") or problem.get("title") or "The service said no.")]
        fields = [error for error in problem.get("errors") or () if error["detail"] != said[0]]
        lines = [f"{error['pointer']}: {error['detail']}" for error in fields]
        said += [line for line in lines if line not in said[0]]
        super().__init__("\n".join(said))
        self.code = str(problem.get("code", ""))


class Client:
    """One service. Every method raises ``Problem`` for an error answer and ``httpx.TransportError`` for none."""

    def __init__(self, url: str) -> None:
        base = httpx.URL(url)
        self._http = httpx.Client(
            base_url=base,
            timeout=httpx.Timeout(90.0, connect=10.0),
            trust_env=base.host not in _THIS_MACHINE,  # a proxy of the environment is for other machines
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def submit(self, image: bytes, fields: Mapping[str, object]) -> Job:
        """Post a picture; the job may be finished already, where its decomposition is known.

        Args:
            image: the file's bytes.
            fields: of the form, ``None`` left out: ``model``, ``max_layers``, …
        """
        form = {name: _form_value(value) for name, value in fields.items() if value is not None}
        answer = self._http.post("/v1/decompositions", files={"image": ("image", image)}, data=form)
        return _object(answer)

    def follow(self, job: Job) -> Iterator[Job]:
        """Every state of the job from this one to the last, by server-sent events; by long polls where those break."""
        yield job
        while job["status"] not in FINISHED:
            for seen in self._events(job):
                job = seen
                yield job
            if job["status"] not in FINISHED:
                job = _object(self._http.get(job["urls"]["self"], params={"wait": 10}))
                yield job

    def _events(self, job: Job) -> Iterator[Job]:
        timeout = httpx.Timeout(_EVENT_SILENCE_S, connect=10.0)
        try:
            with self._http.stream("GET", job["urls"]["events"], timeout=timeout) as answer:
                if answer.is_error:
                    return
                for line in answer.iter_lines():
                    if line.startswith("data:"):
                        yield json.loads(line.removeprefix("data:"))
        except httpx.TransportError:
            return

    def manifest(self, decomposition_id: str) -> Manifest:
        """The layers of a decomposition, bottom to top, with the URLs of their pictures."""
        return _object(self._http.get(f"/v1/decompositions/{decomposition_id}"))

    def fetch(self, url: str) -> bytes:
        """The bytes behind a URL of a manifest."""
        return _checked(self._http.get(url)).content

    def render(self, decomposition_id: str, operations: Sequence[Mapping[str, object]]) -> bytes:
        """The picture with the operations applied, as PNG."""
        body = {"operations": list(operations), "output": {"format": "png"}}
        return _checked(self._http.post(f"/v1/decompositions/{decomposition_id}/render", json=body)).content


def _form_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _checked(answer: httpx.Response) -> httpx.Response:
    if not answer.is_error:
        return answer
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict) or "title" not in problem:
        problem = {"detail": f"{answer.request.method} {answer.request.url} was answered {answer.status_code}."}
    raise Problem(problem)


def _object(answer: httpx.Response) -> dict[str, Any]:
    value = _checked(answer).json()
    assert isinstance(value, dict)
    return value
