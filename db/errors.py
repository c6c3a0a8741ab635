"""What can go wrong with the database."""


class DatabaseError(Exception):
    """Base of this package's errors.

    DatabaseError
    ├── DatabaseUnavailable      the server cannot be reached, or is too old
    │   └── EmbeddedServerError  the embedded server cannot be created, started or stopped
    ├── SchemaError              the tables do not fit this version of the project
    ├── AccountRefused           the account cannot be used for the dashboard
    └── MergeNotUndone           a merge of two people cannot be undone
    """


class DatabaseUnavailable(DatabaseError):
    """The server could not be reached or cannot be used. The message says why, and what to do."""


class EmbeddedServerError(DatabaseUnavailable):
    """The embedded server could not be created, started or stopped."""


class SchemaError(DatabaseError):
    """The tables do not fit this version of the project, or could not be brought up to date."""


class AccountRefused(DatabaseError):
    """The account cannot be used for the dashboard."""


class MergeNotUndone(DatabaseError):
    """There is no such merge, or a later merge must be undone first. Nothing was changed."""
