"""Every statement that the project sends to the database, by topic.

- Listings and casts: `listings`, `programmes`, `casts`, `external_ids`.
- People: `identity`, `merges`, `opt_outs`. Their photos: `offers`, `photos`.
- Galleries: `galleries` reads what they are made of; `publishing`, `prepared` and `contributions` write; `releases` is
  what the API reads.
- Indexing: `jobs`, `locks`, `lookups`, `tallies`, `scope`. Coverage: `coverage`, `slot_coverage`.
- `ops`: the operations dashboard.
"""
