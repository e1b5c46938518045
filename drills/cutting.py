"""A line to a database that can be cut at the worst moment: the commit is done, its answer is not heard."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Cutter:
    """Passes everything on, and once armed cuts the line after the next COMMIT has got through."""

    def __init__(self, url: str) -> None:
        """Listen on a port of our own before a server."""
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 5432)
        self._door = socket.create_server(("127.0.0.1", 0))
        here = f"{parts.username}@127.0.0.1:{self._door.getsockname()[1]}"
        self.url = urlunsplit(parts._replace(netloc=here))
        self.armed = False
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more lines."""
        self._door.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                try:
                    far = socket.create_connection(self._server)
                except OSError:
                    near.close()
                    raise
                committed = threading.Event()
                for come, go, to_server in ((near, far, True), (far, near, False)):
                    threading.Thread(
                        target=self._pass_on,
                        args=(come, go, committed),
                        kwargs={"to_server": to_server},
                        daemon=True,
                    ).start()

    def _pass_on(
        self, come: socket.socket, go: socket.socket, committed: threading.Event, *, to_server: bool
    ) -> None:
        with suppress(OSError):
            while said := come.recv(65536):
                if to_server and self.armed and b"COMMIT" in said:
                    committed.set()
                elif not to_server and self.armed and committed.is_set():
                    self.armed, self.cuts = False, self.cuts + 1
                    break
                go.sendall(said)
        for side in (come, go):
            with suppress(OSError):  # the other end may have cut it already
                side.shutdown(socket.SHUT_RDWR)
            side.close()


@contextmanager
def cutter(url: str) -> Iterator[Cutter]:
    """A line that can be cut, for as long as it is needed."""
    made = Cutter(url)
    try:
        yield made
    finally:
        made.close()
