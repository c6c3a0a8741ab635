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
from indexer.http.cache import Response
from indexer.http.exchange import Exchange
from indexer.http.keys import Keyring
from indexer.http.request import CACHED_STATUSES, HostPolicy, Request

_MAX_REDIRECTS = 5
_SECRET_HEADERS = frozenset({"authorization", "cookie"})
_RULES_FRESH_FOR = timedelta(days=1)
_NO_RULES = frozenset(range(400, 500)) - {HTTPStatus.TOO_MANY_REQUESTS}
"""A robots.txt that answers so lets everything be fetched (RFC 9309, 2.3.1.3)."""


@dataclass(frozen=True, slots=True)
class Redirects:
    """Follows redirects, in accordance with the robots.txt and the policy of each host on the way."""

    exchange: Exchange
    keyring: Keyring
    policies: Mapping[str, HostPolicy]
    default_policy: HostPolicy
    robot: str

    def follow(self, request: Request, *, to_rules: bool = False) -> Response:
        """The answer at the end of the redirects, whatever its status. A robots.txt (`to_rules`) needs no other."""
        place = _parsed(request.url)
        for _ in range(_MAX_REDIRECTS + 1):
            request = replace(request, url=self.keyring.redact(place.url))
            answer = self._hop(request, place, to_rules=to_rules)
            if answer.head.location is None:
                return answer
            answer.close()
            before, place = place, _parsed(answer.head.location)
            if place.netloc != before.netloc:
                request = replace(request, headers=_without_secrets(request.headers))
        raise SourceUnavailable(f"{request.url} is one redirect too many: given up.")

    def _hop(self, request: Request, place: Url, *, to_rules: bool) -> Response:
        policy = self._policy_of(place)
        bound = policy.robots and not to_rules
        return self.exchange.fetch(
            request,
            str(place.netloc),
            fresh_for=policy.fresh_for if request.fresh_for is None else request.fresh_for,
            permit=lambda: self._permitted_interval_s(request, place, policy) if bound else policy.interval_s,
        )

    def _permitted_interval_s(self, request: Request, place: Url, policy: HostPolicy) -> float:
        rules = self._rules(place, request)
        robots.check(rules, request.url, self.robot)
        return max(policy.interval_s, robots.delay_s(rules, self.robot))

    def _rules(self, place: Url, request: Request) -> Protego:
        asked = replace(
            request,
            url=f"{place.scheme}://{place.netloc}/robots.txt",
            headers={},
            max_bytes=robots.MAX_BYTES,
            fresh_for=_RULES_FRESH_FOR,
            store=True,
            cached_statuses=CACHED_STATUSES | _NO_RULES,
        )
        answer = self.follow(asked, to_rules=True)
        try:
            if answer.head.status in _NO_RULES:
                return robots.parse(b"")
            if answer.head.status != HTTPStatus.OK:
                raise SourceUnavailable(
                    f"{asked.url} answered HTTP {answer.head.status}: we cannot tell if we may ask."
                )
            return robots.parse(answer.body.read())
        finally:
            answer.close()

    def _policy_of(self, place: Url) -> HostPolicy:
        by_host = self.policies.get(str(place.host), self.default_policy)
        return self.policies.get(str(place.netloc), by_host)


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
