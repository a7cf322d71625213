"""The server's HTTP parser with two promises more: a request's head stays small, and what cannot be parsed is answered
like every other error.

Neither uvicorn nor llhttp bounds a head that never ends: one stranger could fill the memory line by line.
"""

import json
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.flow.problem import MEANINGS, problem

MAX_HEAD_BYTES = 64 * 1024
_REASONS = {400: "Bad Request", 431: "Request Header Fields Too Large"}


class LimitedHead(HttpToolsProtocol):
    """One connection. Bytes that bring neither body nor the start or end of anything are counted as they come, so that
    one endless header, and trailers after a body, are bounded too."""

    _got_on = False
    _kept_bytes = 0

    def data_received(self, data: bytes) -> None:
        self._got_on = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        self._kept_bytes = 0 if self._got_on else self._kept_bytes + len(data)
        if self._kept_bytes > MAX_HEAD_BYTES:
            self._refuse("headers-too-large")

    def on_message_begin(self) -> None:
        self._got_on = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._got_on = True
        self._kept_bytes = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if self._kept_bytes > MAX_HEAD_BYTES:
            raise ValueError("the head is too large")  # the parser stops, and uvicorn calls send_400_response
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._got_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._got_on = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if self._kept_bytes > MAX_HEAD_BYTES:
            self._refuse("headers-too-large")
        else:
            self._refuse("malformed-request")

    def _refuse(self, code: str) -> None:
        request_id = uuid4().hex
        status = MEANINGS[code].status
        body = json.dumps(problem(code, request_id=request_id)).encode()
        head = [
            f"HTTP/1.1 {status} {_REASONS[status]}",
            "content-type: application/problem+json",
            f"content-length: {len(body)}",
            "cache-control: no-store",
            f"x-request-id: {request_id}",
            "connection: close",
        ]
        self.transport.write("\r\n".join([*head, "", ""]).encode("ascii") + body)
        self.transport.close()
