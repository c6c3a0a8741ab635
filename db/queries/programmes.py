"""Reads programmes, with what cast sources need to recognise them."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, TypeAlias, cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from db.models import Airing, Credit, Lineup, Person, Programme, ProgrammeTitle
from db.queries.casts import ON_SCREEN
from db.queries.external_ids import programme_external_ids
from db.queries.scope import InProgramme, Scope

Kind: TypeAlias = Literal["film", "series", "other"]


class ProgrammeRow(NamedTuple):
    """A programme: `titles` has the main one first, `names` are of people known to be on screen in it."""

    id: int
    titles: tuple[str, ...]
    kind: Kind
    year: int | None
    ids: dict[str, str]
    names: frozenset[str]
    episodes: tuple[tuple[int, int], ...] = ()
    """(season, episode) of its airings that are numbered."""


def programmes_in(session: Session, scope: Scope) -> Sequence[ProgrammeRow]:
    """The programmes on air in the scope, by id; or the one programme of the scope."""
    if isinstance(scope, InProgramme):
        return programmes(session, [scope.programme_id])
    rows = session.execute(
        select(Airing.programme_id, Airing.season, Airing.episode)
        .join(Lineup, Lineup.channel_id == Airing.channel_id)
        .where(Lineup.region_code == scope.region_code, Airing.during.overlaps(Range(scope.start, scope.stop)))
        .distinct()
    )
    episodes: dict[int, set[tuple[int, int]]] = {}
    for programme_id, season, episode in rows:
        numbered = episodes.setdefault(programme_id, set())
        if season is not None and episode is not None:
            numbered.add((season, episode))
    return [
        programme._replace(episodes=tuple(sorted(episodes[programme.id])))
        for programme in programmes(session, episodes)
    ]


def programmes(session: Session, programme_ids: Collection[int]) -> Sequence[ProgrammeRow]:
    """These programmes, by id, without their episodes."""
    wanted = list(programme_ids)
    titles: dict[int, list[str]] = {}
    also = select(ProgrammeTitle.programme_id, ProgrammeTitle.title).where(ProgrammeTitle.programme_id.in_(wanted))
    for programme_id, title in session.execute(also.order_by(ProgrammeTitle.title_key)):
        titles.setdefault(programme_id, []).append(title)
    names: dict[int, set[str]] = {}
    credited = select(Credit.programme_id, Person.name).join(Person, Person.id == Credit.person_id)
    for programme_id, name in session.execute(
        credited.where(Credit.programme_id.in_(wanted), Credit.job.in_(ON_SCREEN))
    ):
        names.setdefault(programme_id, set()).add(name)
    ids = programme_external_ids(session, wanted)
    rows = session.execute(
        select(Programme.id, Programme.title, Programme.kind, Programme.year)
        .where(Programme.id.in_(wanted))
        .order_by(Programme.id)
    )
    return [
        ProgrammeRow(
            key, (title, *titles.get(key, ())), cast(Kind, kind), year, ids.get(key, {}), frozenset(names.get(key, ()))
        )
        for key, title, kind, year in rows
    ]
