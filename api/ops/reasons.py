"""Why faces and casts are missing, and what to do about each reason."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import BaseModel

from db.queries import coverage
from db.queries.coverage import AiringCoverage

PORTRAIT = "add a clear portrait to a photo folder (`FTA_PHOTOS`)."
BY_HAND = "Pick it by hand with `findtheactor prepare`, or give the listing's cast."

ADVICE: Mapping[str, str] = {
    coverage.NO_CAST: (
        "Neither the listing nor a cast source says who is in it: usual for news, sport and shows. Otherwise add a "
        "cast source (`FTA_SOURCES`)."
    ),
    coverage.NO_PHOTO: f"No photo source has a picture of them: add a source (`FTA_SOURCES`), or {PORTRAIT}",
    coverage.NOT_LOOKED_AT: "A run ended before it examined them: the next run does.",
    coverage.NOT_FETCHED: "A run ended before it fetched them: the next run does.",
    coverage.NOT_HAD: "A source offers photos that cannot be fetched: ask again, or see the sources.",
    coverage.NO_FACE_IN_ANY: f"Photos were found, but none shows a face: {PORTRAIT}",
    coverage.REFUSED: f"The person's page shows which, and why: {PORTRAIT}",
    coverage.OPTED_OUT: "The person opted out: there is nothing to do.",
    coverage.AMBIGUOUS_NAME: (
        "Several people have this name, and nothing says which one is meant. A cast source that knows the programme "
        "would decide it (`FTA_SOURCES`)."
    ),
    coverage.AMBIGUOUS_TITLE: f"Several programmes have this title, and nothing says which one is meant. {BY_HAND}",
    coverage.UNMATCHED_TITLE: f"No cast source knows this title. {BY_HAND}",
}
"""What to do, by the beginning of a reason."""
SILENT_SOURCE = "The source gave no answer, but might know. Ask again when it works."


class Reason(BaseModel):
    """A reason why faces, or airings, are missing, and what to do. `source` is the one that gave no answer, if any."""

    reason: str
    people: int
    advice: str
    source: str | None


def why_unknown(airings: Iterable[AiringCoverage]) -> list[Reason]:
    """Why faces are not known, the most frequent reason first. Each person is counted once."""
    missing = {person.id: person.reason for airing in airings for person in airing.people if person.reason}
    return _counted(missing.values())


def why_nobody(airings: Iterable[AiringCoverage]) -> list[Reason]:
    """Why no face of an airing is known, the most frequent reason first; `people` counts airings."""
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
    """The source of a reason such as `tvmaze unavailable`."""
    return words[0] if len(words) == 2 and words[1] in coverage.FAILED else None
