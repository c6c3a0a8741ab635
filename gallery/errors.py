"""What can go wrong with a gallery."""


class GalleryError(Exception):
    """Base of this package's errors.

    GalleryError
    ├── InvalidContent
    ├── CorruptGallery
    │   └── UnsupportedFormat
    └── WrongModelKey
    """


class InvalidContent(GalleryError):
    """What was to be packed contradicts itself: whoever gathered it is at fault."""


class CorruptGallery(GalleryError):
    """A stored gallery is not what its manifest says, or no gallery at all: build and publish it again."""


class UnsupportedFormat(CorruptGallery):
    """The gallery was written in a format that this program does not read."""


class WrongModelKey(GalleryError):
    """Vectors of different models never meet: the gallery was built with another model than the one in use."""
