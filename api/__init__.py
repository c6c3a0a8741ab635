"""The online half: it answers who is in a picture, and serves the web app and the operations dashboard.

- `app` puts the applications together, on the `services` that run in a process; `settings` configures them.
- `middleware`, `problems`, `metrics`, `health`: what every request and every operator of the service needs.
- `v1` is the HTTP API: one file a resource, `schemas` for its JSON, `views` to write it.
- `identify` is the path of a picture, from the upload to the decision.
- `galleries` is what is in memory: how galleries are loaded, kept current and handed to a request.
- `web` is the web app and the other pages for people.
- `ops` is the operations dashboard.
"""
