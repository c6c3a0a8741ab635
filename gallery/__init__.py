"""Galleries: the people who can be on screen in one (region, slot), and how faces are identified among them.

- `types`: the values. `slots`: the half-hour windows.
- Building: `select` chooses the faces to enrol; `content` checks and orders a gallery; `artefact`, `manifest` and
  `index` turn it into stored objects and back; `prepared` makes the gallery of a title that was prepared by hand.
- Searching: `search` compares faces with people; `posterior` weighs all faces and airings together, by the weights of
  `calibration`; `decide` gives the answers. `tracks` links the faces of a burst before that.

It works on float arrays: it knows neither pictures nor the database.
"""
