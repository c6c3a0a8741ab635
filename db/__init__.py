"""PostgreSQL: the tables, every statement, the migrations, and an embedded server.

- `models`: the tables, one file for each part of the data model.
- `queries`: every statement that the project sends, by topic. `keys`: how names are folded for matching.
- `engine`: opens the database and its transactions. `migrate` brings the tables up to date (`migrations/`); `draft` is
  `make migration`.
- `reader`: the account of the operations dashboard.
- `server`: an embedded server for machines without one, on a `cluster` of its own (`account`, `binaries`); `remove` is
  part of `make clean`.
"""
