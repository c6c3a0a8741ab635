"""From guides to rows: what is stored, what the next crawl changes, and what a failing source does not."""

from datetime import UTC, date, datetime

from tests.integration.indexer.rig import Indexer, guide, programme

AIRINGS = """
    SELECT channel.slug, title, to_char(lower(during) AT TIME ZONE 'Europe/Paris', 'HH24:MI'),
           to_char(upper(during) AT TIME ZONE 'Europe/Paris', 'HH24:MI')
    FROM airing JOIN channel ON channel.id = channel_id JOIN programme ON programme.id = programme_id
    ORDER BY channel.slug, during
"""
ROLES = """
    SELECT title, person.name, job, role FROM airing_credit JOIN credit ON credit.id = credit_id
    JOIN person ON person.id = person_id JOIN programme ON programme.id = programme_id ORDER BY title, position
"""
HEALTH = "SELECT source, state, detail, last_success_at IS NOT NULL FROM source_health ORDER BY source"

EVENING = guide(
    programme("Air", "20:00", "21:00", cast={"Ben Affleck": "Phil", "Viola Davis": "Deloris"}),
    programme("News", "21:00", "21:30"),
    programme("Velma", "20:30", "21:30", "two", {"Mindy Kaling": "Velma"}),
)


def test_airings_roles_and_channels_are_stored_as_listed(indexer: Indexer) -> None:
    report = indexer.run(indexer.write(EVENING))

    assert report.complete
    assert indexer.rows(AIRINGS) == [
        ("one", "Air", "20:00", "21:00"),
        ("one", "News", "21:00", "21:30"),
        ("two", "Velma", "20:30", "21:30"),
    ]
    assert indexer.rows(ROLES) == [
        ("Air", "Ben Affleck", "actor", "Phil"),
        ("Air", "Viola Davis", "actor", "Deloris"),
        ("Velma", "Mindy Kaling", "actor", "Velma"),
    ]
    assert indexer.rows(HEALTH) == [("source-0", "ok", None, True)]


def test_the_same_guide_again_changes_nothing(indexer: Indexer) -> None:
    address = indexer.write(EVENING)
    indexer.run(address)
    before = indexer.everything()

    report = indexer.run(address)

    assert report.complete
    assert indexer.everything() == before


def test_only_what_changed_is_replaced(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))
    before = dict(indexer.rows("SELECT title, airing.id FROM airing JOIN programme ON programme.id = programme_id"))

    indexer.run(indexer.write(EVENING.replace("News", "Weather")))

    after = dict(indexer.rows("SELECT title, airing.id FROM airing JOIN programme ON programme.id = programme_id"))
    assert set(after) == {"Air", "Weather", "Velma"}
    assert (after["Air"], after["Velma"]) == (before["Air"], before["Velma"])


def test_a_later_start_moves_only_that_airing(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))

    indexer.run(indexer.write(guide(programme("Air", "20:00", "21:10"), programme("News", "21:10", "21:30"))))

    assert indexer.rows(AIRINGS)[:2] == [("one", "Air", "20:00", "21:10"), ("one", "News", "21:10", "21:30")]


def test_a_cast_that_changes_leaves_the_airing_in_place(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))
    airings = indexer.rows("SELECT id FROM airing ORDER BY id")

    indexer.run(indexer.write(EVENING.replace('role="Phil"', 'role="Phil Knight"')))

    assert indexer.rows("SELECT id FROM airing ORDER BY id") == airings
    assert ("Air", "Ben Affleck", "actor", "Phil Knight") in indexer.rows(ROLES)
    assert ("Air", "Ben Affleck", "actor", "Phil") not in indexer.rows(ROLES)


def test_a_guide_that_covers_less_does_not_empty_the_rest(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))

    indexer.run(indexer.write(guide(programme("News", "21:00", "21:30"))))

    assert len(indexer.rows(AIRINGS)) == 3


def test_only_airings_that_overlap_the_window_are_taken(indexer: Indexer) -> None:
    address = indexer.write(
        guide(programme("Late", "23:30", None), programme("Air", "20:00", "21:00")).replace(
            "</tv>",
            '<programme start="20260820220000 +0000" stop="20260820230000 +0000" channel="one"><title>Tomorrow</title>'
            "</programme></tv>",
        )
    )

    indexer.run(address)

    assert [title for _, title, *_ in indexer.rows(AIRINGS)] == ["Air", "Late"]


def test_an_airing_over_midnight_belongs_to_both_days_and_is_one_row(indexer: Indexer) -> None:
    over = guide(
        '<programme start="20260820210000 +0000" stop="20260820230000 +0000" channel="one">'
        "<title>Night</title></programme>"
    )
    address = indexer.write(over)

    indexer.run(address)
    indexer.run(address, day=date(2026, 8, 21), now=datetime(2026, 8, 20, 1, tzinfo=UTC))

    assert len(indexer.rows(AIRINGS)) == 1


def test_each_day_is_read_from_its_own_guide(indexer: Indexer) -> None:
    indexer.write(guide(programme("First", "20:00", "21:00")), "20260820.xml")
    indexer.write(guide(programme("Second", "20:00", "21:00")).replace("20260820", "20260821"), "20260821.xml")

    report = indexer.run(str(indexer.folder / "{day}.xml"), days=3)

    assert [title for _, title, *_ in indexer.rows(AIRINGS)] == ["First", "Second"]
    assert report.jobs[0].counts["days_without_listing"] == 1
    assert indexer.rows(HEALTH)[0][:2] == ("source-0", "ok")


def test_the_next_source_answers_for_one_that_fails(indexer: Indexer) -> None:
    report = indexer.run(str(indexer.folder / "none.xml"), indexer.write(EVENING))

    assert report.complete
    assert len(indexer.rows(AIRINGS)) == 3
    [(_, state, detail, _), (_, second, *_)] = indexer.rows(HEALTH)
    assert (state, second) == ("unavailable", "ok")
    assert "none.xml" in detail


def test_a_source_that_lists_another_day_does_not_count(indexer: Indexer) -> None:
    stale = indexer.write(EVENING.replace("20260820", "20260701"), "stale.xml")

    indexer.run(stale, indexer.write(EVENING))

    assert len(indexer.rows(AIRINGS)) == 3


def test_a_guide_that_breaks_off_is_completed_by_the_next_source(indexer: Indexer) -> None:
    cut = indexer.write(EVENING[: EVENING.index("Velma") - 20], "cut.xml")
    other = indexer.write(EVENING.replace("<title>Air<", "<title>Not preferred<"), "other.xml")

    report = indexer.run(cut, other)

    assert report.complete
    assert [title for _, title, *_ in indexer.rows(AIRINGS)] == ["Air", "News", "Velma"]
    [(_, state, detail, _), _] = indexer.rows(HEALTH)
    assert state == "unavailable"
    assert "broke off after 2 programmes" in detail


def test_when_no_source_answers_the_evening_stays_as_it_was(indexer: Indexer) -> None:
    indexer.run(indexer.write(EVENING))
    before = indexer.everything()

    report = indexer.run(indexer.write("<html><body>Maintenance</body></html>", "page.xml"))

    assert not report.complete
    assert report.jobs[0].error is not None
    assert "begins with <html>" in report.jobs[0].error
    after = indexer.everything()
    before.pop("objects")
    after.pop("objects")  # the page that came instead is kept, to be looked at
    assert after == before
    assert indexer.rows(HEALTH)[0][:2] == ("source-0", "changed")


def test_the_raw_answer_is_kept_once(indexer: Indexer) -> None:
    address = indexer.write(EVENING)
    indexer.run(address)
    indexer.run(address)

    assert len(list(indexer.storage.keys("raw/listings/"))) == 1


def test_two_channels_of_one_name_are_one_channel(indexer: Indexer) -> None:
    twins = EVENING.replace("<display-name>Two<", "<display-name>ONE<")

    indexer.run(indexer.write(twins))

    assert indexer.rows(AIRINGS) == [
        ("one", "Air", "20:00", "20:30"),
        ("one", "Velma", "20:30", "21:00"),
        ("one", "News", "21:00", "21:30"),
    ]


def test_one_person_written_in_two_ways_is_one_person(indexer: Indexer) -> None:
    one = programme("A", "20:00", "21:00", cast=["Zoé Saldaña"])
    other = programme("B", "21:00", "22:00", cast=["ZOE SALDANA"])

    indexer.run(indexer.write(guide(one, other)))

    assert indexer.rows("SELECT name_key FROM person") == [("zoe saldana",)]
    assert len(indexer.rows(ROLES)) == 2


def test_a_guide_of_several_days_is_fetched_once_also_when_it_fails(indexer: Indexer) -> None:
    page = indexer.write("<html/>", "page.xml")

    indexer.run(page, indexer.write(EVENING), days=3)

    assert indexer.rows(HEALTH)[0][:2] == ("source-0", "changed")
    assert len(indexer.rows(AIRINGS)) == 3


def test_a_guide_that_no_longer_names_anybody_is_an_alarm_and_still_shows_what_is_on(indexer: Indexer) -> None:
    films = [programme(f"Film {n}", f"{n:02}:00", f"{n + 1:02}:00", cast=["Ben Affleck"]) for n in range(22)]
    named = guide(*films)
    indexer.run(indexer.write(named))
    assert indexer.rows(HEALTH)[0][:2] == ("source-0", "ok")

    report = indexer.run(indexer.write(named.replace('<actor role="">Ben Affleck</actor>', "")))

    assert report.complete
    assert len(indexer.rows(AIRINGS)) == 22
    [(_, state, detail, _)] = indexer.rows(HEALTH)
    assert state == "changed"
    assert "lists 22 films and episodes and nobody in them" in detail


def test_a_guide_that_never_named_anybody_is_none(indexer: Indexer) -> None:
    indexer.run(indexer.write(guide(*(programme(f"Film {n}", f"{n:02}:00", f"{n + 1:02}:00") for n in range(22)))))

    assert indexer.rows(HEALTH)[0][:2] == ("source-0", "ok")


def test_channels_that_a_guide_does_not_describe_are_named_by_their_ids(indexer: Indexer) -> None:
    shown = [programme("Air", "20:00", "21:00", "C192.api.telerama.fr"), programme("News", "20:00", "21:00", "Arte.fr")]

    indexer.run(indexer.write(guide(*shown, programme("Foo", "20:00", "21:00", "TeleBidule.fr"), channels=[])))

    names = indexer.rows("SELECT slug, name FROM channel ORDER BY slug")
    assert names == [("arte", "Arte"), ("tele-bidule", "Tele Bidule"), ("tf1", "TF1")]


def test_a_renamed_channel_keeps_its_row_and_gets_its_new_name(indexer: Indexer) -> None:
    old = guide(programme("Air", "20:00", "21:00", "Chérie 25"), channels=["Chérie 25"])
    indexer.run(indexer.write(old))
    with indexer.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE channel SET name = 'Chérie 25'")
    before = indexer.rows("SELECT id, channel_id FROM airing")

    indexer.run(indexer.write(old.replace("Chérie 25", "RMC Life")))

    assert indexer.rows("SELECT slug, name FROM channel") == [("cherie-25", "RMC Life")]
    assert indexer.rows("SELECT id, channel_id FROM airing") == before
