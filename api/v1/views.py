"""The last step of a picture's path: write what was decided, and what the galleries hold, as the JSON of version 1."""

from datetime import datetime

from api.galleries import snapshot as galleries
from api.galleries.snapshot import PreparedTitle
from api.identify.analyse import Identified
from api.identify.contributions import Receipt
from api.identify.look import Corners, SeenFace
from api.identify.question import Candidates
from api.identify.scene import Asked
from api.v1 import schemas as out
from db.queries.prepared import PreparedProgramme
from gallery.prepared import is_prepared
from gallery.types import Airing, Answer, Appearance, CastMember, LatestCredit, Reference, Showing, Suggestion


def box(corners: Corners) -> out.Box:
    """A box, to a tenth of a pixel."""
    left, top, right, bottom = corners
    return out.Box(left=round(left, 1), top=round(top, 1), width=round(right - left, 1), height=round(bottom - top, 1))


def identify_answer(
    about: Asked,
    counted: Candidates,
    identified: Identified,
    *,
    model_key: str,
    look: str,
    look_expires_at: datetime,
) -> out.IdentifyAnswer:
    """The whole answer to a question; `look` is what was seen, sealed."""
    seen, answers = identified.look, identified.answers
    sizes = [out.PictureSize(width=width, height=height) for width, height in seen.frames]
    showings = answers[0].showings if answers else ()
    return out.IdentifyAnswer(
        **dict(asked(about)),
        picture=sizes[seen.shown],
        frames=sizes,
        shown=seen.shown,
        candidates=candidates(counted),
        model_key=model_key,
        showings=[showing(shown) for shown in showings],
        faces=[face_answer(face, answer) for face, answer in zip(seen.faces, answers, strict=True)],
        look=look,
        look_expires_at=look_expires_at,
    )


def face_answer(face: SeenFace, answer: Answer) -> out.FaceAnswer:
    """One person with the decision; `best` is empty when the verdict is `not_in_cast`."""
    suggestions = [suggestion(s) for s in answer.suggestions]
    named = answer.verdict != "not_in_cast"
    return out.FaceAnswer(
        box=box(face.views[0].box),
        frame=face.views[0].frame,
        views=[out.ViewOut(frame=view.frame, box=box(view.box)) for view in face.views],
        confidence=round(face.confidence, 4),
        quality=round(face.quality, 3),
        verdict=answer.verdict,
        probability=suggestions[0].probability if suggestions else 0.0,
        calibrated=answer.calibrated,
        best=suggestions[0] if named and suggestions else None,
        alternatives=suggestions[1:3] if named else suggestions[:2],
    )


def suggestion(suggested: Suggestion) -> out.SuggestionOut:
    """A person whom the face may show: what they are on in, the photo that matched and their latest credit."""
    candidate = suggested.candidate
    return out.SuggestionOut(
        person_id=candidate.person.id,
        name=candidate.person.name,
        probability=round(suggested.probability, 4),
        similarity=round(candidate.similarity, 4),
        appearances=[appearance(a) for a in suggested.appearances],
        photo=photo(candidate.reference, candidate.reference_similarity),
        latest_credit=latest_credit(candidate.person.latest_credit),
    )


def appearance(appearing: Appearance) -> out.AppearanceOut:
    """The airing that a person is on in, and their part in it."""
    on = None if is_prepared(appearing.airing) else airing(appearing.airing)
    return out.AppearanceOut(airing=on, job=appearing.member.job, character=appearing.member.role)


def person_appearance(region: str, on: Airing, member: CastMember) -> out.PersonAppearance:
    """The airing that a person is on in, their part in it, and the region."""
    return out.PersonAppearance(region=region, airing=airing(on), job=member.job, character=member.role)


def airing(on: Airing) -> out.AiringOut:
    """An airing with its channel and its programme's titles."""
    return out.AiringOut(
        id=on.id,
        channel=out.ChannelOut(slug=on.channel, name=on.channel_name),
        title=on.title,
        episode_title=on.episode_title,
        season=on.season,
        episode=on.episode,
        kind=on.kind,
        start=on.start,
        stop=on.stop,
    )


def showing(shown: Showing) -> out.ShowingOut:
    """An airing that the picture may show, with the probability."""
    return out.ShowingOut(airing=airing(shown.airing), probability=round(shown.probability, 4))


def photo(reference: Reference, similarity: float | None) -> out.PhotoOut:
    """A reference photo with its credit line."""
    return out.PhotoOut(
        url=f"/v1/photos/{reference.sha256}",
        sha256=reference.sha256,
        similarity=None if similarity is None else round(similarity, 4),
        credit=" · ".join(part for part in (reference.origin, reference.licence) if part),
        origin=reference.origin,
        licence=reference.licence,
    )


def latest_credit(credit: LatestCredit | None) -> out.LatestCreditOut | None:
    """The latest credit of a person, from which a viewer may know them; None when it is not known."""
    if credit is None:
        return None
    return out.LatestCreditOut(title=credit.title, year=credit.year, character=credit.role, co_star=credit.co_star)


def region(served: galleries.Region) -> out.RegionOut:
    """A region by code and name."""
    return out.RegionOut(code=served.code, name=served.name)


def channel(received: galleries.Channel) -> out.ChannelOut:
    """A channel by slug and name."""
    return out.ChannelOut(slug=received.slug, name=received.name)


def asked(about: Asked) -> out.AskedOut:
    """What was asked about: a scene or a prepared programme."""
    if isinstance(about, PreparedTitle):
        return out.AskedOut(
            region=None, at=None, channel=None, airing=None, slots=[], programme=programme(about.programme)
        )
    return out.AskedOut(
        region=region(about.region),
        at=about.at,
        channel=channel(about.channel) if about.channel else None,
        airing=airing(about.airing) if about.airing else None,
        slots=[out.SlotOut(start=loaded.slot, stop=loaded.stop) for loaded in about.galleries],
        programme=None,
    )


def programme(prepared: PreparedProgramme) -> out.ProgrammeOut:
    """A prepared programme by its main title."""
    return out.ProgrammeOut(id=prepared.programme_id, title=prepared.titles[0], kind=prepared.kind, year=prepared.year)


def candidates(counted: Candidates) -> out.CandidatesOut:
    """How many people can be on screen, and how many of their faces are known."""
    return out.CandidatesOut(people=counted.people, known=counted.known)


def kept(receipt: Receipt) -> out.KeptOut:
    """What the sender needs to withdraw a contribution."""
    return out.KeptOut(id=receipt.id, secret=receipt.secret, expires_at=receipt.expires_at)
