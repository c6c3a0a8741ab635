"""Snapshots of what a night stored, without ids that depend on the order of work, so that two can be compared."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

from benchmarks.night.sandbox import Sandbox
from gallery.artefact import unpack
from gallery.search import Gallery
from storage import open_storage

Snapshot: TypeAlias = dict[str, list[str]]

_PERSON = """coalesce(
    (SELECT string_agg(system || '=' || value, ' ' ORDER BY system) FROM person_id WHERE person_id = person.id),
    person.name_key)"""
_PROGRAMME = "concat_ws('|', programme.title_key, programme.kind, programme.year)"
_CREDIT = f"{_PROGRAMME}, {_PERSON}, credit.job, credit.role"
_WITH_CREDIT = """JOIN credit ON credit.id = credit_id JOIN programme ON programme.id = credit.programme_id
    JOIN person ON person.id = credit.person_id"""
TABLES = {
    "lineup": "SELECT region_code, slug, position FROM lineup JOIN channel ON id = channel_id",
    "airing": f"""SELECT slug, during::text, {_PROGRAMME}, episode_title, season, episode, source, crawled_at::text
        FROM airing JOIN channel ON channel.id = channel_id JOIN programme ON programme.id = programme_id""",
    "programme": f"""SELECT {_PROGRAMME}, title,
        array(SELECT title FROM programme_title WHERE programme_id = programme.id ORDER BY 1),
        array(SELECT system || '=' || value FROM programme_id WHERE programme_id = programme.id ORDER BY 1)
        FROM programme""",
    "person": f"""SELECT {_PERSON}, name, opted_out, latest_credit::text,
        array(SELECT name FROM person_alias WHERE person_id = person.id ORDER BY 1) FROM person""",
    "credit": f"""SELECT {_CREDIT}, credit.position, credit.source, credit.identified
        FROM credit JOIN programme ON programme.id = programme_id JOIN person ON person.id = person_id""",
    "billing": f"SELECT {_CREDIT}, billing.source, billing.part FROM billing {_WITH_CREDIT}",
    "airing_credit": f"""SELECT slug, lower(during)::text, {_CREDIT} FROM airing_credit {_WITH_CREDIT}
        JOIN airing ON airing.id = airing_id JOIN channel ON channel.id = channel_id""",
    "photo": f"""SELECT {_PERSON}, photo.source, origin, sha256, licence, credit_line, kind, of, state, reason,
        gathered_at::text, keep_for::text, expires_at::text FROM photo JOIN person ON person.id = person_id""",
    "lookup of a programme": f"""SELECT {_PROGRAMME}, source, part, asked_at::text, outcome, detail
        FROM lookup JOIN programme ON subject = 'programme' AND programme.id = subject_id""",
    "lookup of a person": f"""SELECT {_PERSON}, source, part, asked_at::text, outcome, detail
        FROM lookup JOIN person ON subject = 'person' AND person.id = subject_id""",
    "merge": """SELECT reason, count(*), count(undone_at) FROM person_merge GROUP BY reason""",
    "scan": "SELECT sha256, model_key, faces, problem FROM scan",
    "template": """SELECT sha256, model_key, face, box::text, quality, encode(vector, 'hex') FROM template""",
    "region": "SELECT code FROM region",
}


def take_snapshot(sandbox: Sandbox) -> Snapshot:
    """All stored rows by table, and the contents of each current gallery."""
    stored = {name: sorted(map(repr, sandbox.rows(query))) for name, query in TABLES.items()}
    storage = open_storage(str(sandbox.folder / "objects"))
    current = sandbox.rows("SELECT object_key, sha256 FROM gallery_release WHERE state = 'current' ORDER BY slot")
    galleries = [unpack(lambda key, most: storage.get(key, max_bytes=most), *release) for release in current]
    stored["gallery"] = sorted(repr(row) for gallery in galleries for row in _shown(gallery))
    stored["photos in storage"] = sorted(storage.keys("photos/"))
    return {name: [_without_ports(row, sandbox) for row in rows] for name, rows in stored.items()}


def differences(one: Snapshot, other: Snapshot) -> dict[str, tuple[list[str], list[str]]]:
    """The rows that only the one has, and those that only the other has, by table. Empty when both are equal."""
    return {
        name: (
            sorted((Counter(one[name]) - Counter(other[name])).elements()),
            sorted((Counter(other[name]) - Counter(one[name])).elements()),
        )
        for name in one
        if one[name] != other[name]
    }


def _without_ports(row: str, sandbox: Sandbox) -> str:
    for host in sandbox.replicas.ports:
        row = row.replace(sandbox.replicas.url(host), host)
    return row


def _shown(gallery: Gallery) -> Iterator[tuple[Any, ...]]:
    """The people and airings of a gallery, by name."""
    names = {person.id: person.name for person in gallery.people}
    for person in gallery.people:
        yield gallery.slot, person.name, person.latest_credit, sorted(map(repr, person.references))
    for airing in gallery.airings:
        cast = sorted((names[member.person_id], member.job, member.role or "") for member in airing.cast)
        yield gallery.slot, airing.channel, airing.title, airing.start, airing.stop, airing.episode_title, cast
