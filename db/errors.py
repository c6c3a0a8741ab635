"""What can go wrong with the database."""


class DatabaseError(Exception):
    """Base of this package's errors.

    DatabaseError
    ├── DatabaseUnavailable      no server to talk to, or one that is too old
    │   └── EmbeddedServerError  our own server cannot be made, started or stopped
    ├── SchemaError              the tables do not fit this version of the project
    ├── AccountRefused           that account cannot be the dashboard's
    └── MergeNotUndone           two people who were merged cannot be parted
    """


class DatabaseUnavailable(DatabaseError):
    """The server could not be reached or cannot be used; the message says which and what to do."""


class EmbeddedServerError(DatabaseUnavailable):
    """The embedded server could not be made, started or stopped."""


class SchemaError(DatabaseError):
    """The tables do not fit this version of the project, or could not be brought up to date."""


class AccountRefused(DatabaseError):
    """The account cannot be the dashboard's."""


class MergeNotUndone(DatabaseError):
    """There is no such merge, or a later one stands in the way; nothing was changed."""
