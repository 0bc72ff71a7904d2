# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the token endpoint says no, word for word as Atlassian does (protocol.md, A4).

The wordings are evidence, not taste: a client that tells a dead grant from a wrong client secret
must do it from exactly these bodies.
"""


class Refused(Exception):
    """An error answer of the token endpoint (RFC 6749 section 5.2)."""

    def __init__(self, status, error, description):
        super().__init__(f"{status} {error}: {description}")
        self.status = status
        self.body = {"error": error, "error_description": description}


# Secret missing or wrong. Not invalid_client, as RFC 6749 would have it.
UNAUTHORIZED = (401, "access_denied", "Unauthorized")
# A code that is wrong, used or expired. Not invalid_grant either.
CODE_INVALID = (403, "invalid_request", "authorization_code is invalid")
GRANT_TYPE_DISABLED = (403, "invalid_client", "grant_type is not enabled for client")
PARAMETERS_WRONG = (400, "invalid_request", "Incorrect request parameters")
# Two that nobody has recorded from Atlassian: RFC 7636 section 4.6 names the first one's error.
VERIFIER_WRONG = (403, "invalid_grant", "Failed to verify code verifier")
REDIRECT_URI_WRONG = (403, "invalid_request", "redirect_uri is invalid")

# The device flow, in the words of RFC 8628 section 3.5; nobody has these from Atlassian.
DEVICE_FLOW_DISABLED = (400, "unauthorized_client", "The device flow is not enabled for the app")
SCOPE_WRONG = (400, "invalid_scope", "Requested scopes that have not been added to the app")
DEVICE_CODE_INVALID = (400, "invalid_grant", "Unknown or used device code")
DEVICE_CODE_EXPIRED = (400, "expired_token", "The device code has expired")
DEVICE_DENIED = (400, "access_denied", "The person denied the request")
DEVICE_PENDING = (400, "authorization_pending", "The person has not decided yet")
DEVICE_SLOW_DOWN = (400, "slow_down", "Polled sooner than the interval allows")

# A dead refresh token, by the name of the setting `dead_grant`.
DEAD_GRANT = {
    "unauthorized_client": (403, "unauthorized_client", "refresh_token is invalid"),
    "invalid_grant": (403, "invalid_grant", "Unknown or invalid refresh token."),
    "expired_or_revoked": (403, "invalid_grant", "Token has been expired or revoked."),
    "invalid_request": (400, "invalid_request", "Invalid refresh_token"),
}
