"""The socket that the API is served on."""

import socket

from cli.serve import listen


def test_an_answer_waits_for_no_acknowledgement() -> None:
    """Its headers and body are two writes: Nagle's algorithm would hold the second back for 40 ms."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
