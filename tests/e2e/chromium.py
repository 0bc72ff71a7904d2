# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real browser: headless Chromium, driven by selenium, with a profile that nobody used before."""

from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--password-store=basic",  # the keyring is for the program under test
    # A test makes the requests that it makes, and no others.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=900,800",
)
_TIMEOUT = 30


class Chromium:
    """Signs in as `standin.person.Person` does, so that a test can take the one or the other."""

    def __init__(self, profile, environment=None):
        """`profile`: an empty directory; `environment`: this process's own unless given."""
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        self._driver = webdriver.Chrome(
            service=Service(
                "/usr/bin/chromedriver",
                log_path=str(Path(profile) / "chromedriver.log"),
                env=environment,
            ),
            options=options,
        )
        self._driver.set_page_load_timeout(_TIMEOUT)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        self._driver.quit()

    @property
    def url(self):
        return self._driver.current_url

    @property
    def text(self):
        """What the person can read."""
        return self._driver.find_element(By.TAG_NAME, "body").text

    def open(self, url):
        self._driver.get(url)

    def press(self, button, site=None):
        """Presses a button of the consent page and waits for the page where that ends."""
        if site is not None:
            Select(self._driver.find_element(By.ID, "site")).select_by_value(site)
        consent = self._driver.find_element(By.ID, button)
        before = self.url
        consent.click()
        WebDriverWait(self._driver, _TIMEOUT).until(
            lambda driver: driver.current_url != before
            and driver.execute_script("return document.readyState") == "complete"
        )

    def sign_in(self, url, *, button="accept", site=None):
        """From the authorization request to wherever the client's redirect leads."""
        self.open(url)
        self.press(button, site)

    def save_screenshot(self, path):
        if not self._driver.save_screenshot(str(path)):
            raise OSError(f"could not write {path}")
