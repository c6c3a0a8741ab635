"""The credits of a guide: which names an entry holds, and which part of an entry is the character.

Guides differ in how they write a character into the text of an entry: `Actor (Character)`, `Actor as Character`,
`Character - Actor`. One entry does not tell: a dash can belong to a name, and either side can be the character. So the
entries are collected while the guide is read, and its convention is decided from all of them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from db.keys import fold
from indexer.sources.records import CreditRecord

ON_SCREEN = frozenset({"actor", "guest", "presenter"})

_BRACKETS = re.compile(r"([^(\[]+?)\s*[(\[](.+)[)\]]")
_DOTS = re.compile(r"(.+?)\s*(?:\.{3,}|…)\s*(.+)")
_FORMS = {
    "dash": re.compile(r"\s+[-–—]\s+"),
    "colon": re.compile(r"\s*:\s+"),
    "as": re.compile(r"\s+as\s+"),
}
"""Forms that count only where a guide uses them throughout."""
_OUTSIDE_BRACKETS = r"(?![^(\[]*[)\]])"
_LINES = re.compile(r"\s*[\r\n]\s*")
_LISTS = re.compile(rf"(?:\s*[;|]\s*|\s+/\s+){_OUTSIDE_BRACKETS}")
_SERIES = re.compile(
    rf"(?:\s*,\s*(?!(?:Jr|Sr|I{{2,3}}|IV|MD|PhD|[OMC]BE)\b)(?:(?:and|et|&)\s+)?|\s+(?:and|et|&)\s+){_OUTSIDE_BRACKETS}"
)
_SEVERAL = re.compile(r"[\r\n;|/,&]|\s(?:and|et)\s")
_HAS_FORM = re.compile(r"\s[-–—]\s|:\s|\sas\s")
"""Quick tests: most entries are a name and nothing else."""
_NO_NAME = re.compile(r"(?:the|les?|la|his|her|ses|friends|guests)\b", re.IGNORECASE)
_ANYBODY = re.compile(
    r"(?:the |une? |le |la )?(?:(?:co-)?presenter|host|narrator|himself|herself|themselves|self|voice|reporter"
    r"|announcer|contestant|judge|guest|présentat(?:eur|rice)|animat(?:eur|rice)|narrat(?:eur|rice)|voix|lui-même|elle-même"
    r"|invitée?|chroniqueu(?:r|se))\b",
    re.IGNORECASE,
)
"""Parts that many people have."""
_ENOUGH, _MAX_PAIRS = 3, 50_000


class Entry(NamedTuple):
    """A credit as its guide writes it: `text` may hold a character besides the name."""

    text: str
    job: str
    role: str | None
    position: int
    ids: Mapping[str, str]


def people_in(text: str) -> list[str]:
    """The people whom the text of one element names, usually one; spaces are collapsed.

    A text is divided only where every part looks like the name of a person, so that bands and titles stay whole.

    >>> people_in("Ann Onyme, Bob Sleigh and Cleo Patre"), people_in("Simon & Garfunkel"), people_in("Sammy Davis, Jr.")
    (['Ann Onyme', 'Bob Sleigh', 'Cleo Patre'], ['Simon & Garfunkel'], ['Sammy Davis, Jr.'])
    """
    text = text.strip()
    for separator in (_LINES, _LISTS, _SERIES) if _SEVERAL.search(text) else ():
        parts = [part for part in separator.split(text) if part.strip()]
        if len(parts) > 1 and _are_people(parts, surely=separator is _LISTS):
            return [name for part in parts for name in people_in(part)]
    return [" ".join(text.split())]


def _are_people(parts: Sequence[str], *, surely: bool) -> bool:
    if any(_NO_NAME.match(part) or part[0].islower() for part in parts):
        return False
    if len({_form(part) for part in parts}) > 1:
        return False
    full = sum(len(_BRACKETS.sub(r"\1", part).split()) > 1 for part in parts)
    return full >= 1 if surely else full == len(parts) or (len(parts) > 2 and full * 2 >= len(parts))


def roles_in(role: str | None, people: int) -> list[str | None]:
    """The roles of so many people who share one element: one each where there are as many, else the same for all."""
    for separator in (_LISTS, re.compile(r"\s*,\s*")) if role and people > 1 else ():
        parts = separator.split(role or "")
        if len(parts) == people:
            return [part.strip() or None for part in parts]
    return [role] * people


def _form(text: str) -> str | None:
    if not _HAS_FORM.search(text):
        return None
    return next((name for name, form in _FORMS.items() if form.search(text)), None)


class Conventions:
    """How a guide writes characters: `note` every entry, then `read` them."""

    def __init__(self) -> None:
        self._plain: Counter[str] = Counter()
        self._with_form: Counter[tuple[str, str]] = Counter()
        self._pairs: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._names: set[str] = set()
        self._role_first: dict[str, bool] = {}

    def note(self, entry: Entry) -> None:
        """Count what the entry says about the convention."""
        bracketed = _BRACKETS.fullmatch(entry.text)
        form = None if entry.job not in ON_SCREEN else "brackets" if bracketed else _form(entry.text)
        if form is None or (entry.role is not None and not bracketed):
            if len(self._names) < _MAX_PAIRS:
                self._names.add(entry.text)
            self._plain[entry.job] += entry.role is None
            return
        self._with_form[entry.job, form] += 1
        if len(self._pairs[form]) < _MAX_PAIRS:
            left, right = bracketed.groups() if bracketed else _halves(entry.text, form, last=True)
            self._pairs[form].add((left, right))

    def read(self, entries: Sequence[Entry]) -> tuple[CreditRecord, ...]:
        """The credits in the order of the listing, each (name, job, role) once."""
        seen: dict[tuple[str, str, str | None], CreditRecord] = {}
        for entry in entries:
            name, role = self._name_and_role(entry) if entry.job in ON_SCREEN else (entry.text, entry.role)
            if fold(name):
                seen.setdefault(
                    (fold(name), entry.job, role), CreditRecord(name, entry.job, role, entry.position, entry.ids)
                )
        return tuple(seen.values())

    def _name_and_role(self, entry: Entry) -> tuple[str, str | None]:
        text, role = entry.text, entry.role
        if both := _BRACKETS.fullmatch(text):
            name, other = (both[2], both[1]) if self._begins_with_role("brackets") else (both[1], both[2])
            return name.strip(), role or other.strip() or None
        if role is not None:
            return text, role
        if both := _DOTS.fullmatch(text):
            return both[1], both[2]
        form = _form(text)
        if form is None or not self._is_used(entry.job, form):
            return text, None
        if self._begins_with_role(form):
            role, name = _halves(text, form, last=True)
        else:
            name, role = _halves(text, form, last=False)
        return (name, role) if name and role else (text, None)

    def _is_used(self, job: str, form: str) -> bool:
        """Whether most of the entries have this form. Two are few: then it must be all of them."""
        used = self._with_form[job, form]
        all_of_them = self._plain[job] + sum(count for (other, _), count in self._with_form.items() if other == job)
        return used * 2 >= all_of_them if used >= _ENOUGH else used == all_of_them == 2

    def _begins_with_role(self, form: str) -> bool:
        if form not in self._role_first:
            surplus = _surplus(self._pairs[form], self._names)
            least = {"as": None, "brackets": _ENOUGH}.get(form, 0)
            self._role_first[form] = least is not None and surplus >= least
        return self._role_first[form]


def _halves(text: str, form: str, *, last: bool) -> tuple[str, str]:
    """The text before and after the first separator (or the last one, where the name comes last)."""
    places = list(_FORMS[form].finditer(text))
    place = places[-1 if last else 0]
    return text[: place.start()].strip(), text[place.end() :].strip()


def _surplus(pairs: set[tuple[str, str]], names: set[str]) -> int:
    """How much more the left sides look like characters than the right sides do.

    Parts such as "Presenter" and names that are known from other entries weigh most. Besides, a side is the character
    where it recurs with more partners, and where it is more often a single word.
    """
    known = {fold(name) for name in names}
    folded = {(fold(left), fold(right)) for left, right in pairs}
    left, right = (_likeness([pair[side] for pair in folded], known) for side in (0, 1))
    return left - right


def _likeness(side: Sequence[str], names: set[str]) -> int:
    partners = Counter(side)
    weight = {True: _ENOUGH, False: 0}
    return max(partners.values(), default=0) + sum(
        weight[_ANYBODY.match(text) is not None] - weight[text in names] + (" " not in text) for text in partners
    )
