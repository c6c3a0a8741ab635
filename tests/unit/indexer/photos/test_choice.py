"""Which pictures of a person are held first."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from indexer.photos.choice import by_preference


@dataclass(frozen=True)
class Photo:
    id: int
    source: str
    kind: str = "portrait"
    of: str | None = None


PHOTOS = st.lists(
    st.builds(
        Photo,
        id=st.integers(0, 1000),
        source=st.sampled_from(["tmdb", "tvmaze", "google", "folder"]),
        kind=st.sampled_from(["portrait", "still"]),
        of=st.sampled_from([None, "Élan", "Elsewhere"]),
    ),
    unique_by=lambda photo: photo.id,
)


def test_stills_of_what_is_on_come_first_but_half_of_the_room_is_for_portraits() -> None:
    stills = [Photo(number, "tvmaze", "still", "Elsewhere") for number in range(3)]
    on_now = [Photo(number, "tvmaze", "still", "ÉLAN") for number in range(3, 6)]
    portraits = [Photo(number, "tmdb") for number in range(6, 12)]

    chosen = by_preference([*portraits, *stills, *on_now], ["tmdb"], {"elan"}, 8)

    assert [photo.id for photo in chosen] == [3, 4, 5, 0, 6, 7, 8, 9, 10, 11, 1, 2]


def test_portraits_come_from_each_source_in_turn_in_the_order_of_the_sources() -> None:
    photos = [Photo(1, "google"), Photo(2, "google"), Photo(3, "tmdb"), Photo(4, "tmdb"), Photo(5, "tvmaze")]

    chosen = by_preference(photos, ["tvmaze", "tmdb", "google"], (), 10)

    assert [photo.id for photo in chosen] == [5, 3, 1, 4, 2]


@given(PHOTOS, st.integers(1, 12))
def test_every_photo_is_there_once_and_their_order_does_not_matter(photos: list[Photo], most: int) -> None:
    chosen = by_preference(photos, ["tmdb", "tvmaze", "google"], {"elan"}, most)

    assert sorted(chosen, key=lambda photo: photo.id) == sorted(photos, key=lambda photo: photo.id)
    assert by_preference(photos[::-1], ["tmdb", "tvmaze", "google"], {"elan"}, most) == chosen
    stills = [photo for photo in chosen[:most] if photo.kind == "still"]
    if len(photos) - len([photo for photo in photos if photo.kind == "still"]) >= most:
        assert len(stills) <= most // 2
