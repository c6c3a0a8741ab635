"""From a URL to its answer: every hop of the way is checked like the first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from protego import Protego
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from indexer.errors import AddressRefused, SourceUnavailable
from indexer.http import robots
from indexer.http.cache import Answer
from indexer.http.exchange import Visitor
from indexer.http.keys import Keyring
from indexer.http.request import KEPT_STATUSES, Manners, Question

_MAX_REDIRECTS = 5
_SECRET_HEADERS = frozenset({"authorization", "cookie"})
_RULES_FRESH_FOR = timedelta(days=1)
_NO_RULES = frozenset(range(400, 500)) - {HTTPStatus.TOO_MANY_REQUESTS}
"""A robots.txt that answers so lets everything be fetched (RFC 9309, 2.3.1.3)."""


@dataclass(frozen=True, slots=True)
class Route:
    """Follows redirects, in accordance with the robots.txt and the manners of each host on the way."""

    visitor: Visitor
    keyring: Keyring
    manners: Mapping[str, Manners]
    other_manners: Manners
    robot: str

    def follow(self, question: Question, *, to_rules: bool = False) -> Answer:
        """The answer at the end of the redirects, whatever its status. A robots.txt (`to_rules`) needs no other."""
        place = _parsed(question.url)
        for _ in range(_MAX_REDIRECTS + 1):
            question = replace(question, url=self.keyring.hide(place.url))
            answer = self._visit(question, place, to_rules=to_rules)
            if answer.facts.location is None:
                return answer
            answer.close()
            before, place = place, _parsed(answer.facts.location)
            if place.netloc != before.netloc:
                question = replace(question, headers=_without_secrets(question.headers))
        raise SourceUnavailable(f"{question.url} is one redirect too many: given up.")

    def _visit(self, question: Question, place: Url, *, to_rules: bool) -> Answer:
        manners = self._manners_of(place)
        bound = manners.robots and not to_rules
        return self.visitor.answer(
            question,
            str(place.netloc),
            fresh_for=manners.fresh_for if question.fresh_for is None else question.fresh_for,
            permit=lambda: self._permitted_interval_s(question, place, manners) if bound else manners.pace_s,
        )

    def _permitted_interval_s(self, question: Question, place: Url, manners: Manners) -> float:
        rules = self._rules(place, question)
        robots.check(rules, question.url, self.robot)
        return max(manners.pace_s, robots.delay_s(rules, self.robot))

    def _rules(self, place: Url, question: Question) -> Protego:
        asked = replace(
            question,
            url=f"{place.scheme}://{place.netloc}/robots.txt",
            headers={},
            max_bytes=robots.MAX_BYTES,
            fresh_for=_RULES_FRESH_FOR,
            keep=True,
            kept_statuses=KEPT_STATUSES | _NO_RULES,
        )
        answer = self.follow(asked, to_rules=True)
        try:
            if answer.facts.status in _NO_RULES:
                return robots.parse(b"")
            if answer.facts.status != HTTPStatus.OK:
                raise SourceUnavailable(
                    f"{asked.url} answered HTTP {answer.facts.status}: we cannot tell if we may ask."
                )
            return robots.parse(answer.body.read())
        finally:
            answer.close()

    def _manners_of(self, place: Url) -> Manners:
        by_host = self.manners.get(str(place.host), self.other_manners)
        return self.manners.get(str(place.netloc), by_host)


def _parsed(url: str) -> Url:
    try:
        place = parse_url(url)
    except LocationParseError:
        raise AddressRefused("This is no URL that can be read.") from None
    if place.scheme not in ("http", "https") or not place.host:
        raise AddressRefused(f"Only http and https URLs are asked, not {place.scheme or 'one without a scheme'}.")
    if place.auth:
        raise AddressRefused(f"A URL with a user name is not asked (host {place.host}).")
    return place._replace(fragment=None)


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _SECRET_HEADERS}
