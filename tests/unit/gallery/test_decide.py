from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from gallery.calibration import Calibration
from gallery.decide import airings_during, decide, identify, search_casts
from gallery.errors import WrongModelKey
from gallery.search import Gallery, Similarities
from gallery.types import Answer, CastMember
from tests.unit.gallery.evening import SLOT, airing, at, axes, person, two_programmes, unit_rows

CALIBRATION = Calibration(slope=20, offset=0.5, elsewhere=0.5, together=0.6, match=0.9, uncertain=0.3, ceiling=0.99)


def similarities(rows: Sequence[Sequence[float]]) -> Similarities:
    """Of faces to the persons 1, 2, 3 …"""
    values = np.array(rows, dtype=np.float32)
    people = tuple(person(n + 1, 1) for n in range(values.shape[1]))
    return Similarities(people, values, values[:, :, np.newaxis])


def decided(rows: Sequence[Sequence[float]]) -> list[Answer]:
    return decide(similarities(rows), [airing(1, "one", 0, 60, range(1, 9))], CALIBRATION)


def names(answer: Answer) -> list[int]:
    return [it.candidate.person.id for it in answer.suggestions]


def test_a_face_is_named_with_two_alternatives_best_first() -> None:
    [answer] = decided([[0.1, 0.9, 0.2, 0.3]])
    assert answer.verdict == "match"
    assert names(answer) == [2, 4, 3]
    probabilities = [it.probability for it in answer.suggestions]
    assert probabilities == sorted(probabilities, reverse=True)
    assert [it.candidate.similarity for it in answer.suggestions] == pytest.approx([0.9, 0.3, 0.2])
    assert answer.calibrated


def test_nobody_like_the_face_is_not_in_the_cast() -> None:
    [answer] = decided([[0.1, 0.2]])
    assert answer.verdict == "not_in_cast"
    assert names(answer) == [2, 1]


def test_two_alike_leave_it_uncertain() -> None:
    [answer] = decided([[0.8, 0.79]])
    assert answer.verdict == "uncertain"


def test_without_candidates_the_face_is_not_in_the_cast() -> None:
    assert decided(np.empty((2, 0)).tolist()) == [Answer("not_in_cast", (), calibrated=True)] * 2


def test_without_faces_there_are_no_answers() -> None:
    values = np.empty((0, 2), np.float32)
    nothing = Similarities((person(1, 1), person(2, 1)), values, values[:, :, np.newaxis])
    assert decide(nothing, [], CALIBRATION) == []


def test_the_same_face_found_twice_is_named_once() -> None:
    weaker, stronger = decided([[0.85, 0.1], [0.95, 0.1]])
    assert (stronger.verdict, names(stronger)) == ("match", [1, 2])
    assert (weaker.verdict, names(weaker)) == ("uncertain", [1, 2])


def test_the_weaker_of_two_faces_becomes_the_next_person_if_that_is_sure() -> None:
    stronger, weaker = decided([[0.99, 0.3, 0.1], [0.85, 0.8, 0.1]])
    assert (stronger.verdict, names(stronger)[0]) == ("match", 1)
    assert (weaker.verdict, names(weaker)) == ("match", [2, 3])


def test_no_person_is_ever_the_match_of_two_faces() -> None:
    random = np.random.default_rng(3)
    for _ in range(200):
        answers = decided(random.uniform(0.3, 1, size=(4, 3)).tolist())
        named = [names(it)[0] for it in answers if it.verdict == "match"]
        assert len(named) == len(set(named))


def test_the_order_of_the_faces_changes_no_answer() -> None:
    rows = [[0.85, 0.1, 0.2], [0.95, 0.1, 0.3], [0.2, 0.75, 0.7]]
    assert decided(rows[::-1]) == decided(rows)[::-1]


def test_who_is_on_air_is_found_with_where_and_as_whom() -> None:
    [answer] = identify([Gallery(two_programmes())], axes(1), start=at(10), stop=at(11), channel=None)
    best = answer.suggestions[0]
    assert best.candidate.person.name == "Person 1"
    assert [(it.airing.title, it.member.role) for it in best.appearances] == [("Title 10", "Role 1")]
    assert sorted(names(answer)) == [1, 2, 3], "person 4 has no photo"


@pytest.mark.parametrize(
    ("start", "stop", "channel", "candidates"),
    [
        (0, 1, None, {1, 2, 3}),
        (19, 21, None, {1, 2, 3}),
        (20, 21, None, {3}),
        (-30, -29, None, {1, 2}),
        (-31, -30, None, set()),
        (0, 1, "two", {3}),
        (0, 1, "no-such", set()),
    ],
)
def test_only_the_airings_of_the_moment_and_channel_count(
    start: float, stop: float, channel: str | None, candidates: set[int]
) -> None:
    answers = identify([Gallery(two_programmes())], axes(2), start=at(start), stop=at(stop), channel=channel)
    assert [set(names(answer)) for answer in answers] == [candidates] * 2


def test_a_director_is_not_on_screen() -> None:
    base = two_programmes()
    cast = (CastMember(1, "director", None), CastMember(2, "guest", None))
    directed = Gallery(replace(base, airings=(replace(base.airings[0], cast=cast),)))
    [answer] = identify([directed], axes(1), start=at(0), stop=at(1), channel=None)
    assert names(answer) == [2]


def test_who_is_in_two_galleries_is_one_candidate() -> None:
    now = two_programmes()
    later = replace(now, slot=at(30), airings=(*now.airings, airing(30, "three", 15, 90, [1])))
    galleries = [Gallery(now), Gallery(later)]
    [answer] = identify(galleries, axes(1), start=at(10), stop=at(17), channel=None)
    assert sorted(names(answer)) == [1, 2, 3]
    assert [it.airing.id for it in answer.suggestions[0].appearances] == [10, 30], "the longest on screen first"


def test_a_photo_that_only_the_second_gallery_has_counts() -> None:
    now = two_programmes()
    later = replace(
        now,
        slot=at(30),
        people=(*now.people[:3], person(4, 1)),
        vectors=unit_rows([*axes(4), [0, 0, 0, 0, 1, 0, 0, 0]]),
    )
    galleries = [Gallery(now), Gallery(later)]
    [answer] = identify(galleries, axes(5)[4:], start=at(10), stop=at(11), channel=None)
    assert names(answer)[0] == 4


def test_several_roles_in_one_programme_are_all_told() -> None:
    base = two_programmes()
    cast = (CastMember(1, "actor", "A"), CastMember(1, "presenter", "Herself"))
    [answer] = identify(
        [Gallery(replace(base, airings=(replace(base.airings[0], cast=cast),)))],
        axes(1),
        start=at(0),
        stop=at(1),
        channel=None,
    )
    assert [it.member.role for it in answer.suggestions[0].appearances] == ["A", "Herself"]


def test_the_faces_of_two_scenes_need_not_be_of_one_programme() -> None:
    galleries, faces = [Gallery(two_programmes())], unit_rows([[1, 0, 0, 0.9, 0, 0, 0, 0], [0, 0, 1, 0.9, 0, 0, 0, 0]])

    def asked(scenes: list[int] | None) -> list[float]:
        answers = identify(galleries, faces, start=at(10), stop=at(11), scenes=scenes)
        return [answer.suggestions[0].probability for answer in answers]

    cut, together = asked([0, 1]), asked(None)
    alone = identify(galleries, faces[:1], start=at(10), stop=at(11))[0].suggestions[0].probability
    assert cut[0] == alone > together[0], "the other scene has no say"
    assert asked([4, 4]) == together


def test_naming_the_airing_asks_about_its_cast_alone_and_is_surer() -> None:
    galleries, face = [Gallery(two_programmes())], unit_rows([[1, 0, 0, 0.9, 0, 0, 0, 0]])
    [untold] = identify(galleries, face, start=at(10), stop=at(11))
    [told] = identify(galleries, face, start=at(10), stop=at(11), airing=10)
    assert names(told) == [1, 2]
    assert told.suggestions[0].probability > untold.suggestions[0].probability
    assert identify(galleries, face, start=at(10), stop=at(11), channel="one") == [told]
    [elsewhere] = identify(galleries, face, start=at(10), stop=at(11), airing=20)
    assert names(elsewhere) == [3]


def test_without_a_gallery_nobody_is_in_the_cast() -> None:
    assert identify([], axes(2), start=at(0), stop=at(1), channel=None) == [Answer("not_in_cast", (), True)] * 2


def test_an_unmeasured_model_is_admitted() -> None:
    [answer] = identify([Gallery(two_programmes())], axes(1), start=at(0), stop=at(1), channel=None)
    assert not answer.calibrated


def test_galleries_of_different_models_never_meet() -> None:
    galleries = [Gallery(two_programmes()), Gallery(replace(two_programmes(), model_key="model-2"))]
    with pytest.raises(WrongModelKey, match="one model key"):
        identify(galleries, axes(1), start=at(0), stop=at(1), channel=None)


def test_a_moment_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        identify([Gallery(two_programmes())], axes(1), start=at(1), stop=at(1), channel=None)


def test_the_seams_of_the_decision_can_be_used_alone() -> None:
    galleries = [Gallery(two_programmes())]
    airings = airings_during(galleries, SLOT, at(1), "two")
    found = search_casts(galleries, axes(4)[2:3], airings)
    assert [it.id for it in found.people] == [3]
    assert decide(found, airings, CALIBRATION)[0].suggestions[0].candidate.similarity == pytest.approx(0.5)
