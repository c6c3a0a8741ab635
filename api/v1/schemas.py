"""The JSON of version 1. Times are ISO 8601 in UTC; boxes are in pixels of the picture as it was sent, upright."""

from datetime import datetime

from pydantic import BaseModel, Field, field_validator

from api.identify.upload import Question
from gallery.types import Verdict

MAX_LOOK_CHARACTERS = 250_000
"""More than a full burst of faces needs, with embeddings of 512 dimensions."""


class Box(BaseModel):
    """A rectangle, in pixels of the upright picture."""

    left: float = Field(examples=[412.5])
    top: float = Field(examples=[96.0])
    width: float = Field(examples=[131.2])
    height: float = Field(examples=[168.9])


class PictureSize(BaseModel):
    """The upright picture (EXIF orientation applied), in pixels."""

    width: int = Field(examples=[1280])
    height: int = Field(examples=[720])


class FoundFace(BaseModel):
    """A detected face, without a name."""

    box: Box
    confidence: float = Field(description="Confidence of the face detector, 0 to 1.", examples=[0.998])


class FacesAnswer(BaseModel):
    """Where the faces are."""

    picture: PictureSize
    faces: list[FoundFace]


class RegionOut(BaseModel):
    """A broadcast market."""

    code: str = Field(examples=["FR"])
    name: str = Field(examples=["France"])


class ChannelOut(BaseModel):
    """A channel; both `slug` and `name` are accepted where a channel is asked for."""

    slug: str = Field(examples=["france-2"])
    name: str = Field(examples=["France 2"])


class RegionLineup(RegionOut):
    """A region with its channels, and the period for which galleries are loaded."""

    country: str = Field(description="ISO 3166-1 alpha-2.", examples=["FR"])
    time_zone: str = Field(examples=["Europe/Paris"])
    channels: list[ChannelOut]
    indexed_from: datetime | None = Field(examples=["2026-03-01T17:00:00Z"])
    indexed_to: datetime | None = Field(examples=["2026-03-02T08:00:00Z"])


class AiringOut(BaseModel):
    """A programme on one channel from start to stop."""

    id: int = Field(examples=[4211])
    channel: ChannelOut
    title: str = Field(examples=["Argo"])
    episode_title: str | None = Field(None, examples=[None])
    season: int | None = Field(None, examples=[None])
    episode: int | None = Field(None, examples=[None])
    kind: str = Field(description="`film`, `series` or `other`.", examples=["film"])
    start: datetime = Field(examples=["2026-03-01T19:30:00Z"])
    stop: datetime = Field(examples=["2026-03-01T20:00:00Z"])


class ShowingOut(BaseModel):
    """An airing that the picture may be of."""

    airing: AiringOut
    probability: float = Field(description="That it is what the picture shows, 0 to 1.", examples=[0.94])


class AppearanceOut(BaseModel):
    """What a person is on screen in at that moment."""

    airing: AiringOut | None = Field(description="Null when a prepared programme was asked about.")
    job: str = Field(examples=["actor"])
    character: str | None = Field(examples=["Tony Mendez"])


class LatestCreditOut(BaseModel):
    """The parts of “you saw them in …, with …”."""

    title: str = Field(examples=["The Accountant 2"])
    year: int | None = Field(examples=[2025])
    character: str | None = Field(examples=["Christian Wolff"])
    co_star: str | None = Field(examples=["Jon Bernthal"])


class PhotoOut(BaseModel):
    """The reference photo that the face matched best, and whom to credit for it."""

    url: str = Field(examples=["/v1/photos/0b1f8f"])
    sha256: str = Field(examples=["0b1f8f"])
    similarity: float | None = Field(description="Cosine of the two faces, -1 to 1.", examples=[0.71])
    credit: str = Field(description="The line to print under the photo.", examples=["Wikimedia Commons · CC BY-SA 4.0"])
    origin: str = Field(examples=["Wikimedia Commons"])
    licence: str | None = Field(examples=["CC BY-SA 4.0"])


class SuggestionOut(BaseModel):
    """A person whom the face may show."""

    person_id: int = Field(examples=[17])
    name: str = Field(examples=["Ben Affleck"])
    probability: float = Field(description="That the face is this person, 0 to 1.", examples=[0.97])
    similarity: float = Field(description="Cosine to the person's known faces, -1 to 1.", examples=[0.68])
    appearances: list[AppearanceOut]
    photo: PhotoOut
    latest_credit: LatestCreditOut | None


class ViewOut(BaseModel):
    """A person in one of the pictures."""

    frame: int = Field(description="The picture's number, from 0, in the order in which they were sent.", examples=[0])
    box: Box


class FaceAnswer(FoundFace):
    """The decision for one person, who may be in several of the pictures."""

    frame: int = Field(
        description="The number of the picture that `box` is in; it is `shown` if the person is in that one.",
        examples=[0],
    )
    views: list[ViewOut] = Field(description="Every picture in which the person was found, that of `box` first.")

    quality: float = Field(description="How well the face can be recognised, 0 to 1.", examples=[0.8])
    verdict: Verdict = Field(
        description="`match`: `best` is the person. `uncertain`: `best` is a guess. "
        "`not_in_cast`: the face is of nobody who is known to be on then; `best` is null."
    )
    probability: float = Field(description="Of the first suggestion, 0 to 1; 0 without any.", examples=[0.97])
    calibrated: bool = Field(
        description="Whether the probabilities were calibrated for this model; if not, they are a rough estimate."
    )
    best: SuggestionOut | None
    alternatives: list[SuggestionOut] = Field(description="The next two, or the nearest two when `best` is null.")


class SlotOut(BaseModel):
    """A half-open window of 30 minutes, which has its own gallery."""

    start: datetime = Field(examples=["2026-03-01T19:30:00Z"])
    stop: datetime = Field(examples=["2026-03-01T20:00:00Z"])


class CandidatesOut(BaseModel):
    """The people who could have been named."""

    people: int = Field(description="How many are in the casts of what is on.", examples=[184])
    known: int = Field(description="How many of these have a known face.", examples=[121])


class ProgrammeOut(BaseModel):
    """A programme that was prepared by hand. `programme` in a question is its `id` or one of its titles."""

    id: int = Field(examples=[905])
    title: str = Field(examples=["Joséphine, ange gardien"])
    kind: str = Field(description="`film`, `series` or `other`.", examples=["series"])
    year: int | None = Field(examples=[1997])


class AskedOut(BaseModel):
    """What was asked about: a place and time, or a prepared programme."""

    region: RegionOut | None = Field(description="Null when a prepared programme was asked about, like `at`.")
    at: datetime | None = Field(examples=["2026-03-01T19:50:00Z"])
    channel: ChannelOut | None
    airing: AiringOut | None = Field(description="The airing that the question named, if it did.")
    slots: list[SlotOut]
    programme: ProgrammeOut | None = Field(description="The prepared programme, if one was asked about.")


class KeptOut(BaseModel):
    """What the sender needs to withdraw the pictures that are kept with their permission."""

    id: str = Field(examples=["0f8fad5bd9cb469fa16570867728950e"])
    secret: str = Field(description="Sent as `Authorization: Bearer …` to `DELETE /v1/contributions/{id}`.")
    expires_at: datetime = Field(
        description="When the pictures are deleted automatically.", examples=["2026-05-30T19:50:00Z"]
    )


class IdentifyAnswer(AskedOut):
    """Who is in the picture, face by face, and what the answer is based on.

    The faces in the frame `shown` come first, and within each group the best quality first.
    """

    picture: PictureSize = Field(description="The size of the frame `shown`.")
    frames: list[PictureSize] = Field(description="The size of each picture, in the order in which they were sent.")
    shown: int = Field(
        description="The number, from 0, of the picture with the best faces: the one to show.", examples=[0]
    )
    candidates: CandidatesOut
    model_key: str = Field(examples=["mtcnn2-msceleb-128-aligned2"])
    showings: list[ShowingOut] = Field(
        description="The three airings that the picture `shown` most likely shows, judged by all of its faces together."
    )
    faces: list[FaceAnswer]
    look: str = Field(
        description="What was seen, sealed: send it to `/v1/identify/again` to ask again without the picture. The "
        "service keeps nothing of it.",
        examples=["gAAAAABp…"],
    )
    look_expires_at: datetime = Field(examples=["2026-03-01T20:05:00Z"])
    kept: KeptOut | None = Field(None, description="Null unless `keep` was sent and the picture could be kept.")


class Again(Question):
    """A question about pictures that were sent before."""

    look: str = Field(
        description="The `look` of the first answer.", max_length=MAX_LOOK_CHARACTERS, examples=["gAAAAABp…"]
    )

    @field_validator("*")
    @classmethod
    def _is_text(cls, value: object) -> object:
        if isinstance(value, str):
            value.encode()  # raises ValueError for a lone surrogate, which JSON can escape
        return value

    def text(self, name: str) -> str | None:
        """A field of the question as a form has it: its text, trimmed; None when absent or blank."""
        value = getattr(self, name)
        return None if value is None else str(value).strip() or None


class GuideAiring(AiringOut):
    """An airing and how many of its cast are known."""

    cast: int = Field(description="How many people are credited on screen.", examples=[12])
    known: int = Field(description="How many of these have a known face.", examples=[9])


class GuideChannel(ChannelOut):
    """What a channel shows at that moment."""

    airings: list[GuideAiring]


class GuideAnswer(BaseModel):
    """What is on, channel by channel, in the order of the region's line-up of channels."""

    region: RegionOut
    at: datetime = Field(examples=["2026-03-01T19:50:00Z"])
    candidates: CandidatesOut
    channels: list[GuideChannel]


class PersonAppearance(AppearanceOut):
    """An airing in the loaded galleries that the person is on in."""

    airing: AiringOut
    region: str = Field(examples=["FR"])


class PersonAnswer(BaseModel):
    """A person in the loaded galleries."""

    id: int = Field(examples=[17])
    name: str = Field(examples=["Ben Affleck"])
    latest_credit: LatestCreditOut | None
    photos: list[PhotoOut]
    appearances: list[PersonAppearance]
