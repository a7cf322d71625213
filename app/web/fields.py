"""The fields of a body, read and checked at once by a pydantic shape."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.web.errors import field_errors, invalid

Asked = TypeVar("Asked", bound=BaseModel)


def checked_as(shape: type[Asked], given: Mapping[str, Any]) -> Asked:
    """The fields as the shape has them.

    Raises:
        InvalidRequest: lists every wrong field.
    """
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        raise invalid(field_errors(error)) from None


def sent(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that are ``null``, for requests in which these count as not sent."""
    return {name: value for name, value in given.items() if value is not None}
