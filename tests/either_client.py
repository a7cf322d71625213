"""``AsyncClient`` as if it were ``Client``, so that one test tries both."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any

from lamina.client import AsyncClient, Client


class Blocking:
    """An object of the asynchronous client whose methods return when they are done, and whose results do too."""

    def __init__(self, wrapped: Any, runner: asyncio.Runner) -> None:
        self.wrapped, self._runner = wrapped, runner

    def __getattr__(self, name: str) -> Any:
        return self._shown(getattr(self.wrapped, name))

    def _shown(self, value: Any) -> Any:
        if inspect.ismethod(value):
            return lambda *given, **named: self._shown(value(*given, **named))
        if inspect.iscoroutine(value):
            return self._shown(self._runner.run(value))
        if isinstance(value, AsyncGenerator):
            return self._each(value)
        if isinstance(value, tuple):
            return tuple(map(self._shown, value))
        return Blocking(value, self._runner) if type(value).__module__.startswith("lamina.client._async") else value

    def _each(self, values: AsyncGenerator[Any]) -> Iterator[Any]:
        while True:
            try:
                yield self._shown(self._runner.run(anext(values)))  # type: ignore[arg-type]
            except StopAsyncIteration:
                return


@contextmanager
def either_client(kind: str, url: str, **how: Any) -> Iterator[Any]:
    """``kind`` is ``sync`` or ``async``; ``how`` goes to the client, a ``transport`` too."""
    if kind == "sync":
        with Client(url, **how) as client:
            yield client
        return
    with asyncio.Runner() as runner:
        client = Blocking(AsyncClient(url, **how), runner)
        yield client
        client.close()
