"""Identification: from the galleries of a moment and the faces of one picture to one answer for each face."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

import numpy as np

from gallery.calibration import Calibration, calibration_for
from gallery.errors import WrongModelKey
from gallery.posterior import Floats, Posterior, infer_posterior, prior_weights
from gallery.search import Gallery, Similarities, join
from gallery.types import ON_SCREEN, Airing, Answer, Answers, Appearance, Showing, Suggestion, Vectors

SUGGESTIONS = 3
SHOWINGS = 3


def identify(
    galleries: Sequence[Gallery],
    embeddings: Vectors,
    *,
    start: datetime,
    stop: datetime,
    channel: str | None = None,
    airing: int | None = None,
    scenes: Sequence[int] | None = None,
) -> Answers:
    """One answer per face of a picture; `embeddings` are L2-normalised, float32 of shape (n, dimension).

    The candidates are the people with a photo who are on screen in an airing that overlaps [start, stop) (aware UTC).
    A `channel` (a slug) or an `airing` (an id) narrows this to its own. `scenes` has a number for each face (None: all
    are of one scene): only faces of one scene are assumed to be of one airing. Raises `WrongModelKey` when galleries
    and embeddings are not all of one model.
    """
    if start >= stop:
        raise ValueError(f"the moment from {start} to {stop} is empty: give a later stop")
    airings = [it for it in airings_during(galleries, start, stop, channel) if airing in (None, it.id)]
    narrowed = channel is not None or airing is not None
    return identify_in(airings, galleries, embeddings, start=start, stop=stop, narrowed=narrowed, scenes=scenes)


def identify_in(
    airings: Sequence[Airing],
    galleries: Sequence[Gallery],
    embeddings: Vectors,
    *,
    start: datetime,
    stop: datetime,
    narrowed: bool,
    scenes: Sequence[int] | None = None,
) -> Answers:
    """As `identify`, among these airings; `narrowed` says whether the caller named a channel or an airing."""
    if len({gallery.model_key for gallery in galleries}) > 1:
        raise WrongModelKey("the galleries are of different models: load those of one model key only")
    if not galleries:
        return [Answer("not_in_cast", (), calibrated=True)] * len(embeddings)
    calibration = calibration_for(galleries[0].model_key)
    calibration = calibration.narrowed() if narrowed else calibration
    priors = prior_weights(airings, start, stop)
    scene_of = np.zeros(len(embeddings), np.intp) if scenes is None else np.asarray(scenes, np.intp)
    answers: dict[int, Answer] = {}
    for scene in np.unique(scene_of):
        faces = np.flatnonzero(scene_of == scene)
        similarities = search_casts(galleries, embeddings[faces], airings)
        answers |= zip(faces.tolist(), decide(similarities, airings, calibration, priors=priors), strict=True)
    return [answers[face] for face in sorted(answers)]


def airings_during(
    galleries: Iterable[Gallery], start: datetime, stop: datetime, channel: str | None = None
) -> list[Airing]:
    """The airings that overlap [start, stop), each one once, those with the largest overlap first."""
    found = {
        airing.id: airing
        for gallery in galleries
        for airing in gallery.airings
        if airing.start < stop and airing.stop > start and channel in (None, airing.channel)
    }

    def absence(airing: Airing) -> tuple[timedelta, str, int]:
        return max(airing.start, start) - min(airing.stop, stop), airing.channel, airing.id

    return sorted(found.values(), key=absence)


def search_casts(galleries: Sequence[Gallery], embeddings: Vectors, airings: Iterable[Airing]) -> Similarities:
    """The similarities to everyone on screen in the airings. A person in two galleries is taken from the first."""
    wanted = frozenset[int]().union(*(airing.on_screen for airing in airings))
    parts = []
    for gallery in galleries:
        parts.append(gallery.search(embeddings, wanted))
        wanted = wanted - {person.id for person in parts[-1].people}
    return join(parts)


def decide(
    similarities: Similarities,
    airings: Sequence[Airing],
    calibration: Calibration,
    *,
    priors: Sequence[float] | None = None,
) -> list[Answer]:
    """One answer per face of a picture, such that no two faces are a `match` with the same person.

    `priors` are the prior priors of the airings (None: all equal). The most certain face is decided first. When a
    face's best candidate is already the match of another face, the face is decided among the remaining candidates. If
    that gives no match, it keeps its best candidate as `uncertain`: the detector may have found one face twice.
    """
    posterior = infer_posterior(similarities, airings, [1.0] * len(airings) if priors is None else priors, calibration)
    showings = _showings(posterior, airings, {person.id for person in similarities.people})
    assignment = _Assignment(similarities, airings, calibration, posterior, showings)
    surest_first = np.argsort(-posterior.people.max(axis=1, initial=0.0), kind="stable")
    answers = {face: assignment.next_answer(face) for face in surest_first.tolist()}
    return [answers[face] for face in sorted(answers)]


@dataclass(slots=True)
class _Assignment:
    similarities: Similarities
    airings: Sequence[Airing]
    calibration: Calibration
    posterior: Posterior
    showings: tuple[Showing, ...]
    named: set[int] = field(default_factory=set)
    """The columns of the people who are already the match of a face."""

    def next_answer(self, face: int) -> Answer:
        probabilities = self.posterior.people[face]
        answer, best = self._answer(face, probabilities)
        if best in self.named:
            among_others, other = self._answer(face, self._without_named(probabilities))
            is_other = among_others.verdict == "match"
            answer, best = (among_others, other) if is_other else (_at_most_uncertain(answer), best)
        if answer.verdict == "match":
            self.named.add(best)
        return answer

    def _without_named(self, probabilities: Floats) -> Floats:
        """The probabilities given that the face is none of the people named already; those get -1."""
        taken = sorted(self.named)
        others = probabilities / max(1 - float(probabilities[taken].sum()), 1e-9)
        others[taken] = -1.0
        return others

    def _answer(self, face: int, probabilities: Floats) -> tuple[Answer, int]:
        """The answer, and the column of its best candidate (-1: there is none)."""
        order = np.lexsort((-self.similarities.values[face], -probabilities))[:SUGGESTIONS]
        best = [column for column in order.tolist() if probabilities[column] >= 0]
        suggestions = tuple(self._suggestion(face, column, float(probabilities[column])) for column in best)
        verdict = self.calibration.verdict(suggestions[0].probability) if suggestions else "not_in_cast"
        return Answer(verdict, suggestions, self.calibration.measured, self.showings), best[0] if best else -1

    def _suggestion(self, face: int, column: int, probability: float) -> Suggestion:
        candidate = self.similarities.candidate(face, column)
        return Suggestion(candidate, probability, _appearances(candidate.person.id, self.airings))


def _showings(posterior: Posterior, airings: Sequence[Airing], known: Set[int]) -> tuple[Showing, ...]:
    """The most probable airings, among those with a known face in the cast: a picture says nothing about the others."""
    likeliest = np.argsort(-posterior.airings, kind="stable").tolist()
    seen = (n for n in likeliest if any(member.person_id in known for member in airings[n].cast))
    return tuple(Showing(airings[n], float(posterior.airings[n])) for n in islice(seen, SHOWINGS))


def _appearances(person_id: int, airings: Iterable[Airing]) -> tuple[Appearance, ...]:
    return tuple(
        Appearance(airing, member)
        for airing in airings
        if person_id in airing.on_screen
        for member in airing.cast
        if member.person_id == person_id and member.job in ON_SCREEN
    )


def _at_most_uncertain(answer: Answer) -> Answer:
    return replace(answer, verdict="uncertain") if answer.verdict == "match" else answer
