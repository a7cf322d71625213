"""JSON objects as dataclasses, tolerantly: what is not known is left out, what is missing takes its default."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def read(shape: type[T], raw: Mapping[str, Any], **given: Any) -> T:
    """An object of the dataclass; a field ``raw`` gets the JSON object itself.

    Args:
        given: fields that do not come from the JSON.

    A field without a default that is not there is ``None``, an empty string, an empty tuple or a zero, as its type has
    it, so that a program lives on with a service that is older than it.
    """
    values = dict(given)
    for name, hint, default in _plan(cast("Any", shape)):
        if name in values:
            continue
        if name == "raw":
            values[name] = raw
        elif raw.get(name) is not None:
            values[name] = _value(hint, raw[name])
        elif default is MISSING:
            values[name] = _empty(hint)
    return shape(**values)


@cache
def _plan(shape: Any) -> tuple[tuple[str, Any, Any], ...]:
    hints = get_type_hints(shape)
    return tuple(
        (field.name, hints[field.name], field.default if field.default_factory is MISSING else field.default_factory)
        for field in fields(shape)
        if field.init
    )


def _value(hint: Any, raw: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _value(next(one for one in inner if one is not type(None)), raw)
    if origin is tuple and isinstance(raw, list):
        return tuple(_value(inner[0], one) for one in raw)
    if hint is datetime:
        return datetime.fromisoformat(raw)
    if isinstance(raw, Mapping) and hasattr(hint, "__dataclass_fields__"):
        return read(hint, raw)
    return float(raw) if hint is float and isinstance(raw, int) else raw


def _empty(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return None
    kind = get_origin(hint) or hint
    return kind() if kind in (str, int, float, bool, tuple, dict) else None
