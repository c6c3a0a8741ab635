"""`findtheactor serve`: the API and the web app."""

import gc
import signal
import socket
import sys
from typing import Annotated, Literal

import typer

from cli.console import stderr


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: FTA_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 means any free port. Default: FTA_PORT.")
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None,
        typer.Option(help="Lowest level that is logged. Default: FTA_LOG_LEVEL."),
    ] = None,
) -> None:
    """Serve the API and the web app until Ctrl-C.

    It needs the models that `findtheactor models prepare` makes, and uses the galleries that `findtheactor index`
    publishes as soon as they are published. It never imports TensorFlow.
    """
    from faces.allocator import limit_arenas

    limit_arenas()
    gc.disable()  # imported modules stay in memory: collecting garbage among them takes a fifth of the start

    import uvicorn

    from api.app import create_app
    from api.connections import server_config
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
        uvicorn.Server(server_config(create_app(services), settings)).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on that address. Raises `typer.BadParameter` when it cannot."""
    try:
        listener = socket.create_server((host, port), backlog=128)
        # The connections inherit this. Without it, the body of an answer is sent 40 ms after its headers, when the
        # caller has acknowledged these. asyncio sets it only on sockets with an explicit protocol, which this lacks.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise typer.BadParameter(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another --port, or --port 0 for any free one."
        ) from error
