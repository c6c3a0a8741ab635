"""The services that the dashboard's pages use."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.metrics import Metrics
from api.ops.gauges import exported_gauges
from api.ops.samples import Samples, over_http
from api.settings import ApiSettings
from db.engine import open_database, session
from db.server import running_server
from storage import open_storage
from storage.base import Storage

STATEMENT_TIMEOUT_S = 10.0
"""The longest that a page may wait for the database."""


@dataclass(frozen=True, slots=True)
class Ops:
    """The running parts of the dashboard."""

    settings: ApiSettings
    database: Engine
    """Read-only; orders are filed with `db.engine.write_session`."""
    storage: Storage
    metrics: Metrics
    """The metrics of this process."""
    samples: Samples
    """Samples of the metrics of the API that the dashboard shows."""


@contextmanager
def read_only_database(settings: ApiSettings, database_url: str, *, required: bool = True) -> Iterator[Engine]:
    """A read-only engine: for `FTA_OPS_DATABASE_URL` if that is set, else for `database_url`. See `open_database`."""
    address = settings.ops_database_url
    with open_database(
        address.get_secret_value() if address else database_url,
        settings.data_dir,
        application_name="findtheactor ops",
        statement_timeout_s=STATEMENT_TIMEOUT_S,
        read_only=True,
        required=required,
    ) as engine:
        yield engine


@contextmanager
def running_dashboard(settings: ApiSettings) -> Iterator[Ops]:
    """The dashboard's services in a process of their own, without models or galleries. Raises `DatabaseUnavailable`."""
    with ExitStack() as cleanups:
        address = settings.database_url
        if address is None:
            address = cleanups.enter_context(running_server(settings.data_dir))
        database = cleanups.enter_context(read_only_database(settings, address))
        storage = open_storage(settings.storage_url, s3_endpoint=settings.s3_endpoint)
        url = settings.ops_metrics_url
        samples = Samples(over_http(str(url)) if url else None, f"The API at {url}")
        cleanups.enter_context(samples.sampled())
        metrics = Metrics()
        cleanups.enter_context(exported_gauges(database, metrics.registry))
        yield Ops(settings, database, storage, metrics, samples)


def running_ops(request: Request) -> Ops:
    """The services of the dashboard that serves this request."""
    ops: Ops = request.app.state.ops
    return ops


Running = Annotated[Ops, Depends(running_ops)]


def _read_session(ops: Running) -> Iterator[Session]:
    with session(ops.database) as opened:
        yield opened


def _now() -> datetime:
    return datetime.now(UTC)


Reading = Annotated[Session, Depends(_read_session, scope="function")]
"""A read-only session."""

Now = Annotated[datetime, Depends(_now)]
"""The current time, in UTC; tests replace it."""
