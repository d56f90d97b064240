"""A gateway for text messages, as some company would run it; remembers what it was given."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway:
    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.given: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []


@contextlib.contextmanager
def running() -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.given.append(json.loads(body))
            gateway.headers.append(dict(self.headers))
            self.send_response(gateway.status)
            self.send_header("Location", gateway.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gateway = Gateway(f"http://us:secret@127.0.0.1:{server.server_address[1]}/texts")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield gateway
        finally:
            server.shutdown()
            thread.join()
