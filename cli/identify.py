"""`findtheactor identify`: ask a running API about a photo."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.client import ApiClient
from cli.console import print_json, stdout


def identify(
    photos: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="A JPEG, PNG or WebP photo of the screen; with --burst, up to eight of them.",
        ),
    ],
    region: Annotated[str | None, typer.Option(help="Where you are watching: a region code such as FR.")] = None,
    lat: Annotated[
        float | None, typer.Option(min=-90, max=90, help="Latitude, with --lon, instead of --region.")
    ] = None,
    lon: Annotated[float | None, typer.Option(min=-180, max=180, help="Longitude, with --lat.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When you saw it, with the time zone: 2026-08-20T21:00+02:00. Default: now.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="The channel, such as france-2, if you know it.")] = None,
    airing: Annotated[int | None, typer.Option(help="The id of the airing, from `/v1/guide`, if you know it.")] = None,
    programme: Annotated[
        str | None,
        typer.Option(help="A title prepared with `findtheactor prepare`, or its id, instead of place and time."),
    ] = None,
    api: Annotated[str | None, typer.Option(help="URL of the API. Default: the one on this machine.")] = None,
    burst: Annotated[
        bool, typer.Option("--burst", help="The photos show one moment: they get one answer, which is surer.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the JSON of the API's answer.")] = False,
) -> None:
    """Say who is in PHOTOS. This asks a running API (`findtheactor serve`)."""
    if len(photos) > 1 and not burst:
        raise typer.BadParameter("Add --burst if these photos show one moment; otherwise ask about one at a time.")
    if (lat is None) != (lon is None):
        raise typer.BadParameter("--lat and --lon go together.")
    coordinates = None if lat is None or lon is None else (lat, lon)
    client = ApiClient(api or _local_api())
    answer = client.identify(
        *photos,
        region=region,
        coordinates=coordinates,
        at=_moment(at),
        channel=channel,
        airing=airing,
        programme=programme,
    ).body
    if as_json:
        print_json(answer)
    else:
        stdout.print(_table(answer))


def _local_api() -> str:
    from api.settings import ApiSettings

    return f"http://127.0.0.1:{ApiSettings().port}"


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"--at {text!r} is not a time such as 2026-08-20T21:00+02:00.") from error
    if moment.tzinfo is None:
        raise typer.BadParameter(f"--at {text!r} has no zone: write 2026-08-20T21:00+02:00, or end it with Z.")
    return moment


def _table(answer: dict[str, Any]) -> Table:
    known, people = answer["candidates"]["known"], answer["candidates"]["people"]
    burst = len(answer["frames"]) > 1
    table = Table(
        "face",
        *(["frames"] if burst else []),
        "answer",
        "probability",
        "in",
        "seen before",
        "or else",
        title=f"{known} of {people} faces known",
    )
    for number, face in enumerate(answer["faces"], start=1):
        best = face["best"] or {}
        table.add_row(
            str(number),
            *([_frames(face)] if burst else []),
            f"{best['name']} ({face['verdict']})" if best else "not in the cast",
            f"{face['probability']:.0%}" if best else "",
            _appearance(best, answer["programme"]),
            _latest_credit(best),
            ", ".join(f"{other['name']} {other['probability']:.0%}" for other in face["alternatives"]),
        )
    return table


def _frames(face: dict[str, Any]) -> str:
    """The numbers, from 1, of the photos that show the face."""
    return ", ".join(str(frame + 1) for frame in sorted(view["frame"] for view in face["views"]))


def _appearance(suggestion: dict[str, Any], programme: dict[str, Any] | None) -> str:
    for appearance in suggestion.get("appearances", []):
        airing, character = appearance["airing"], appearance["character"]
        where = programme["title"] if programme else f"{airing['title']} ({airing['channel']['name']})"
        return where + (f", as {character}" if character else "")
    return ""


def _latest_credit(suggestion: dict[str, Any]) -> str:
    latest = suggestion.get("latest_credit")
    if not latest:
        return ""
    co_star = f", with {latest['co_star']}" if latest["co_star"] else ""
    return f"{latest['title']}{co_star}"
