"""Nights against a whole world: all that there is is found, once, and nobody else is asked about."""

from benchmarks.night.checking import Judge
from benchmarks.night.contents import contents, differences
from benchmarks.night.costs import costs, whom
from benchmarks.night.stage import Stage
from tests.integration.indexer.nights.small import TODAY, TOMORROW


def test_a_night_finds_everything_and_the_next_asks_nothing(stage: Stage) -> None:
    assert stage.index(TODAY).complete
    first = stage.replicas.forget()
    judge = Judge(stage, TODAY)
    for what, check in judge.everything().items():
        assert not check.wrong, what
        assert check.compared, what
    assert not stage.replicas.unexpected
    assert {whom(request) for request in first} - {None} <= judge.may_be_asked_about()
    assert costs(first).repeated == 0
    found = contents(stage)
    stage.let_a_day_pass()

    stage.index(TODAY)

    assert [(request.host, request.status) for request in stage.replicas.forget()] == [("guide", 304)]
    assert differences(found, contents(stage)) == {}


def test_the_next_day_asks_only_about_what_is_new(stage: Stage) -> None:
    stage.index(TODAY)
    stage.replicas.forget()
    yesterday = Judge(stage, TODAY).may_be_asked_about()
    stage.let_a_day_pass()

    stage.index(TOMORROW)

    judge = Judge(stage, TOMORROW)
    assert not [wrong for check in judge.everything().values() for wrong in check.wrong]
    asked = {whom(request) for request in stage.replicas.requests} - {None}
    strangers = asked - (judge.may_be_asked_about() - yesterday)
    assert not [request for request in stage.replicas.requests if whom(request) in strangers]
    assert len(asked) >= 2
