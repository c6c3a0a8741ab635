from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests import served


def ask(client: httpx.Client, picture: bytes, **fields: str) -> httpx.Response:
    return client.post("/v1/identify", files={"picture": ("p.jpg", picture)}, data=fields)


def test_the_people_of_the_demo_photos_are_named(client: httpx.Client, photos: Path) -> None:
    nearest_right, named_wrong, asked = 0, 0, 0
    for name, pictures in served.probes(photos / "val").items():
        for picture in pictures:
            reply = ask(client, picture.read_bytes(), region="FR")
            assert reply.status_code == 200, reply.text
            faces = reply.json()["faces"]
            nearest = [
                suggestion["name"]
                for face in faces
                for suggestion in [face["best"], *face["alternatives"]][:2]
                if suggestion
            ][:1]
            asked += 1
            nearest_right += nearest == [name]
            named_wrong += any(face["verdict"] == "match" and face["best"]["name"] != name for face in faces)
    assert asked == 25
    assert nearest_right >= 24
    assert named_wrong == 0


def test_an_answer_says_what_it_rests_on(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Ben Affleck"][0].read_bytes()
    reply = ask(client, picture, lat="48.8566", lon="2.3522", channel="France 2")
    answer = reply.json()
    assert answer["region"] == {"code": "FR", "name": "France"}
    assert answer["channel"] == {"slug": "france-2", "name": "France 2"}
    assert answer["candidates"] == {"people": 2, "known": 1}
    assert answer["model_key"]
    assert any(slot["start"] <= answer["at"].replace("+00:00", "Z") < slot["stop"] for slot in answer["slots"])
    (face,) = answer["faces"]
    assert face["verdict"] == "match"
    assert 0.5 < face["probability"] <= 1
    box, size = face["box"], answer["picture"]
    assert 0 <= box["left"] < box["left"] + box["width"] <= size["width"]
    best = face["best"]
    assert best["name"] == "Ben Affleck"
    assert [(a["airing"]["title"], a["character"], a["airing"]["channel"]["name"]) for a in best["appearances"]] == [
        ("Argo", "Tony Mendez", "France 2")
    ]
    assert best["latest_credit"] == {
        "title": "The Accountant 2", "year": 2025, "character": "Christian Wolff", "co_star": "Jon Bernthal"
    }  # fmt: skip
    assert best["photo"]["credit"] == "demo photos · CC BY-SA 4.0"
    assert face["alternatives"] == []
    (showing,) = answer["showings"]
    assert showing["airing"] == best["appearances"][0]["airing"]
    assert 0.5 < face["probability"] <= showing["probability"] <= 1


def test_the_time_of_each_stage_is_in_a_header(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()
    timing = ask(client, picture, region="FR").headers["Server-Timing"]
    stages = {entry.split(";dur=")[0]: float(entry.split(";dur=")[1]) for entry in timing.split(", ")}
    assert {"receive", "wait", "decode", "detect", "embed", "match", "total"} <= set(stages)
    assert stages["total"] >= stages["detect"] + stages["embed"] > 0


def test_two_alternatives_come_with_a_name(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Elton John"][0].read_bytes()
    face = ask(client, picture, region="FR").json()["faces"][0]
    names = [face["best"]["name"], *(other["name"] for other in face["alternatives"])]
    assert names[0] == "Elton John"
    assert len(set(names)) == 3


def test_somebody_who_is_not_on_that_channel_is_not_named(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Mindy Kaling"][0].read_bytes()
    (face,) = ask(client, picture, region="FR", channel="tf1").json()["faces"]
    assert face["verdict"] == "not_in_cast"
    assert face["best"] is None
    assert [other["name"] for other in face["alternatives"]] == ["Jerry Seinfeld"]


def test_the_photo_that_matched_can_be_seen(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Jerry Seinfeld"][0].read_bytes()
    best = ask(client, picture, region="FR").json()["faces"][0]["best"]
    photo = client.get(best["photo"]["url"])
    assert photo.status_code == 200
    assert photo.headers["content-type"] == "image/jpeg"
    assert photo.content in {p.read_bytes() for p in (photos / "train" / "jerry_seinfeld").iterdir()}


def test_around_the_edge_of_a_slot_both_galleries_count(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()
    edge = served.current_slot() + served.SLOT
    answer = ask(client, picture, region="FR", at=(edge - timedelta(minutes=2)).isoformat()).json()
    assert len(answer["slots"]) == 2
    assert answer["candidates"] == {"people": 7, "known": 5}


def test_faces_are_found_without_a_place(client: httpx.Client, photos: Path) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()
    reply = client.post("/v1/faces", files={"picture": ("p.jpg", picture)})
    assert reply.status_code == 200
    assert len(reply.json()["faces"]) >= 1
    assert "detect;dur=" in reply.headers["Server-Timing"]


@pytest.mark.parametrize("offset", [timedelta(hours=-2), timedelta(0)])
def test_the_same_moment_in_another_zone_is_the_same_moment(
    client: httpx.Client, photos: Path, offset: timedelta
) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()
    moment = datetime.now(UTC)
    local = (moment + offset).strftime("%Y-%m-%dT%H:%M:%S") + ("-02:00" if offset else "Z")
    answer = ask(client, picture, region="fr", at=local).json()
    assert datetime.fromisoformat(answer["at"]) == moment.replace(microsecond=0)
