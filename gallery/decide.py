"""Who it is: from the galleries of a moment and the faces of one picture to names, or to none."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from gallery.calibration import Calibration, calibration_for
from gallery.errors import WrongModelKey
from gallery.search import Gallery, Similarities, join
from gallery.types import Airing, Answer, Answers, Appearance, Suggestion, Vectors

SUGGESTIONS = 3

ON_SCREEN = frozenset({"actor", "guest", "presenter"})
"""The jobs of those whose face one can see; a director is credited too."""


def identify(
    galleries: Sequence[Gallery], embeddings: Vectors, *, start: datetime, stop: datetime, channel: str | None
) -> Answers:
    """One answer per face of a picture; `embeddings` are L2-normalised, float32 of shape (n, dimension).

    The candidates are those on screen in the airings that overlap [start, stop) (aware UTC), of the `channel` (a slug)
    if one is given, with at least one photo. `WrongModelKey` when galleries and embeddings are not of one model.
    """
    if len({gallery.model_key for gallery in galleries}) > 1:
        raise WrongModelKey("the galleries are of different models: load those of one model key only")
    if start >= stop:
        raise ValueError(f"the moment from {start} to {stop} is empty: give a later stop")
    if not galleries:
        return [Answer("not_in_cast", (), calibrated=True)] * len(embeddings)
    airings = airings_during(galleries, start, stop, channel)
    similarities = search_casts(galleries, embeddings, airings)
    return decide(similarities, airings, calibration_for(galleries[0].model_key))


def airings_during(
    galleries: Iterable[Gallery], start: datetime, stop: datetime, channel: str | None = None
) -> list[Airing]:
    """The airings that overlap [start, stop), those with the largest share of it first; each one once."""
    found = {
        airing.id: airing
        for gallery in galleries
        for airing in gallery.airings
        if airing.start < stop and airing.stop > start and channel in (None, airing.channel)
    }

    def absence(airing: Airing) -> tuple[float, str, int]:
        shared = min(airing.stop, stop) - max(airing.start, start)
        return -shared.total_seconds(), airing.channel, airing.id

    return sorted(found.values(), key=absence)


def on_screen(airing: Airing) -> set[int]:
    """The ids of those in the cast whose face can be seen."""
    return {member.person_id for member in airing.cast if member.job in ON_SCREEN}


def search_casts(galleries: Sequence[Gallery], embeddings: Vectors, airings: Iterable[Airing]) -> Similarities:
    """The similarities to all who are on screen in the airings; who is in two galleries is taken from the first."""
    wanted = {person_id for airing in airings for person_id in on_screen(airing)}
    parts = []
    for gallery in galleries:
        parts.append(gallery.search(embeddings, wanted))
        wanted = wanted - {person.id for person in parts[-1].people}
    return join(parts)


def decide(similarities: Similarities, airings: Sequence[Airing], calibration: Calibration) -> list[Answer]:
    """One answer per face, such that no two faces are a `match` with the same person.

    The surest face is decided first. A face whose best candidate is taken is decided among the others; where that gives
    no match it keeps its best candidate, as `uncertain`: it may be the same face, found twice.
    """
    deciding = _Deciding(similarities, airings, calibration)
    surest_first = np.argsort(-similarities.values.max(axis=1, initial=-1.0), kind="stable")
    answers = {face: deciding.next_answer(face) for face in surest_first.tolist()}
    return [answers[face] for face in sorted(answers)]


@dataclass(slots=True)
class _Deciding:
    similarities: Similarities
    airings: Sequence[Airing]
    calibration: Calibration
    named: set[int] = field(default_factory=set)
    """The people who are the match of a face already."""

    def next_answer(self, face: int) -> Answer:
        answer = self._answer(face, without=set())
        if answer.suggestions and _best_id(answer) in self.named:
            among_others = self._answer(face, without=self.named)
            answer = among_others if among_others.verdict == "match" else _at_most_uncertain(answer)
        if answer.verdict == "match":
            self.named.add(_best_id(answer))
        return answer

    def _answer(self, face: int, without: Set[int]) -> Answer:
        columns = [n for n, person in enumerate(self.similarities.people) if person.id not in without]
        values = self.similarities.values[face, columns]
        probabilities = self.calibration.probabilities(values[np.newaxis])[0]
        best = np.argsort(-values, kind="stable")[:SUGGESTIONS].tolist()
        suggestions = tuple(self._suggestion(face, columns[n], float(probabilities[n])) for n in best)
        verdict = self.calibration.verdict(suggestions[0].probability) if suggestions else "not_in_cast"
        return Answer(verdict, suggestions, self.calibration.measured)

    def _suggestion(self, face: int, column: int, probability: float) -> Suggestion:
        candidate = self.similarities.candidate(face, column)
        return Suggestion(candidate, probability, _appearances(candidate.person.id, self.airings))


def _appearances(person_id: int, airings: Iterable[Airing]) -> tuple[Appearance, ...]:
    return tuple(
        Appearance(airing, member)
        for airing in airings
        for member in airing.cast
        if member.person_id == person_id and member.job in ON_SCREEN
    )


def _best_id(answer: Answer) -> int:
    return answer.suggestions[0].candidate.person.id


def _at_most_uncertain(answer: Answer) -> Answer:
    return replace(answer, verdict="uncertain") if answer.verdict == "match" else answer
