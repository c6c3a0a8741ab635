"""Why faces and casts are missing: what each reason means, and what to do about it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel

from db.queries import coverage
from db.queries.coverage import AiringCoverage

PORTRAIT = "give a clear portrait in a folder (`FTA_PHOTOS`)."
BY_HAND = "Pick it by hand with `findtheactor prepare`, or give the listing's cast."

ADVICE: Mapping[str, str] = {
    coverage.NO_CAST: (
        "Neither the listing nor a cast source says who is in it: usual for news, sport and shows. Otherwise add a "
        "cast source (`FTA_SOURCES`)."
    ),
    coverage.NO_PHOTO: f"No photo source has a picture of them: add a source (`FTA_SOURCES`), or {PORTRAIT}",
    coverage.NOT_LOOKED_AT: "A run ended before it came to them: the next one looks.",
    coverage.NOT_FETCHED: "A run ended before it came to them: the next one fetches them.",
    coverage.NOT_HAD: "A source names photos that do not arrive: ask again, or see the sources.",
    coverage.NO_FACE_IN_ANY: f"Pictures were found, but no face in them: {PORTRAIT}",
    coverage.REFUSED: f"The person's page shows which, and why: {PORTRAIT}",
    coverage.OPTED_OUT: "As they wished: there is nothing to do.",
    coverage.AMBIGUOUS_NAME: (
        "Several people have this name, and nothing says which one is meant: a cast source that knows the programme "
        "would tell (`FTA_SOURCES`)."
    ),
    coverage.AMBIGUOUS_TITLE: f"Several programmes have this title, and nothing says which one is meant. {BY_HAND}",
    coverage.UNMATCHED_TITLE: f"No cast source knows this title. {BY_HAND}",
}
"""By what a reason begins with."""
SILENT_SOURCE = "It gave no answer, and might have known: once it does, ask again."


class Reason(BaseModel):
    """Why so many faces, or airings, are missing, and what to do; `source` is the one that gave no answer."""

    reason: str
    people: int
    advice: str
    source: str | None


def why_unknown(airings: Iterable[AiringCoverage]) -> list[Reason]:
    """Why faces are not known, the commonest reason first; nobody is counted twice."""
    missing = {person.id: person.reason for airing in airings for person in airing.people if person.reason}
    return _counted(missing.values())


def why_nobody(airings: Iterable[AiringCoverage]) -> list[Reason]:
    """Why airings have nobody whose face is known; `people` counts airings."""
    return _counted(airing.reason for airing in airings if airing.reason)


def _counted(reasons: Iterable[str]) -> list[Reason]:
    ordered = sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0]))
    return [_reason(reason, people) for reason, people in ordered]


def _reason(reason: str, people: int) -> Reason:
    source = _silent(reason.removeprefix(f"{coverage.NO_PHOTO}, ").split())
    known = max((start for start in ADVICE if reason.startswith(start)), key=len, default="")
    return Reason(
        reason=reason, people=people, advice=SILENT_SOURCE if source else ADVICE.get(known, ""), source=source
    )


def _silent(words: Sequence[str]) -> str | None:
    """The source of `tvmaze unavailable`."""
    return words[0] if len(words) == 2 and words[1] in coverage.FAILED else None
