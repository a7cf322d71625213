"""``lamina api``: the HTTP service alone, for use with real servers."""

import socket

import click

from app.cli.allocator import give_large_blocks_back
from app.cli.leash import end_with
from app.cli.options import leash_option, listen_option, need_servers, port_option, settings_with
from app.settings import Settings

_BACKLOG = 2048  # connections that wait while the API starts, or starts again
_STOP_S = 8  # requests under way may take so long to finish after SIGTERM


@click.command()
@listen_option
@port_option
@click.option("--fd", type=int, hidden=True, help="A listening socket that is open already.")
@leash_option
def api(listen: str | None, port: int | None, fd: int | None, leash: int | None) -> None:
    """Serve HTTP; needs LAMINA_DATABASE_URL and LAMINA_REDIS_URL."""
    if leash is not None:
        end_with(leash)
    settings = settings_with(listen=listen, port=port)
    need_servers(settings)
    serve(settings, bound(settings.listen, settings.port) if fd is None else socket.socket(fileno=fd))


def bound(listen: str, port: int) -> socket.socket:
    """A socket that listens on the address; port 0 becomes a free one.

    Raises:
        click.ClickException: the address is taken or is not ours.
    """
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((listen, port))
        listener.listen(_BACKLOG)  # at once: until then a second service could bind the same port
    except OSError as error:
        listener.close()
        raise click.ClickException(f"Cannot listen on {listen}, port {port}: {error.strerror}.") from None
    return listener


def url_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds what listens there."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(settings: Settings, listener: socket.socket) -> None:
    """Run the service on the socket until SIGTERM or SIGINT."""
    import uvicorn

    from app import logs
    from app.main import create_app
    from app.web.head_limit import LimitedHead

    logs.configure()
    give_large_blocks_back()
    config = uvicorn.Config(
        create_app(settings),
        http=LimitedHead,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_S,
    )
    uvicorn.Server(config).run(sockets=[listener])
