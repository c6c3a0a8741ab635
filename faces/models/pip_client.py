"""Downloads one pinned file with pip's own machinery. Run as a script in a process of its own.

`pip download` cannot be used: for a source archive it runs the build backend, and nothing in that archive may be
executed. So this script asks pip's finder for the link and pip's session for the bytes. The user's index, mirrors,
proxies, certificates and credentials apply, as they do for `pip install`. All of this is internal to pip: pip is
pinned in the lock, and no other file uses it.

Usage: `python -I pip_client.py WHAT SHA256 TARGET`, WHAT being `name==version` (of a source archive) or a URL.
Prints JSON lines: `{"received": bytes, "total": bytes or null}` while it goes, and at last `{"done": true}` or
`{"failed": reason}`. TARGET is complete and verified when, and only when, `done` was printed.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from optparse import Values

from pip._internal.commands.index import IndexCommand
from pip._internal.exceptions import PipError
from pip._internal.models.format_control import FormatControl
from pip._internal.models.link import Link
from pip._internal.network.session import PipSession
from pip._internal.network.utils import HEADERS, raise_for_status, response_chunks
from pip._vendor.requests.exceptions import RequestException
from pip._vendor.urllib3.exceptions import HTTPError

REPORT_EVERY_BYTES = 1 << 20


class NotFetched(Exception):
    """No link led to the pinned file."""


def say(**line: object) -> None:
    """Send one JSON line to the parent process."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def explain(error: Exception) -> str:
    """The message of an error: pip's diagnostic errors have it in `message`, others in `str`."""
    return str(getattr(error, "message", None) or error)


class Fetch(IndexCommand):  # type: ignore[misc] # pip is not typed for others
    """A pip command of our own. It inherits how pip reads its configuration and creates its session."""

    def run(self, options: Values, args: list[str]) -> int:
        """Fetch the file that `args` name; return 0 when the target is complete."""
        what, sha256, target = args
        options.format_control = FormatControl({":all:"}, set())  # source archives only
        options.uploaded_prior_to = None  # the hash pins it better than any date
        try:
            with self._build_session(options) as session:
                self._fetch(list(self._links(what, options, session)), what, sha256, target, session)
        except OSError as error:
            say(failed=f"cannot write {target}: {error.strerror or error}")
            return 1
        except (NotFetched, PipError) as error:
            say(failed=explain(error))
            return 1
        say(done=True)
        return 0

    def _links(self, what: str, options: Values, session: PipSession) -> Iterator[Link]:
        if "==" not in what:
            yield Link(what)
            return
        name, version = what.split("==")
        finder = self._build_package_finder(options, session, ignore_requires_python=True)
        for candidate in finder.find_all_candidates(name):
            if str(candidate.version) == version and not candidate.link.is_wheel:
                yield candidate.link

    def _fetch(self, links: list[Link], what: str, sha256: str, target: str, session: PipSession) -> None:
        """Try the links in order until one gives the pinned bytes: mirrors may differ."""
        if not links:
            raise NotFetched(f"the package index gave no source archive of {what} (or could not be reached)")
        reasons = []
        for link in links:
            try:
                digest = download(link, target, session)
            except (RequestException, HTTPError, PipError) as error:
                reasons.append(f"{link.redacted_url}: {explain(error)}")
                continue
            if digest == sha256:
                return
            reasons.append(f"{link.redacted_url}: the SHA-256 is {digest}, expected {sha256}")
        raise NotFetched("; ".join(reasons))


def download(link: Link, target: str, session: PipSession) -> str:
    """Write the link's bytes to `target`; returns their SHA-256."""
    response = session.get(link.url_without_fragment, headers=HEADERS, stream=True)
    raise_for_status(response)
    length = response.headers.get("content-length")
    digest, received, reported = hashlib.sha256(), 0, 0
    with open(target, "wb") as file:  # noqa: PTH123 - runs on its own
        for chunk in response_chunks(response):
            file.write(chunk)
            digest.update(chunk)
            received += len(chunk)
            if received - reported >= REPORT_EVERY_BYTES:
                say(received=received, total=int(length) if length else None)
                reported = received
    return digest.hexdigest()


if __name__ == "__main__":
    quietly = ["--quiet"] * 3 + ["--disable-pip-version-check"]
    sys.exit(Fetch("download", "fetch one pinned file").main([*quietly, *sys.argv[1:]]))
