"""A request as a value: what is asked, of which path, and whether it may be asked twice."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any, Protocol, TypeVar
from urllib.parse import parse_qsl, quote, urlencode
from uuid import uuid4

from lamina.client.pictures import Picture, address_of

Operation = Mapping[str, Any]
_SIGNATURE = frozenset({"exp", "sig"})
_FETCHED_WITHIN_S = 3600


@dataclass(frozen=True, slots=True)
class Request:
    """
    Attributes:
        repeatable: sending it twice does what sending it once does.
        form: plain fields beside ``file``, ``(field, name, file)``.
    """

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    file: tuple[str, str, IO[bytes]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True


def path(*parts: object) -> str:
    """``/v1/jobs/job_4c1f``, whatever is in an id."""
    return "/v1/" + "/".join(quote(str(part), safe="") for part in parts)


def get(where: str, **query: Any) -> Request:
    """What the address has of a query stays, but for its signature where there is more to ask: that is of the whole."""
    more = {name: _plain(value) for name, value in query.items() if value is not None}
    if not more:
        return Request("GET", where)
    bare, _, given = where.partition("?")
    return Request("GET", bare, {**{name: value for name, value in parse_qsl(given) if name not in _SIGNATURE}, **more})


def sign(url: str, expires_in: int) -> Request:
    """Signing twice does no harm."""
    return Request("POST", "/v1/sign", json={"url": url, "expires_in": expires_in})


def sign_for(asked: Request) -> Request:
    """For a picture that is only served at a signed address, or was until now."""
    bare, _, given = asked.path.partition("?")
    query = {**dict(parse_qsl(given)), **asked.query}
    left = urlencode({name: value for name, value in query.items() if name not in _SIGNATURE})
    return sign(f"{bare}?{left}" if left else bare, _FETCHED_WITHIN_S)


def bare(url: str) -> str:
    """Without its query, and without ``.png``."""
    return url.partition("?")[0].removesuffix(".png")


def post(where: str, body: Any = None, *, if_match: str | None = None, key: str | None = None) -> Request:
    """One that the service does once only, however often it comes: with an ``Idempotency-Key``."""
    headers = {"Idempotency-Key": key or uuid4().hex}
    if if_match is not None:
        headers["If-Match"] = if_match
    return Request("POST", where, json=body, headers=headers)


def file_upload(where: str, file: tuple[str, IO[bytes]]) -> Request:
    """A file that is no picture."""
    return form_post(where, ("file", *file), {})


def form_post(where: str, file: tuple[str, str, IO[bytes]], fields: Mapping[str, Any]) -> Request:
    """A form with a file in it."""
    form = {name: _plain(value) for name, value in fields.items() if value is not None}
    return Request("POST", where, form=form, file=file, headers={"Idempotency-Key": uuid4().hex})


def upload(where: str, picture: Picture, file: tuple[str, IO[bytes]] | None, fields: Mapping[str, Any]) -> Request:
    """A picture with its fields: as a form, or as JSON where it is an address and there is no file."""
    given = {name: value for name, value in fields.items() if value is not None}
    if file is None:
        return post(where, {**given, "image_url": address_of(picture)})
    return form_post(where, ("image", *file), given)


def picture_path(png: str, format: str) -> str:
    """Of the same picture in another format; as it is in its own."""
    return png if format == "png" else f"{bare(png)}.{format}"


def operations_of(given: Operation | Iterable[Operation]) -> list[dict[str, Any]]:
    """A list, where one operation stands for itself."""
    return [dict(given)] if isinstance(given, Mapping) else [dict(one) for one in given]


def render(
    where: str,
    operations: Operation | Iterable[Operation],
    layers: Mapping[str, Any] | None,
    format: str,
    output: Mapping[str, Any],
) -> Request:
    """Of a decomposition; asking twice gives the same picture."""
    asked = {name: value for name, value in output.items() if value is not None}
    body: dict[str, Any] = {"operations": operations_of(operations), "output": {"format": format, **asked}}
    return Request("POST", where, json=body if layers is None else {**body, "layers": layers})


def change(
    where: str, operations: Operation | Iterable[Operation], layers: Mapping[str, Any] | None, if_match: str | None
) -> Request:
    """Of a document."""
    body: dict[str, Any] = {"operations": operations_of(operations)}
    return post(where, body if layers is None else {**body, "layers": layers}, if_match=if_match)


def template_request(
    where: str, values: Mapping[str, Any], version: int, format: str, output: Mapping[str, Any]
) -> Request:
    """A template's picture."""
    asked = {name: value for name, value in output.items() if value is not None}
    body = {"values": dict(values), "version": version, "output": {"format": format, **asked}}
    return Request("POST", where, json=body)


def template_version(
    name: str,
    document_id: str,
    variables: Mapping[str, Any],
    revision: int | None,
    description: str | None,
    after: int | None,
    only_new: bool,
) -> Request:
    """The next version of a template."""
    body: dict[str, Any] = {"name": name, "document_id": document_id, "variables": variables}
    optional = {"revision": revision, "description": description}
    body |= {key: value for key, value in optional.items() if value is not None}
    asked = post("/v1/templates", body, if_match=None if after is None else f'"v{after}"')
    return replace(asked, headers={**asked.headers, "If-None-Match": "*"}) if only_new else asked


def picture_query(output: Mapping[str, Any]) -> dict[str, Any]:
    """The output of a document's picture, as its query has it."""
    box = output.get("box")
    return {**output, "box": None if box is None else ",".join(str(part) for part in box)}


def warnings_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Of an export."""
    found = json.loads(headers.get("x-export-warnings") or "[]")
    return tuple(str(one) for one in found)


class _Named(Protocol):
    @property
    def index(self) -> int: ...
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def layer_called(layers: Sequence[N], name: int | str) -> N:
    """The first one of that index or name, else ``KeyError``."""
    for layer in layers:
        if name == (layer.index if isinstance(name, int) else layer.name):
            return layer
    known = ", ".join(repr(layer.name) for layer in layers)
    raise KeyError(f"There is no layer {name!r}; there are {known or 'none'}.")


def format_of(name: str) -> str:
    """``psd`` of ``poster.PSD``, for files whose suffix is their format.

    Raises:
        ValueError: it has none.
    """
    suffix = name.rpartition("/")[2].rpartition(".")
    if not suffix[0] or not suffix[2].isalnum():
        raise ValueError(f"{name} has no suffix that says the format; name one.")
    return suffix[2].lower()


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
