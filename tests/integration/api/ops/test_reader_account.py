"""Every page needs no more than the dashboard's own account may."""

from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from api.app import create_dashboard
from api.ops.app import SECTIONS
from api.ops.services import running_dashboard
from api.settings import ApiSettings
from db.engine import session
from db.models import JobRun, Region
from db.reader import grant_reader
from tests import served
from tests.integration.api.ops.conftest import TOKEN


@pytest.fixture
def account(engine: Engine) -> str:
    """The address of the database for an account of that kind."""
    password = grant_reader(engine, "ops_of_the_pages")
    address = engine.url.set(username="ops_of_the_pages", password=password)
    return address.render_as_string(hide_password=False)


def test_pages_are_read_with_the_account_that_only_reads(engine: Engine, settings: ApiSettings, account: str) -> None:
    with session(engine) as opened:
        opened.add(Region(code="FR", name="France", country="FR", time_zone="Europe/Paris"))
        opened.add(
            JobRun(run_id="now", job="crawl_listings", region_code="FR", state="running", started_at=datetime.now(UTC))
        )
    settings = settings.model_copy(update={"ops_database_url": SecretStr(account)})
    with running_dashboard(settings) as services, served.serving(create_dashboard(services)) as url:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=f"{url}/ops", headers=headers, timeout=30) as client:
            sections = [section.path for section in SECTIONS]
            for path in (*sections, "coverage/FR", "runs/now", "galleries/FR", "people?q=somebody"):
                assert client.get(f"/{path}").status_code == 200, path
                assert client.get(f"/api/{path}").status_code == 200, path
            ordered = client.post("/api/orders", data={"kind": "rollback", "region": "FR"})
            assert ordered.json() == {"filed": True}
