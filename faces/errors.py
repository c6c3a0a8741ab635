"""The errors of this package."""

from typing import ClassVar


class FacesError(Exception):
    """Base of this package's errors.

    FacesError
    ├── PictureError: the bytes given are not a picture we can look at
    │   ├── EmptyPicture
    │   ├── TooManyBytes
    │   ├── UnsupportedPicture
    │   ├── TooManyPixels
    │   ├── TooFewPixels
    │   ├── TooMuchWork
    │   └── DamagedPicture
    ├── DecoderFailed: the process that decodes some pictures does not start
    └── ModelsError: the model files are missing, damaged or could not be made
        ├── ModelsMissing
        ├── ModelsDamaged
        ├── DownloadFailed
        └── ExportFailed
    """


class PictureError(FacesError):
    """The bytes given cannot be looked at. `code` is stable, for programs; the message is for people."""

    code: ClassVar[str] = "unreadable-picture"


class EmptyPicture(PictureError):
    """There are no bytes at all."""

    code = "empty"


class TooManyBytes(PictureError):
    """The file is larger than allowed."""

    code = "too-large"


class UnsupportedPicture(PictureError):
    """Not a picture, or one of a format that is not accepted."""

    code = "unsupported-format"


class TooManyPixels(PictureError):
    """The header announces more pixels than allowed; nothing was decoded."""

    code = "too-many-pixels"


class TooFewPixels(PictureError):
    """Too small, or too narrow, to hold a face."""

    code = "too-few-pixels"


class TooMuchWork(PictureError):
    """Decoding it would take too long: it has hundreds of scans, say, or of comments."""

    code = "too-much-work"


class DamagedPicture(PictureError):
    """The header is right but the rest is cut off or corrupt."""

    code = "truncated"


class DecoderFailed(FacesError):
    """The process that decodes some pictures does not start: it is no picture's fault."""


class ModelsError(FacesError):
    """The model files cannot be used or made."""


class ModelsMissing(ModelsError):
    """No prepared models are in the folder."""


class ModelsDamaged(ModelsError):
    """A prepared file is not what was prepared."""


class DownloadFailed(ModelsError):
    """A file could not be fetched, or is not the file that was expected."""


class ExportFailed(ModelsError):
    """The networks could not be exported, or do not answer as the originals do."""
