"""`findtheactor ops`: the operations dashboard in a process of its own."""

import signal
import sys
from typing import Annotated

import typer

from cli.console import stderr
from cli.serve import listen

PORT = 8001


def ops(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: FTA_HOST.")] = None,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 means any free port.")] = PORT,
) -> None:
    """Serve only the operations dashboard until Ctrl-C. (`findtheactor serve` serves it too, at `/ops`.)

    It loads no models, only reads the database, and needs `FTA_OPS_TOKEN`.
    """
    import uvicorn

    from api.app import create_dashboard
    from api.connections import server_config
    from api.ops.services import running_dashboard
    from api.settings import ApiSettings
    from settings.logs import configure

    settings = ApiSettings()
    configure(settings.log_format, settings.log_level)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with listen(settings.host if host is None else host, port) as listener, running_dashboard(settings) as services:
        stderr.print(f"Dashboard on http://{':'.join(map(str, listener.getsockname()[:2]))}/ops (Ctrl-C stops)")
        uvicorn.Server(server_config(create_dashboard(services), settings)).run(sockets=[listener])
