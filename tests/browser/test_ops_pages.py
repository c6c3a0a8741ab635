"""The dashboard's pages about runs, sources, galleries, questions and people, as people use them."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import Engine, select

from api.app import create_dashboard
from api.metrics import Metrics
from api.ops.services import Ops, running_dashboard
from api.settings import ApiSettings
from db.engine import session
from db.models import Credit, JobRun, Person, PersonAlias, PersonId, Photo, Programme, Region
from db.queries.jobs import finish_job, record_health, record_progress, start_job
from db.queries.locks import exclusive_lock
from db.queries.merges import merge_people
from db.queries.publishing import Release, publish
from db.queries.tallies import SourceHour, add_tallies
from tests import served

TOKEN = "a-token-for-the-tests"
HOUR = timedelta(hours=1)
SLOT = timedelta(minutes=30)
PAGES = (
    "runs", "runs/dead", "runs/now", "sources", "galleries", "galleries/FR", "identify", "people?q=e", "people?q=el",
    "people/1",
)  # fmt: skip
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 860}}


@pytest.fixture
def world(engine: Engine, now: datetime) -> Engine:
    """Rows for every page: runs of each state, sources that are ill, galleries, somebody with photos and a merge."""
    with session(engine) as opened:
        opened.add(Region(code="FR", name="France", country="FR", time_zone="Europe/Paris"))
        _runs(opened.add, now)
        record_health(opened, "tmdb", "ok", None)
        record_health(opened, "imdb", "blocked", "robots.txt refuses us")
        hour = now.replace(minute=0, second=0, microsecond=0)
        add_tallies(opened, [SourceHour("tmdb", hour - n * HOUR, 90 + n, n % 3, n % 5) for n in range(30)])
        opened.flush()
        slot = hour + 2 * HOUR
        for built_at, people in ((now - 20 * HOUR, 40), (now - HOUR, 50)):
            releases = [
                Release(slot + n * SLOT, f"galleries/{people}{n}", "0" * 64, people + n, 99, 5, 4000) for n in range(9)
            ]
            publish(opened, "FR", "mtcnn1-msceleb-128-aligned1", releases, built_at=built_at)
        film = Programme(title="Argo", title_key="argo", kind="film", year=2012)
        elton, alias = (Person(name=name, name_key=name.lower()) for name in ("Elton John", "Reginald Dwight"))
        opened.add_all([film, elton, alias])
        opened.flush()
        opened.add(PersonId(person_id=elton.id, system="imdb", value="nm0005056"))
        opened.add(PersonAlias(person_id=elton.id, name="Sir Elton", name_key="sir elton"))
        credit = Credit(programme_id=film.id, person_id=elton.id, job="guest", position=0, source="tmdb")
        opened.add(credit)
        opened.flush()
        for n, (state, reason) in enumerate([("offered", None), ("refused", "no face was found in it")]):
            origin = f"https://example.org/{n}.jpg"
            row = {"source": "tmdb", "state": state, "reason": reason, "gathered_at": now, "origin": origin}
            opened.add(Photo(person_id=elton.id, credit_id=credit.id, **row))
        merge_people(opened, elton.id, alias.id, reason="the same id of imdb", at=now)
    return engine


def _runs(add: object, now: datetime) -> None:
    jobs = ("crawl_listings", "resolve_casts", "gather_photos")
    for run_id, ago, last in (("old", 30, "done"), ("dead", 6, "running"), ("now", 1, "running")):
        for n, job in enumerate(jobs):
            began = now - ago * HOUR + n * timedelta(minutes=4)
            state = last if job == jobs[-1] else "done"
            ended = None if state == "running" else began + timedelta(minutes=4)
            stage = {"doing": "Gathering photos", "done": 40, "total": 100} if state == "running" else {}
            region = "BE" if run_id == "dead" else "FR"
            counts = {"people": 90 + ago, "photos": 700}
            add(
                JobRun(
                    run_id=run_id, job=job, region_code=region, state=state, started_at=began, finished_at=ended,
                    counts=counts, updated_at=began, **stage,
                )
            )  # fmt: skip


@pytest.fixture
def dashboard(world: Engine, database_url: str, tmp_path: Path) -> Iterator[tuple[str, Ops]]:
    changes = {"database_url": database_url, "data_dir": tmp_path, "ops_token": SecretStr(TOKEN)}
    with (
        running_dashboard(ApiSettings().model_copy(update=changes)) as ops,
        served.serving(create_dashboard(ops)) as url,
        exclusive_lock(world, "index FR"),
    ):
        yield url, ops


@pytest.fixture
def open_page(browser: Browser, dashboard: tuple[str, Ops]) -> Iterator[Page]:
    """A page that is signed in; whatever its console complains about fails the test."""
    with browser.new_context(base_url=dashboard[0]) as context:
        page = context.new_page()
        complaints = _complaints(page)
        _sign_in(page)
        yield page
        assert complaints == []


def _complaints(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return complaints


def _sign_in(page: Page) -> None:
    page.goto("/ops/login")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", SIZES)
def test_every_page_is_for_everybody_and_fits_the_screen(
    browser: Browser, dashboard: tuple[str, Ops], tmp_path: Path, device: str, scheme: str
) -> None:
    url, ops = dashboard
    _ask_for_hours(ops)
    with browser.new_context(base_url=url, viewport=SIZES[device], color_scheme=scheme) as context:
        page = context.new_page()
        complaints = _complaints(page)
        _sign_in(page)
        for path in PAGES:
            page.goto(f"/ops/{path}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            page.screenshot(path=tmp_path / f"{re.sub('[^a-z]', '-', path)}.png", full_page=True)
        assert complaints == []


def _ask_for_hours(ops: Ops) -> None:
    """Samples of an API that was asked something."""
    metrics = Metrics()
    ops.samples.read, ops.samples.whose = metrics.exposition, "The API of this test"
    for n in range(30):
        metrics.requests.labels("POST", "/v1/identify", "503" if n % 9 == 8 else "200").inc(1 + n % 4)
        metrics.observe_stages({"detect": 50 + n, "total": 90 + 3 * n})
        metrics.faces.labels("FR", ("match", "uncertain", "not_in_cast")[n % 3]).inc()
        ops.samples.take()


def test_progress_moves_while_it_is_watched_and_the_next_job_takes_its_place(open_page: Page, world: Engine) -> None:
    with session(world) as opened:
        stage = opened.scalars(select(JobRun).where(JobRun.run_id == "now", JobRun.state == "running")).one()
    open_page.goto("/ops/runs/now")
    bar = open_page.get_by_role("progressbar", name="France, gather photos")
    expect(bar).to_have_attribute("value", "40")

    record_progress(world, stage.id, "Gathering photos", 60, 100)
    expect(open_page.get_by_text("Gathering photos: 60 of 100")).to_be_visible()
    expect(bar).to_have_js_property("value", 60)

    with session(world) as opened:
        finish_job(opened, stage.id, "done", {"photos": 812})
        start_job(opened, "now", "embed_photos", "FR")
    expect(open_page.get_by_role("progressbar", name="France, embed photos")).to_be_visible()
    expect(open_page.get_by_role("row", name=re.compile("gather photos"))).to_contain_text("812")


def test_nothing_is_asked_once_nothing_runs_or_nobody_looks(open_page: Page, world: Engine) -> None:
    open_page.clock.install()
    asked: list[str] = []
    open_page.on("request", lambda request: asked.append(request.url))

    def it_asks() -> bool:
        """Whether the page asks for anything in five seconds of its time. What we ask for then comes after all that."""
        asked.clear()
        open_page.clock.run_for(5000)
        open_page.evaluate("fetch('/ops/api/runs').then((answer) => answer.text())")
        return len(asked) > 1

    open_page.goto("/ops/runs")
    expect(open_page.get_by_role("progressbar")).to_be_visible()
    assert it_asks()
    open_page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true, configurable: true })")
    served.wait_until(lambda: not it_asks())  # something may have been under way
    assert not it_asks()

    with session(world) as opened:
        for stage in opened.scalars(select(JobRun).where(JobRun.state == "running")):
            finish_job(opened, stage.id, "done", {})
    open_page.evaluate("Object.defineProperty(document, 'hidden', { get: () => false, configurable: true })")
    assert it_asks()
    served.wait_until(lambda: not it_asks())
    expect(open_page.get_by_text("Nothing is running.")).to_be_visible()


def test_somebody_is_found_and_parted_with_the_keyboard_alone(open_page: Page) -> None:
    open_page.goto("/ops/people")
    expect(open_page.get_by_role("searchbox")).to_be_focused()
    open_page.keyboard.type("elton")
    open_page.keyboard.press("Enter")
    open_page.get_by_role("link", name="Elton John").first.focus()
    open_page.keyboard.press("Enter")
    expect(open_page.get_by_role("heading", name="Elton John")).to_be_visible()
    open_page.get_by_role("button", name="Part again: Reginald Dwight and Elton John").focus()
    open_page.keyboard.press("Enter")
    expect(open_page.get_by_role("region", name="Orders")).to_contain_text("part again")


def test_an_opt_out_needs_two_steps(open_page: Page) -> None:
    open_page.goto("/ops/people/1")
    button = open_page.get_by_role("button", name="Opt out: Elton John")
    expect(button).to_be_hidden()
    open_page.get_by_text("They asked for it").click()
    button.click()
    expect(open_page.get_by_role("region", name="Orders")).to_contain_text("opt out, person 1")
