"""What callers keep: only this service can read it, and not for ever."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from api.identify.look import MAX_FRAMES, Look, SeenFace, View, look_of
from api.identify.seal import Sealer
from api.problems import Kind, Problem
from api.v1.schemas import MAX_LOOK_CHARACTERS
from faces.engine import MAX_FACES
from faces.types import Analysis, Detection, Face
from tests.unit.gallery.evening import unit_rows

SECRET = "a secret that is shared by several processes"
DIMENSION = 512
AT = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)


def sealer(secret: str | None = SECRET, model_key: str = "model-1", seconds: float = 900) -> Sealer:
    return Sealer(
        *([secret] if secret else []), model_key=model_key, dimension=DIMENSION, lifetime=timedelta(seconds=seconds)
    )


def looked(faces: int, frames: int = 1, seed: int = 0) -> Look:
    """At so many faces in each of so many frames, no two of them alike."""
    random = np.random.default_rng(seed)

    def face() -> Face:
        left, top = random.uniform(0, 500, 2)
        detection = Detection((left, top, left + 90, top + 120), np.zeros((5, 2), np.float32), 0.99)
        return Face(detection, unit_rows(random.normal(size=(1, DIMENSION)))[0], float(random.uniform()))

    return look_of([Analysis(1280, 720, tuple(face() for _ in range(faces)), {}) for _ in range(frames)], AT, DIMENSION)


def refused(opener: Sealer, token: str) -> str:
    with pytest.raises(Problem) as caught:
        opener.open(token)
    assert caught.value.kind is Kind.LOOK_EXPIRED
    return caught.value.detail


def test_what_was_sealed_is_what_is_opened() -> None:
    for look in (looked(3, frames=4), looked(1), looked(0)):
        opened = sealer().open(sealer().seal(look))
        assert opened.embeddings.tobytes() == look.embeddings.tobytes()
        assert (opened.at, opened.frames, opened.shown, opened.faces) == (AT, look.frames, look.shown, look.faces)


def test_every_kind_of_view_survives() -> None:
    face = SeenFace((View(2, (1.5, 2, 3, 4)), View(0, (0, 0, 0.25, 9))), 0.5, 0.25, 7)
    look = Look(AT, ((640, 480),) * 3, 2, (face,), np.full((1, DIMENSION), 0.5, np.float32))
    assert sealer().open(sealer().seal(look)).faces == (face,)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_and_it_is_refused(place: int, change: int) -> None:
    raw = bytearray(urlsafe_b64decode(TOKEN))
    raw[place % len(raw)] ^= change
    refused(sealer(), urlsafe_b64encode(bytes(raw)).decode())


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: urlsafe_b64encode(raw).decode()))
def test_what_is_no_token_is_refused(text: str) -> None:
    refused(sealer(), text)


@given(st.integers(0, 400))
def test_a_token_that_was_cut_is_refused(length: int) -> None:
    refused(sealer(), TOKEN[:length])


def test_another_secret_opens_nothing() -> None:
    assert "not sealed by this service" in refused(sealer("another secret, but as long as it should be"), TOKEN)
    assert "not sealed by this service" in refused(sealer(None), sealer(None).seal(looked(1)))


def test_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    assert abs(sealer(seconds=900).expires_at(TOKEN) - now - timedelta(seconds=900)) < timedelta(minutes=10)
    sealed_at = sealer().expires_at(TOKEN) - timedelta(seconds=900)
    monkeypatch.setattr("time.time", lambda: sealed_at.timestamp() + 899)
    sealer(seconds=900).open(TOKEN)
    monkeypatch.setattr("time.time", lambda: sealed_at.timestamp() + 901)
    refused(sealer(seconds=900), TOKEN)


def test_another_model_asks_for_the_picture_again() -> None:
    assert refused(sealer(model_key="model-2"), TOKEN).endswith(
        "of model model-1, not model-2. Send the picture again."
    )


def test_another_format_asks_for_the_picture_again() -> None:
    fernet: Fernet = sealer()._fernet
    assert "another version" in refused(sealer(), fernet.encrypt(b"\x02" + fernet.decrypt(TOKEN)[1:]).decode())


def test_nothing_of_a_face_can_be_read_from_it() -> None:
    look = looked(2)
    assert look.embeddings[0].astype("<f2").tobytes()[:16] not in urlsafe_b64decode(sealer().seal(look))


def test_it_is_small_and_the_largest_is_accepted() -> None:
    assert len(sealer().seal(looked(1))) < 2000
    assert len(sealer().seal(looked(MAX_FACES, frames=MAX_FRAMES))) < MAX_LOOK_CHARACTERS


TOKEN = sealer().seal(looked(2))


def test_a_replaced_secret_still_opens_and_no_longer_seals() -> None:
    old, new = "the old secret, with enough characters", "the new secret, with enough characters"
    both = Sealer(new, old, model_key="model-1", dimension=DIMENSION, lifetime=timedelta(minutes=15))
    look = looked(2)
    assert both.open(sealer(old).seal(look)).faces == look.faces
    assert sealer(new).open(both.seal(look)).faces == look.faces
    with pytest.raises(Problem):
        sealer(old).open(both.seal(look))
