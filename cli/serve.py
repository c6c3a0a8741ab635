"""`findtheactor serve`: the API and the web app."""

import gc
import signal
import socket
import sys
from typing import Annotated, Literal

import typer

from cli.console import stderr


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; FTA_HOST otherwise.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, 0 for any free one; FTA_PORT otherwise.")] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None, typer.Option(help="FTA_LOG_LEVEL otherwise.")
    ] = None,
) -> None:
    """Serve the API and the web app until Ctrl-C.

    It needs prepared models (`findtheactor models prepare`) and follows the galleries that `findtheactor index`
    publishes; TensorFlow is never imported.
    """
    from faces.allocator import limit_arenas

    limit_arenas()
    gc.disable()  # what is imported stays: to look for garbage among it takes a fifth of the start

    import uvicorn

    from api.app import create_app
    from api.services import running
    from api.settings import ApiSettings
    from settings.logs import configure

    gc.freeze()
    gc.enable()
    settings = ApiSettings()
    configure(settings.log_format, log_level or settings.log_level)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the services stop too: uvicorn passes the signal on
    address = settings.host if host is None else host, settings.port if port is None else port
    with listen(*address) as listener, running(settings) as services:
        stderr.print(f"Serving on http://{':'.join(map(str, listener.getsockname()[:2]))} (Ctrl-C stops)")
        config = uvicorn.Config(create_app(services), log_config=None, access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; `typer.BadParameter` when it cannot."""
    try:
        listener = socket.create_server((host, port), backlog=128)
        # Inherited by the connections. Without it the body of an answer, sent after its headers, waits 40 ms for the
        # caller to acknowledge these; asyncio sets it only on sockets whose protocol is named, which Python's are not.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise typer.BadParameter(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another --port, or --port 0 for any free one."
        ) from error
