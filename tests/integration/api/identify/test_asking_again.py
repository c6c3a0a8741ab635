"""Several pictures of one moment, and asking once more without any."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from api.identify.seal import Sealer
from api.settings import ApiSettings
from tests import served


def burst(client: httpx.Client, *frames: bytes, **fields: str) -> httpx.Response:
    files = [("picture", (f"{number}.jpg", frame)) for number, frame in enumerate(frames)]
    return client.post("/v1/identify", files=files, data={"region": "FR"} | fields)


def again(client: httpx.Client, look: str, **fields: object) -> httpx.Response:
    return client.post("/v1/identify/again", json={"look": look, "region": "FR"} | fields)


def moved(picture: bytes, left: int, top: int) -> bytes:
    """The same, with so many pixels more at the left and at the top."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    canvas = Image.new("RGB", (image.width + 40, image.height + 40))
    canvas.paste(image, (left, top))
    return encoded(canvas)


def encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


NO_FACE = encoded(Image.new("RGB", (320, 240), (40, 60, 80)))


@pytest.fixture
def jerry(photos: Path) -> bytes:
    return served.probes(photos / "val")["Jerry Seinfeld"][0].read_bytes()


@pytest.fixture
def elton(photos: Path) -> bytes:
    return served.probes(photos / "val")["Elton John"][0].read_bytes()


def test_somebody_in_several_frames_is_answered_once(client: httpx.Client, jerry: bytes) -> None:
    answer = burst(client, moved(jerry, 0, 0), NO_FACE, moved(jerry, 30, 20)).json()

    (face,) = answer["faces"]
    assert face["best"]["name"] == "Jerry Seinfeld"
    assert sorted(view["frame"] for view in face["views"]) == [0, 2]
    assert (face["frame"], face["box"]) == (face["views"][0]["frame"], face["views"][0]["box"])
    boxes = {view["frame"]: view["box"] for view in face["views"]}
    assert boxes[2]["left"] - boxes[0]["left"] == pytest.approx(30, abs=12)
    assert [frame["width"] for frame in answer["frames"]][1] == 320
    assert answer["shown"] == face["frame"]
    assert answer["picture"] == answer["frames"][answer["shown"]]


def test_a_cut_in_the_middle_of_a_burst_leaves_two_people(client: httpx.Client, jerry: bytes, elton: bytes) -> None:
    answer = burst(client, jerry, elton, elton).json()

    named = {face["best"]["name"]: sorted(view["frame"] for view in face["views"]) for face in answer["faces"]}
    assert named == {"Jerry Seinfeld": [0], "Elton John": [1, 2]}
    assert answer["faces"][0]["frame"] == answer["shown"]


def test_a_frame_that_cannot_be_read_is_named(client: httpx.Client, jerry: bytes) -> None:
    problem = burst(client, jerry, b"no picture", jerry).json()

    assert (problem["code"], problem["frame"]) == ("not_a_picture", 1)
    assert problem["detail"].startswith("Frame 2 of 3: ")


def test_too_many_frames_are_refused(client: httpx.Client) -> None:
    reply = burst(client, *[NO_FACE] * 9)

    assert (reply.status_code, reply.json()["code"]) == (422, "too_many_pictures")


def test_the_same_question_again_has_the_same_answer(client: httpx.Client, jerry: bytes, elton: bytes) -> None:
    first = burst(client, jerry, elton).json()

    assert again(client, first["look"]).json() == first


def test_naming_the_airing_leaves_its_cast_alone(client: httpx.Client, elton: bytes) -> None:
    guide = client.get("/v1/guide", params={"region": "FR"}).json()
    airings = {airing["title"]: airing for channel in guide["channels"] for airing in channel["airings"]}
    first = burst(client, elton).json()

    told = again(client, first["look"], airing=airings["La nuit des concerts"]["id"]).json()
    other = again(client, first["look"], airing=airings["Seinfeld"]["id"]).json()

    assert told["airing"]["title"] == "La nuit des concerts"
    assert told["candidates"] == {"people": 3, "known": 3}
    assert told["faces"][0]["best"]["name"] == "Elton John"
    assert told["faces"][0]["probability"] >= first["faces"][0]["probability"]
    assert other["faces"][0]["verdict"] == "not_in_cast"
    assert burst(client, elton, airing=str(told["airing"]["id"])).json()["faces"] == told["faces"]


def test_the_channel_can_be_told_afterwards(client: httpx.Client, jerry: bytes) -> None:
    first = burst(client, jerry).json()

    told = again(client, first["look"], channel="TF1").json()

    assert told["channel"]["slug"] == "tf1"
    assert told["faces"][0]["best"]["name"] == "Jerry Seinfeld"
    assert told["frames"] == first["frames"]
    assert told["look_expires_at"] == first["look_expires_at"]


def test_without_a_time_it_is_about_the_moment_asked_about_first(client: httpx.Client, jerry: bytes) -> None:
    before = served.current_slot() - timedelta(minutes=20)
    first = burst(client, jerry, at=before.isoformat()).json()

    assert datetime.fromisoformat(again(client, first["look"]).json()["at"]) == before


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"airing": 99}, 404, "unknown_airing"),
        ({"airing": 11, "channel": "tf1"}, 404, "unknown_airing"),
        ({"airing": "tonight's"}, 422, "invalid_request"),
        ({"lat": 48.8, "lon": 2.3}, 422, "place_ambiguous"),
        ({"region": None, "lat": 48.8}, 422, "place_incomplete"),
        ({"region": "XX"}, 404, "unknown_region"),
        ({"at": "2026-03-01T20:50"}, 422, "time_without_zone"),
        ({"look": "nonsense"}, 410, "look_expired"),
        ({"look": "é" * 100}, 410, "look_expired"),
        ({"look": "x" * 300_000}, 422, "invalid_request"),
        ({"look": None}, 422, "invalid_request"),
    ],
)
def test_a_question_again_that_cannot_be_answered(
    client: httpx.Client, jerry: bytes, fields: dict[str, Any], status: int, code: str
) -> None:
    look = burst(client, jerry).json()["look"]
    reply = client.post("/v1/identify/again", json={"look": look, "region": "FR"} | fields)

    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text


def test_the_look_says_until_when_it_can_be_opened(client: httpx.Client, jerry: bytes) -> None:
    expires_at = datetime.fromisoformat(burst(client, jerry).json()["look_expires_at"])

    assert abs(expires_at - datetime.now(UTC) - ApiSettings().look_lifetime) < timedelta(seconds=10)


def test_a_look_of_another_service_is_refused(client: httpx.Client, jerry: bytes) -> None:
    answer = burst(client, jerry).json()
    elsewhere = Sealer(model_key=answer["model_key"], dimension=128, lifetime=timedelta(hours=1))

    with pytest.raises(Exception, match="not sealed by this service"):
        elsewhere.open(answer["look"])
