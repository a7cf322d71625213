"""Somebody who edits a document over HTTP."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.api_in_thread import Api


@dataclass(frozen=True, slots=True)
class Editor:
    """``edit`` and the steps post to one document; ``if_match`` and ``key`` are headers."""

    http: httpx.Client
    id: str
    decomposition_id: str

    @classmethod
    def of(cls, api: Api, decomposition_id: str) -> "Editor":
        """The editor of a new document."""
        return cls._of(api.http, decomposition_id)

    def another(self) -> "Editor":
        """The editor of another document of the same decomposition."""
        return self._of(self.http, self.decomposition_id)

    @classmethod
    def _of(cls, http: httpx.Client, decomposition_id: str) -> "Editor":
        answer = http.post("/v1/documents", json={"decomposition_id": decomposition_id})
        assert answer.status_code == 201, answer.text
        return cls(http, answer.json()["id"], decomposition_id)

    @property
    def url(self) -> str:
        return f"/v1/documents/{self.id}"

    def edit(self, *operations: dict[str, Any], if_match: str | None = None, key: str | None = None) -> httpx.Response:
        headers = _headers(if_match, key)
        return self.http.post(f"{self.url}/operations", json={"operations": operations}, headers=headers)

    def step(self, step: str, if_match: str | None = None, key: str | None = None) -> httpx.Response:
        """``undo``, ``redo`` or ``revisions/3/restore``."""
        return self.http.post(f"{self.url}/{step}", headers=_headers(if_match, key))

    def picture(self, **query: Any) -> httpx.Response:
        return self.http.get(f"{self.url}/render.png", params=query)

    def history(self) -> list[str]:
        """What happened, newest first, from all pages."""
        url, lines = f"{self.url}/revisions?limit=100", []
        while url:
            page = self.http.get(url).json()
            lines += [one["summary"] for one in page["revisions"]]
            url = page["next"]
        return lines


def _headers(if_match: str | None, key: str | None) -> dict[str, str]:
    given = {"If-Match": if_match, "Idempotency-Key": key}
    return {name: value for name, value in given.items() if value is not None}
