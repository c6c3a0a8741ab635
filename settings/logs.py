"""Structured logs: one event a line with its fields, for people (console) or a collector (JSON).

Everything goes through the standard library's root logger, so that libraries (uvicorn, SQLAlchemy…) come out in the
same format. A request id or a run id bound with `structlog.contextvars` is on every line of that request or run.
"""

import logging
import sys
from typing import Literal

import structlog
from structlog.types import Processor

Format = Literal["console", "json"]
Level = Literal["debug", "info", "warning", "error"]

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)

QUIETER = {
    "uvicorn.access": "WARNING",
    "botocore": "WARNING",
    "urllib3": "WARNING",
    "apscheduler": "WARNING",
    "PIL": "WARNING",
}
"""Libraries whose own chatter repeats what we log, is of no use, or tells what must not be told (Pillow prints where a
picture was taken): the least level that they may print."""


def configure(format: Format, level: Level) -> None:
    """Send every log of this process to standard error, as `format`, from `level` on. May be called again."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=_ending(format)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in QUIETER.items():
        logging.getLogger(name).setLevel(least)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # its own command line gives them handlers
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _ending(format: Format) -> list[Processor]:
    drop_meta: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if format == "console":
        # Not the traceback with local variables: they may be pictures or secrets.
        plain = structlog.dev.plain_traceback
        return [drop_meta, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return [
        drop_meta,
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(),
    ]
