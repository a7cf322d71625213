"""Which service, and on what terms."""

import os
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import httpx

from lamina.client.problems import NoAnswer
from lamina.client.retrying import Retries

DEFAULT_URL: Final = "http://127.0.0.1:8080"
URL, API_KEY = "LAMINA_URL", "LAMINA_API_KEY"
VARIABLES: Final = (URL, API_KEY)
"""Of the environment; they count where the program names nothing itself."""
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Where:
    """A service and how it is talked to.

    Args:
        url: its address; a path in it is put before every path of the API.
        api_key: sent as ``Authorization: Bearer …``, to this service only.
        timeout_s: of each answer's next byte, not of the whole; connecting has 10 s at most.
        retries: how patient to be.
    """

    url: str
    api_key: str | None = field(repr=False)
    timeout_s: float
    retries: Retries

    @classmethod
    def of(cls, url: str | None, api_key: str | None, timeout_s: float, retries: Retries | None) -> "Where":
        """With what the environment says where nothing is said."""
        url = url or os.environ.get(URL) or DEFAULT_URL
        if "://" not in url:
            url = f"http://{url}"
        try:
            base = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise NoAnswer(f"{url} is no address: {error}") from error
        if base.scheme not in ("http", "https") or not base.host:
            raise NoAnswer(f"{url} is no address of a service: http://… or https://… is")
        return cls(url, api_key or os.environ.get(API_KEY) or None, timeout_s, retries or Retries())

    @property
    def timeout(self) -> httpx.Timeout:
        return httpx.Timeout(self.timeout_s, connect=min(10.0, self.timeout_s))

    @property
    def trust_env(self) -> bool:
        """A proxy of the environment is for other machines."""
        return httpx.URL(self.url).host not in _THIS_MACHINE

    def headers(self, path: str) -> dict[str, str]:
        """What goes along to a path of this service; to a whole address elsewhere the key does not."""
        said = {"User-Agent": f"lamina-python/{_version()}"}
        if self.api_key is not None and path.startswith("/"):
            said["Authorization"] = f"Bearer {self.api_key}"
        return said


def _version() -> str:
    try:
        return version("lamina")
    except PackageNotFoundError:  # used from a folder, not installed
        return "0"
