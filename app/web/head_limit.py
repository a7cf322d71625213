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
    """One connection."""

    _begun = 0
    _open_head = 0
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        before = self._open_head
        super().data_received(data)
        if before and self._open_head == before:  # this piece held nothing but a part of the one head
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
                self._refuse("headers-too-large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun += 1
        self._open_head, self._head_bytes = self._begun, 0

    def on_headers_complete(self) -> None:
        self._open_head = 0
        self._head_bytes = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if self._head_bytes > MAX_HEAD_BYTES:
            raise ValueError("the head is too large")  # the parser stops, and uvicorn calls send_400_response
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if self._head_bytes > MAX_HEAD_BYTES:
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
