"""What is told: ``{"type", "timestamp", "data"}``, thin, as whoever wants more has the addresses."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

LARGEST = 20_000
"""Bytes; Standard Webhooks asks for less than 20 kB."""


def event_body(type_: str, moment: datetime, data: Mapping[str, Any]) -> str:
    """The JSON that is signed and sent. A job that is too long for it loses its lists, and if need be all of its result
    but what names it, and says so by ``truncated``."""
    body = _json(type_, moment, data)
    if len(body.encode()) <= LARGEST:
        return body
    short = {name: _without_lists(value) for name, value in data.items()}
    body = _json(type_, moment, {**short, "truncated": True})
    if len(body.encode()) <= LARGEST:
        return body
    return _json(type_, moment, {**short, "result": _named(data["result"]), "truncated": True})


def _json(type_: str, moment: datetime, data: Mapping[str, Any]) -> str:
    timestamp = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = {"type": type_, "timestamp": timestamp, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _named(result: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if result is None else {name: value for name, value in result.items() if name.endswith("_id")}


def _without_lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_lists(inner) for name, inner in value.items()}
    return None if isinstance(value, list | tuple) else value
