"""A FastAPI application that does nothing but return bytes: ``python -m bench.bare_route FD FILE``."""

import socket
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response


def make(body: bytes) -> FastAPI:
    """Gives the bytes at ``/``, always; and 304 at ``/known``."""
    app = FastAPI()

    @app.get("/")
    async def whole() -> Response:
        return Response(body, media_type="image/png")

    @app.get("/known")
    async def known() -> Response:
        return Response(status_code=304)

    return app


if __name__ == "__main__":
    config = uvicorn.Config(make(Path(sys.argv[2]).read_bytes()), access_log=False, log_level="warning")
    # the socket itself, as uvicorn takes an fd's for one of Unix, and would not send small packets at once
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
