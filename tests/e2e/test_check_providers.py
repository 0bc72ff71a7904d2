# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provider files that people write, and what they are told of them."""

import os
import subprocess

import pytest

GOOD = "[Provider]\nName=Acme\nKind=api-key\n"


@pytest.fixture
def check(tmp_path):
    """Runs the check in a home of its own, without a bus."""
    installed = tmp_path / "providers"
    installed.mkdir()
    environment = {
        **os.environ,
        "CLAVIGER_PROVIDERS_DIR": str(installed),
        "CLAVIGER_SYSCONFDIR": str(tmp_path / "etc"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "LC_ALL": "C",
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)

    def run(*files):
        return subprocess.run(
            [os.environ["CLAVIGERD"], "--check-providers", *map(str, files)],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=10,
            check=False,
        )

    run.installed = installed
    run.of_the_person = tmp_path / "config" / "claviger" / "providers"
    return run


def test_all_that_is_installed(check):
    (check.installed / "acme.provider").write_text(GOOD)
    done = check()
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "1 provider file is fine\n"

    check.of_the_person.mkdir(parents=True)
    override = check.of_the_person / "acme.provider"
    override.write_text("[OAuth2]\nPkce=plain\nScope=x\n[ApiKey]\nHeader=X: {token}\n")
    done = check()
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{override}:2: [OAuth2] Pkce: must be none or S256 or s256",
        f"{override}:3: [OAuth2] Scope: is no key that is known here",
    ]


def test_files_that_are_named(check, tmp_path):
    good = tmp_path / "acme.provider"
    good.write_text(GOOD)
    bad = tmp_path / "other.provider"
    bad.write_text("[Provider]\nName=Acme\nKind=api-key\nnonsense\n")
    done = check(good, bad)
    assert done.returncode == 1
    assert done.stdout == f"{bad}:4: is neither a [Group], nor Key=value, nor a # comment\n"
    assert done.stderr == f"{good}: is fine\n"

    bad.write_text(GOOD)
    done = check(good, bad)
    # Quotation marks and all, whatever the locale.
    assert done.stdout == f"{bad}:2: [Provider] Name: “Acme” is the name of acme.provider already\n"


def test_a_file_is_no_argument_otherwise(check, tmp_path):
    done = subprocess.run(
        [os.environ["CLAVIGERD"], str(tmp_path / "acme.provider")],
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert done.returncode == 2
