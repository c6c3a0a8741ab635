"""What guides write around a title that is none of it: "New: …", "… (Rediff.)", "… S2 E5", "… S16", "… (2021)"."""

import re

_BEFORE = re.compile(
    r"(?:all[ -]new|new|live|premiere|film|movie|t[eé]l[eé]film|cin[eé]ma|s[eé]rie|in[eé]dit|nouveau(?:t[eé])?"
    r"|(?:en )?direct|rediff(?:usion)?)\s*(?::|\s[-–|]|\|)\s+",
    re.IGNORECASE,
)
_NOTE = (
    r"(?:new|live|repeat|r|rpt|hd|ad|s|sl|ad,\s*s|s,\s*ad|in[eé]dit|rediff(?:usion)?\.?|(?:en )?direct"
    r"|vf|vm|vo(?:st(?:fr)?)?|audio described|visually signed|signed|subtitled|sous-titr[eé]|\d{1,3}\s*/\s*\d{1,3})"
)
_SEASON = r"(?:s|saison|season|series)\.?\s*\d{1,3}"
_EPISODE = r"(?:e|é|ep|ép|episode|épisode)\.?\s*\d{1,4}(?:\s*/\s*\d{1,4})?"
_LONE_SEASON = r"(?:(?:saison|season|series)\s*\d{1,3}|s\.?\d{1,2})(?!\d)"
_NUMBER = rf"(?:{_SEASON}\s*[,.:-]?\s*{_EPISODE}|{_LONE_SEASON}|[eé]pisode\s*\d{{1,4}})"
_AFTER = re.compile(
    rf"\s*\(\s*{_NOTE}\s*\)|\s*\[\s*{_NOTE}\s*\]|\s+(?:in[eé]dit|rediff\.)|\s*[\(\[]\s*{_NUMBER}\s*[\)\]]"
    rf"|\s*[,:|–-]?\s+{_NUMBER}",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s*[\(\[]\s*((?:19|20)\d\d)\s*[\)\]]")


def undecorated(title: str) -> tuple[str, int | None]:
    """The title alone, and the year that it was given with in brackets; a title that has no decoration as it is.

    A year without brackets stays, since there are titles that end in one; so does whatever is not known for certain.

    >>> undecorated("FILM: Dune (2021) (Rediff.)")
    ('Dune', 2021)
    >>> undecorated("Cosmos 1999")
    ('Cosmos 1999', None)
    """
    bare, year = title.strip(), None
    while True:
        before = bare
        if found := _BEFORE.match(bare):
            bare = bare[found.end() :]
        if (found := _at_end(_AFTER, bare)) or (year is None and (found := _at_end(_YEAR, bare))):
            year = int(found[1]) if found.re is _YEAR else year
            bare = bare[: found.start()]
        if not bare.strip():
            return before, year
        if bare == before:
            return bare.strip(), year


def _at_end(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next((found for found in pattern.finditer(text) if found.end() == len(text)), None)
