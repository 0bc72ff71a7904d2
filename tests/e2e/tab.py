# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser's tab in which a page is loading while the test goes on."""

import threading

from e2e.waiting import wait_for


class Tab:
    def __init__(self, load):
        """`load ()` returns the page, or raises an OSError for a connection that was cut."""
        self._page = None
        self._error = None
        self._thread = threading.Thread(target=self._run, args=(load,), daemon=True)
        self._thread.start()

    def _run(self, load):
        try:
            self._page = load()
        except OSError as error:
            self._error = error

    @property
    def is_loading(self):
        return self._thread.is_alive()

    def page(self, timeout=20):
        wait_for(lambda: not self.is_loading, timeout, "a page")
        if self._error is not None:
            raise self._error
        return self._page

    def end(self, timeout=20):
        """However it ends: for a page that nobody is there to give."""
        wait_for(lambda: not self.is_loading, timeout, "a page or its failure")
