"""The portal behind its real server, in a thread of the test: browsers need an address."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import waitress

THREADS = 4
SECONDS_TO_END = 10


@contextmanager
def served(application: Callable) -> Iterator[str]:
    """Answer on a free port of this machine; give the address."""
    server = waitress.create_server(
        application, host="127.0.0.1", port=0, threads=THREADS, ident=""
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # Sockets belong to the server's own thread: there they are closed, and its loop ends.
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join(SECONDS_TO_END)
        server.task_dispatcher.shutdown()
        assert not thread.is_alive(), "the server of the journey did not end"


def harmless_page(environ: dict, start_response: Callable) -> list[bytes]:
    """Answer like some other site: where people go who must leave the portal quickly."""
    page = "<!DOCTYPE html><html lang=de><title>Wetter</title><link rel=icon href=data:,><h1>Heiter</h1>"
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [page.encode()]
