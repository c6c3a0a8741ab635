from api.problems import MEDIA_TYPE, Kind, Problem, responses


def test_every_kind_says_what_was_wrong_and_what_to_do() -> None:
    for kind in Kind:
        assert 400 <= kind.status < 600
        assert kind.title
        assert kind.advice.endswith(".")


def test_the_detail_ends_with_the_advice() -> None:
    problem = Problem(Kind.UNKNOWN_REGION, "“XX” is not a region.")
    assert problem.detail == "“XX” is not a region. Use a code of `/v1/regions`."


def test_a_problem_that_brings_its_own_advice_keeps_it() -> None:
    assert (
        Problem(Kind.NOT_A_PICTURE, "This is a film. Send a JPEG.", advice="").detail == "This is a film. Send a JPEG."
    )


def test_problems_of_one_status_share_an_openapi_entry() -> None:
    entries = responses(Kind.AT_SEA, Kind.NO_GALLERY, Kind.BUSY)
    assert set(entries) == {404, 503}
    assert set(entries[404]["content"][MEDIA_TYPE]["examples"]) == {"at_sea", "no_gallery"}
