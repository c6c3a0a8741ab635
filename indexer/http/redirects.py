"""Follows redirects: every hop is checked like the first, against robots.txt and the policy of its host."""

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
_NO_ROBOTS_TXT = frozenset(range(400, 500)) - {HTTPStatus.TOO_MANY_REQUESTS}
"""With such a status for its robots.txt, a site has no rules: everything may be fetched (RFC 9309, 2.3.1.3)."""


@dataclass(frozen=True, slots=True)
class Redirects:
    """Follows redirects, obeying the robots.txt and the policy of every host on the way.

    `product_token` is the name by which robots.txt files address us (RFC 9309, 2.2.1).
    """

    exchange: Exchange
    keyring: Keyring
    policies: Mapping[str, HostPolicy]
    default_policy: HostPolicy
    product_token: str

    def follow(self, request: Request, *, for_robots_txt: bool = False) -> Response:
        """The response at the end of the redirects, whatever its status.

        A request `for_robots_txt` is sent without asking robots.txt first.
        """
        place = _parsed(request.url)
        for _ in range(_MAX_REDIRECTS + 1):
            request = replace(request, url=self.keyring.redact(place.url))
            response = self._hop(request, place, for_robots_txt=for_robots_txt)
            if response.head.location is None:
                return response
            response.close()
            before, place = place, _parsed(response.head.location)
            if place.netloc != before.netloc:
                request = replace(request, headers=_without_secrets(request.headers))
        raise SourceUnavailable(f"{request.url} is one redirect too many: given up.")

    def _hop(self, request: Request, place: Url, *, for_robots_txt: bool) -> Response:
        policy = self._policy_of(place)
        obeys_robots = policy.robots and not for_robots_txt
        return self.exchange.fetch(
            request,
            str(place.netloc),
            fresh_for=policy.fresh_for if request.fresh_for is None else request.fresh_for,
            permit=lambda: self._permitted_interval_s(request, place, policy) if obeys_robots else policy.interval_s,
        )

    def _permitted_interval_s(self, request: Request, place: Url, policy: HostPolicy) -> float:
        rules = self._rules(place, request)
        robots.check(rules, request.url, self.product_token)
        return max(policy.interval_s, robots.delay_s(rules, self.product_token))

    def _rules(self, place: Url, request: Request) -> Protego:
        robots_txt = replace(
            request,
            url=f"{place.scheme}://{place.netloc}/robots.txt",
            headers={},
            max_bytes=robots.MAX_BYTES,
            fresh_for=_RULES_FRESH_FOR,
            store=True,
            cached_statuses=CACHED_STATUSES | _NO_ROBOTS_TXT,
        )
        response = self.follow(robots_txt, for_robots_txt=True)
        try:
            if response.head.status in _NO_ROBOTS_TXT:
                return robots.parse(b"")
            if response.head.status != HTTPStatus.OK:
                raise SourceUnavailable(
                    f"{robots_txt.url} answered HTTP {response.head.status}: whether we may ask is unknown."
                )
            return robots.parse(response.body.read())
        finally:
            response.close()

    def _policy_of(self, place: Url) -> HostPolicy:
        by_host = self.policies.get(str(place.host), self.default_policy)
        return self.policies.get(str(place.netloc), by_host)


def _parsed(url: str) -> Url:
    try:
        place = parse_url(url)
    except LocationParseError:
        raise AddressRefused("The URL is invalid.") from None
    if place.scheme not in ("http", "https") or not place.host:
        raise AddressRefused(f"Only http and https URLs are requested, not {place.scheme or 'one without a scheme'}.")
    if place.auth:
        raise AddressRefused(f"A URL with a user name is not requested (host {place.host}).")
    return place._replace(fragment=None)


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _SECRET_HEADERS}
