"""Structured logs: one event a line with its fields, for people (console) or a collector (JSON).

All logs go through the root logger of the standard library, so those of libraries (uvicorn, SQLAlchemy…) have the same
format. A request id or a run id bound with `structlog.contextvars` is on every line of that request or run.
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
"""The lowest level that these libraries may log. Their other messages repeat ours, are of no use, or contain private
data (Pillow prints where a picture was taken)."""


def configure(format: Format, level: Level) -> None:
    """Send all logs of this process from `level` on to standard error, in this `format`. May be called again."""
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
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # uvicorn's own command line gives them handlers
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _ending(format: Format) -> list[Processor]:
    drop_meta: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if format == "console":
        # Without local variables in tracebacks: they may be pictures or secrets.
        plain = structlog.dev.plain_traceback
        return [drop_meta, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return [
        drop_meta,
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(),
    ]
