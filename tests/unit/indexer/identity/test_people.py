"""Whose a credit is, when two people can share a name and one person can have two."""

from indexer.identity.people import KnownPerson, choose_person, duplicates_of, ids_conflict

ACTOR = KnownPerson(1, {"tmdb": "person/1248"})
SCIENTIST = KnownPerson(2, {"tmdb": "person/9999"})
NAMELESS = KnownPerson(3, {})
"""Somebody of whom only the name is known."""


def here(known: KnownPerson, *, credited_by_id: bool = True) -> KnownPerson:
    return KnownPerson(known.id, known.ids, credited=True, credited_by_id=credited_by_id)


def test_an_id_says_who_it_is() -> None:
    assert choose_person({"tmdb": "person/1248"}, [ACTOR], [SCIENTIST, here(NAMELESS)]) == ACTOR.id


def test_an_unknown_id_is_that_of_the_person_known_by_name_only() -> None:
    assert choose_person({"tmdb": "person/1248"}, [], [here(NAMELESS)]) == NAMELESS.id
    assert choose_person({"tmdb": "person/1248"}, [], [NAMELESS]) == NAMELESS.id


def test_another_id_of_the_same_system_is_another_person() -> None:
    assert choose_person({"tmdb": "person/9999"}, [], [ACTOR]) is None
    assert choose_person({"tmdb": "person/9999"}, [], [here(ACTOR)]) is None
    assert choose_person({"tmdb": "person/9999"}, [], [here(ACTOR, credited_by_id=False)]) is None


def test_an_id_of_another_system_is_theirs_if_they_surely_are_in_the_programme() -> None:
    assert choose_person({"tvmaze": "people/7"}, [], [here(ACTOR)]) == ACTOR.id


def test_an_id_of_another_system_is_not_theirs_if_only_their_name_put_them_there() -> None:
    assert choose_person({"tvmaze": "people/7"}, [], [here(ACTOR, credited_by_id=False)]) is None
    assert choose_person({"tvmaze": "people/7"}, [], [ACTOR]) is None


def test_of_two_namesakes_the_one_in_the_programme_is_meant() -> None:
    assert choose_person({"tvmaze": "people/7"}, [], [ACTOR, here(SCIENTIST), NAMELESS]) == SCIENTIST.id
    assert choose_person({}, [], [ACTOR, here(SCIENTIST, credited_by_id=False)]) == SCIENTIST.id


def test_two_namesakes_in_one_programme_are_not_told_apart_by_the_name() -> None:
    both = [here(ACTOR), here(SCIENTIST)]

    assert choose_person({"tvmaze": "people/7"}, [], both) is None
    assert choose_person({}, [], both) is None
    assert choose_person({}, [], [*both, here(NAMELESS, credited_by_id=False)]) == NAMELESS.id


def test_a_name_alone_is_the_only_person_of_that_name() -> None:
    assert choose_person({}, [], [ACTOR]) == ACTOR.id
    assert choose_person({}, [], [NAMELESS]) == NAMELESS.id


def test_a_name_that_several_have_is_nobody_in_particular() -> None:
    assert choose_person({}, [], [ACTOR, SCIENTIST]) is None
    assert choose_person({}, [], [ACTOR, SCIENTIST, NAMELESS]) == NAMELESS.id


def test_an_unknown_name_is_somebody_new() -> None:
    assert choose_person({}, [], []) is None
    assert choose_person({"imdb": "nm1"}, [], []) is None


def test_ids_conflict_only_within_a_system() -> None:
    assert ids_conflict({"tmdb": "person/1"}, {"tmdb": "person/2", "imdb": "nm1"})
    assert not ids_conflict({"tmdb": "person/1"}, {"imdb": "nm1"})
    assert not ids_conflict({"tmdb": "person/1", "imdb": "nm1"}, {"tmdb": "person/1"})
    assert not ids_conflict({}, {"tmdb": "person/1"})


def test_two_sources_that_name_somebody_in_one_cast_mean_one_person() -> None:
    elsewhere = KnownPerson(7, {"tvmaze": "people/7"})

    assert duplicates_of(elsewhere, [here(ACTOR)]) == [ACTOR.id]
    assert duplicates_of(elsewhere, [here(ACTOR), elsewhere, NAMELESS]) == [ACTOR.id]


def test_two_ids_of_one_source_never_mean_one_person() -> None:
    assert duplicates_of(SCIENTIST, [here(ACTOR)]) == []


def test_a_name_elsewhere_or_a_name_alone_makes_nobody_one() -> None:
    elsewhere = KnownPerson(7, {"tvmaze": "people/7"})

    assert duplicates_of(elsewhere, [ACTOR, here(ACTOR, credited_by_id=False)]) == []
    assert duplicates_of(elsewhere, [here(ACTOR), here(SCIENTIST)]) == []
