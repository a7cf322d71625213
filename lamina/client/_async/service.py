"""How requests are sent: again where that is safe, answers checked, files streamed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import IO, Any, TypeVar

import httpx

from lamina.client.answers import no_answer, object_of, problem_of
from lamina.client.events import Event, EventLines
from lamina.client.problems import Problem
from lamina.client.request import Request, get, sign_for
from lamina.client.shapes import Raw
from lamina.client.where import Where

T = TypeVar("T")

_EVENT_SILENCE_S = 40.0  # the service sends a comment every 15 s
_CHUNK = 2**18
_UNSIGNED = frozenset({"signature-required", "link-expired"})


class AsyncService:
    """Raises ``Problem`` for an error answer, ``NoAnswer`` for none, each after as many tries as ``where`` allows."""

    def __init__(self, where: Where, transport: httpx.AsyncBaseTransport | None) -> None:
        self.where = where
        self._http = httpx.AsyncClient(
            base_url=where.url, timeout=where.timeout, trust_env=where.trust_env, transport=transport
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, asked: Request) -> httpx.Response:
        """The answer, read whole."""

        async def receive(answer: httpx.Response) -> httpx.Response:
            await answer.aread()
            return answer

        return await self._tried(lambda: asked, receive)

    async def json(self, asked: Request) -> dict[str, Any]:
        """The object that is answered."""
        return object_of(await self.send(asked))

    async def content(self, asked: Request) -> bytes:
        """The file that is answered."""
        return (await self._signed(asked, self.send)).content

    async def download(self, asked: Request, file: IO[bytes]) -> httpx.Headers:
        """Write what is answered into an empty file, bit by bit; one that breaks off goes on where it was."""
        return await self._signed(asked, lambda signed: self._written(signed, file))

    async def _written(self, asked: Request, file: IO[bytes]) -> httpx.Headers:
        asked = replace(asked, headers={**asked.headers, "Accept-Encoding": "identity"})  # a range is of these bytes
        tag: str | None = None

        def going_on() -> Request:
            done = file.tell()
            if not (done and tag and asked.method == "GET"):
                return asked
            return replace(asked, headers={**asked.headers, "Range": f"bytes={done}-", "If-Range": tag})

        async def receive(answer: httpx.Response) -> httpx.Headers:
            nonlocal tag
            if answer.status_code != 206:
                file.seek(0)
                file.truncate()
            tag = answer.headers.get("etag")
            async for chunk in answer.aiter_bytes(_CHUNK):
                file.write(chunk)
            return answer.headers

        return await self._tried(going_on, receive)

    async def events(self, path: str, feed: EventLines) -> AsyncGenerator[Event]:
        """What comes by server-sent events, after ``feed.last_id``, until they break off or end; never raises for
        that, as there is another way to ask."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": feed.last_id} if feed.last_id else {})
        timeout = httpx.Timeout(_EVENT_SILENCE_S, connect=self.where.timeout.connect)
        try:
            async with self._http.stream(
                "GET", path, headers=self.where.headers(path) | headers, timeout=timeout
            ) as answer:
                if "text/event-stream" not in answer.headers.get("content-type", ""):
                    return
                async for line in answer.aiter_lines():
                    event = feed.take(line)
                    if event is not None:
                        yield event
        except httpx.TransportError:
            return
        finally:
            feed.broke_off()

    async def listed(self, asked: Request, name: str) -> AsyncGenerator[Raw]:
        """The objects of a list, page after page, each page when it is needed."""
        while True:
            page = await self.json(asked)
            for one in page.get(name) or ():
                yield one
            if not page.get("next"):
                return
            asked = get(page["next"])

    async def _signed(self, asked: Request, fetch: Callable[[Request], Awaitable[T]]) -> T:
        """Where pictures are only served at signed addresses, and none is at hand, it is asked for."""
        try:
            return await fetch(asked)
        except Problem as problem:
            if problem.code not in _UNSIGNED:
                raise
        signed = await self.json(sign_for(asked))
        return await fetch(get(signed["url"]))

    async def _tried(self, asked: Callable[[], Request], receive: Callable[[httpx.Response], Awaitable[T]]) -> T:
        retries, tried = self.where.retries, 0
        while True:
            tried += 1
            request = asked()
            try:
                answer = await self._http.send(self._built(request), stream=True)
                try:
                    if not answer.is_error:
                        return await receive(answer)
                    await answer.aread()
                finally:
                    await answer.aclose()
            except httpx.TransportError as error:
                pause = retries.after_error(error, tried, request.repeatable)
                if pause is None:
                    raise no_answer(self.where.url, error) from error
            else:
                problem = problem_of(answer)
                pause = retries.after_problem(problem, tried, request.repeatable)
                if pause is None:
                    raise problem
            await asyncio.sleep(pause)

    def _built(self, asked: Request) -> httpx.Request:
        return self._http.build_request(
            asked.method,
            asked.path,
            params=asked.query or None,
            headers=self.where.headers(asked.path) | dict(asked.headers),
            json=asked.json,
            data=asked.form or None,
            files=None if asked.file is None else {asked.file[0]: asked.file[1:]},
        )
