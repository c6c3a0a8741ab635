"""A line to the service that can be cut while something is on its way."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

BLOCK_BYTES = 8192


class Line:
    """Carries TCP to `target` (host, port). While `cut_after` is set, a connection ends once it has sent that much."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._carrying: list[threading.Thread] = []
        self._is_open = True
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut_after: int | None = None
        self.cuts = 0

    def serve(self) -> None:
        """Carry connections until the line is closed."""
        with self._listener:
            while self._is_open:
                if not select.select([self._listener], [], [], 0.1)[0]:
                    continue
                thread = threading.Thread(target=self._carry, args=(self._listener.accept()[0],))
                thread.start()
                self._carrying.append(thread)
        for thread in self._carrying:
            thread.join()

    def close(self) -> None:
        """End every connection and take no more."""
        self._is_open = False

    def _carry(self, near: socket.socket) -> None:
        sent = 0
        with suppress(OSError), near, socket.create_connection(self._target) as far:
            while self._is_open:
                for source in select.select([near, far], [], [], 0.1)[0]:
                    block = source.recv(BLOCK_BYTES)
                    (far if source is near else near).sendall(block)
                    sent += len(block) if source is near else 0
                    is_cut = self.cut_after is not None and sent > self.cut_after
                    self.cuts += is_cut
                    if is_cut or not block:
                        return


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    """A line to the service at that base URL."""
    address = urlsplit(url)
    line = Line((address.hostname or "", address.port or 80))
    thread = threading.Thread(target=line.serve)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join()
