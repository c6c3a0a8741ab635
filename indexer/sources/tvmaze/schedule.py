"""TVmaze's schedule of a country, as listings: the new episodes of series. It has no casts, films or repeats."""

from collections import Counter
from datetime import UTC, date, timedelta

from pydantic import AwareDatetime, Field, TypeAdapter

from indexer.errors import PageChanged, SourceUnavailable
from indexer.http import HttpClient
from indexer.sources.json_answers import Entries, Number, Shape, Text, read_json
from indexer.sources.records import AiringRecord, ChannelRecord, Listing
from indexer.sources.tvmaze.answers import Show
from indexer.sources.tvmaze.source import BASE_URL


class _Episode(Shape):
    name: Text = None
    season: Number | None = None
    number: Number | None = None
    airstamp: AwareDatetime | None
    airtime: str | None = None
    runtime_minutes: Number | None = Field(None, alias="runtime")
    show: Show


_SCHEDULE = TypeAdapter(Entries[_Episode])


class _Unusable(ValueError):
    """The episode cannot be used; the message is the reason under which it is counted."""


class TvmazeSchedule:
    """A source of listings: the new episodes on the channels of a country (ISO 3166-1, two letters)."""

    name = "tvmaze-schedule"

    def __init__(self, http: HttpClient, base_url: str = BASE_URL) -> None:
        self._http, self._base_url = http, base_url

    def listing(self, country: str, day: date) -> Listing:
        """The broadcast day of the country's channels, which can reach into the next date."""
        params = {"country": country, "date": day.isoformat()}
        return parse_schedule(self._http.get(f"{self._base_url}/schedule", params=params).content)


def parse_schedule(content: bytes) -> Listing:
    """`/schedule`: channels and airings. An airing starts at its airstamp, which has an offset from UTC.

    An airing is as long as its episode, or else as episodes of the programme usually are. Raises `SourceUnavailable`
    when nothing is listed, and `PageChanged` when no listed episode can be used.
    """
    episodes = read_json(_SCHEDULE, content, "TVmaze schedule")
    if not episodes:
        raise SourceUnavailable("TVmaze lists nothing for this country and day.")
    channels: dict[str, ChannelRecord] = {}
    airings: list[AiringRecord] = []
    skipped: Counter[str] = Counter()
    for episode in episodes:
        try:
            channel = _channel(episode.show)
            airings.append(_airing(episode, channel.id))
        except _Unusable as reason:
            skipped[str(reason)] += 1
        else:
            channels.setdefault(channel.id, channel)
    if not airings:
        raise PageChanged(f"None of the {len(episodes)} episodes in TVmaze's schedule can be used: {dict(skipped)}.")
    return Listing(tuple(channels.values()), tuple(airings), dict(skipped))


def _channel(show: Show) -> ChannelRecord:
    for kind, network in (("networks", show.network), ("webchannels", show.web_channel)):
        if network is not None and network.id is not None and network.name:
            return ChannelRecord(f"{kind}/{network.id}", network.name)
    raise _Unusable("no_channel")


def _airing(episode: _Episode, channel: str) -> AiringRecord:
    show, start = episode.show, episode.airstamp
    if start is None or episode.airtime == "":  # without an air time, the airstamp is always noon
        raise _Unusable("no_start")
    if show.name is None:
        raise _Unusable("no_title")
    minutes = episode.runtime_minutes or show.runtime_minutes or show.average_runtime_minutes
    return AiringRecord(
        channel=channel,
        start=start.astimezone(UTC),
        stop=start.astimezone(UTC) + timedelta(minutes=minutes) if minutes else None,
        title=show.name,
        kind=show.kind,
        year=show.premiered.year if show.premiered else None,
        episode_title=episode.name,
        season=episode.season,
        episode=episode.number,
        ids=show.ids,
    )
