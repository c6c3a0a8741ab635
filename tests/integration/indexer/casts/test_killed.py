"""A night that is killed while it asks: the next run asks the rest, and ends as if nothing had happened."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.indexer.casts import killed_night
from tests.integration.indexer.casts.night import Night, film
from tests.integration.indexer.rig import guide
from tests.paths import ROOT

HOURS = range(2, 23)
LISTING = guide(*(film(f"Film {hour}", f"{hour:02}:00", f"{hour + 1:02}:00", "Ana Alpha") for hour in HOURS))


def serve(night: Night) -> None:
    for hour in HOURS:
        cast = [(10, "Ana Alpha", f"Role {hour}"), (100 + hour, f"Extra {hour}", None)]
        night.tmdb_finds(f"Film {hour}", night.tmdb_film(hour, f"Film {hour}", cast))


@pytest.mark.parametrize("answers", [0, 1, 8, 15])
def test_a_killed_night_asks_only_what_it_has_not_been_told(
    night: Night, database_url: str, models_dir: Path, answers: int
) -> None:
    serve(night)
    tmdb = night.tmdb
    address = night.indexer.write(LISTING)
    arguments = [database_url, str(night.indexer.folder), str(models_dir), address, night.api.url]
    moment = f"SELECT 1 FROM lookup HAVING count(*) >= {answers}" if answers else "SELECT 1 FROM airing"
    with night.api.holding(f"/tmdb/movie/{HOURS[answers]}/credits"):  # so that it cannot be over before it is killed
        process = subprocess.Popen([sys.executable, "-m", killed_night.__name__, *arguments], cwd=ROOT)
        night.indexer.wait_for(moment, process)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    told = night.indexer.rows("SELECT subject_id FROM lookup")

    counts = night.run(LISTING, tmdb)

    assert counts["asked_tmdb"] == len(HOURS) - len(told)
    assert night.requests.count("/tmdb/search/multi") <= len(HOURS) + 1, "the one question that was under way"
    assert night.people("Ana Alpha") == [(night.people("Ana Alpha")[0][0], {"tmdb": "person/10"})]
    assert night.indexer.rows("SELECT count(*) FROM airing_credit") == [(2 * len(HOURS),)]
    finished = night.indexer.everything()
    night.run(LISTING, tmdb)
    assert night.indexer.everything() == finished
