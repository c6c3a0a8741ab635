"""Entity resolution: which person a credit means, and which work a programme is. In doubt it abstains.

The rules are pure functions: `programmes` (which work), `people` (which person), `spelling`, `scripts` and
`decorations` (how names and titles are compared). `resolver` applies the rules for people to the database, `namesakes`
asks sources about people who share a name, and `aliases` finds other names of a cast.
"""
