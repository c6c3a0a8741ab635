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
    """The content to be packed contradicts itself: a fault of the code that collected it."""


class CorruptGallery(GalleryError):
    """A stored gallery does not match its manifest, or is no gallery at all: build and publish it again."""


class UnsupportedFormat(CorruptGallery):
    """The gallery was written in a format that this program does not read."""


class WrongModelKey(GalleryError):
    """The gallery was built with another model than the one in use: their vectors cannot be compared."""
