"""Operations from the command line: of a JSON file, of standard input, or one by one."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click


def operations_given(file: str | None, single: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The operations, those of the file first; and what layers are to be, where the file says that too.

    Args:
        file: of a list, or of an object with ``operations`` and ``layers`` as the API takes it; ``-`` is standard
            input.
        single: an operation each, as JSON.

    Raises:
        click.BadParameter: it is not JSON, or not of that shape; what is in an operation the service judges.
    """
    operations, layers = ([], None) if file is None else _of_file(file)
    for text in single:
        operation = _loaded(text, "--op")
        if not isinstance(operation, dict):
            raise click.BadParameter(f"{text} is no JSON object.", param_hint="--op")
        operations.append(operation)
    return operations, layers


def _of_file(file: str) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    hint = "--operations"
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{file} cannot be read: {error}.", param_hint=hint) from None
    body = _loaded(text, hint)
    if isinstance(body, list):
        body = {"operations": body}
    body = body if isinstance(body, dict) else {}
    operations, layers = body.get("operations"), body.get("layers")
    is_list = isinstance(operations, list) and all(isinstance(one, dict) for one in operations)
    if not (is_list or (operations is None and layers is not None)) or not isinstance(layers, dict | None):
        wanted = 'a list of operations, or {"operations": [...], "layers": {...}}'
        raise click.BadParameter(f"{'Standard input' if file == '-' else file} must hold {wanted}.", param_hint=hint)
    return operations or [], layers


def _loaded(text: str, hint: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"It is not valid JSON: {error}.", param_hint=hint) from None
