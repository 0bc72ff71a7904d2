# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's answer is lost, late, or not what it should be."""

from faults.scenarios import Scenario

_FAULTS = {
    # Before the server has seen the request.
    "cut before": {"drop": "before"},
    "500": {"status": 500},
    "503": {"status": 503},
    "429": {"status": 429, "retry_after": 1},
    "408": {"status": 408},
    "a captive portal": {"html": True},
    # It has rotated, and this is what comes of it.
    "cut after": {"drop": "after"},
    "500 after it rotated": {"status": 500, "processed": True},
    "502 after it rotated": {"status": 502, "processed": True},
    "504 after it rotated": {"status": 504, "processed": True},
    "a captive portal after it rotated": {"html": True, "processed": True},
    "truncated": {"truncate": True},
    "oversized": {"pad": 8_000_000},
    "no access token in it": {"omit": ["access_token"]},
    "an access token that is a number": {"members": {"access_token": 7}},
    "text/html": {"content_type": "text/html"},
    # It has rotated, and the answer can be used.
    "expires_in: soon": {"members": {"expires_in": "soon"}},
    "expires_in: -1": {"members": {"expires_in": -1}},
    "expires_in: 0": {"members": {"expires_in": 0}},
    "expires_in: 1e300": {"members": {"expires_in": 1e300}},
    "no expires_in": {"omit": ["expires_in"]},
    # It has not, and says nothing of it.
    "no refresh token": {"rotate": False},
}


def scenarios():
    found = Scenario("answer", "the connection is cut, before and after; odd answers", share=8)
    for name, fault in _FAULTS.items():
        for then in ("asked again", "left to itself", "a crash"):
            found.variant(f"{name}, {then}", _answer, fault, then)
    found.variant("cut after, three times", _answer, {"drop": "after", "times": 3}, "asked again")
    return [found]


def _answer(trial, fault, then):
    trial.say(f"the server's next answer: {fault}")
    trial.standin.fault("token", grant_type="refresh_token", **fault)
    trial.finish(trial.refresh())
    if then == "asked again":
        trial.insist()
    elif then == "a crash":
        trial.kill()
