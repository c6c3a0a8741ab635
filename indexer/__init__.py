"""The offline half: turns tonight's TV guide into small face galleries.

`runs` puts the stages in order: `pipeline` for a region, `prepare_title` for one title by hand, `schedule` every night,
`orders` for what was ordered at the operations dashboard. The stages:

1. `listings`: what is on (`crawl`).
2. `casts`: who is in it, from the listings and then from the cast sources (`resolve`).
3. `photos`: pictures of these people (`gather`).
4. `careers`: where the viewer may have seen them before (`look_up`).
5. to 9. `galleries`: their faces (`embed`), one gallery a slot (`build`, `publish`), how many people on it are known
   (`measure`), and the deletion of what has expired (`retire`).

Below the stages:

- `identity`: which person a credit means, which work a programme is.
- `job`: what all jobs share: the context of a run, the record that each job leaves, the opened sources.
- `asking`: circuit breakers, when a question to a source is due, and the tally of questions.
- `regions`: the regions with their channels and listings sources, one TOML file each.
- `sources`: one folder or file a source; `registry` builds them and sets how often each may be asked.
- `http`: the one HTTP client: cache, rate limit, robots.txt, address guard.
- `errors`, `settings`, `window`: the errors, the settings, and days as spans of time.
"""
