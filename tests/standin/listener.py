# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The far end of a redirect URI, for tests without a client: catches what the browser brings."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from urllib.parse import parse_qsl, urlsplit

_PAGE = b"<!DOCTYPE html><title>Done</title><h1 id=done>You may close this page</h1>"


class Listener:
    """Answers every GET on loopback with one page and keeps the query of those to its path."""

    def __init__(self, port=0, path="/callback"):
        arrived = self._arrived = Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                url = urlsplit(self.path)
                if url.path == path:
                    arrived.put(dict(parse_qsl(url.query, keep_blank_values=True)))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(_PAGE)))
                self.end_headers()
                self.wfile.write(_PAGE)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.redirect_uri = f"http://127.0.0.1:{self._server.server_port}{path}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, timeout=10):
        """The parameters of the next authorization response."""
        try:
            return self._arrived.get(timeout=timeout)
        except Empty:
            raise AssertionError(f"no redirect arrived within {timeout} s") from None
