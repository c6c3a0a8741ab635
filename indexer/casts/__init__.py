"""Stage 2: who is in what, from the listings and then from the cast sources.

`resolve` is the job. It stores the credits of the listings, then `ask` asks the cast sources about every programme:
`matching` finds the work in a source, `store` stores its cast. `titles` searches a title for `findtheactor prepare`.
"""
