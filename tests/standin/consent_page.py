# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that a person sees. A browser driver finds its way by the ids accept, deny and site."""

from html import escape

from standin import scopes

# A page with a button that gives access away must not be framed or scripted by another one.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_STYLE = """
:root { --ink: #172b4d; --soft: #5e6c84; --line: #dfe1e6; --blue: #0c66e4; --red: #ae2e24 }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem 1rem;
  background: #f4f5f7; color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 27rem; padding: 2.25rem; background: #fff; border-radius: 12px;
  box-shadow: 0 1px 2px #091e4226, 0 8px 28px #091e421f }
header { display: flex; align-items: center; gap: .75rem; padding-bottom: 1.25rem;
  margin-bottom: 1.25rem; border-bottom: 1px solid var(--line); color: var(--soft);
  font-size: .875rem }
header b { display: grid; place-items: center; width: 2.25rem; height: 2.25rem;
  border-radius: 50%; background: var(--blue); color: #fff }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.3; font-weight: 600 }
ul { margin: 0 0 1.5rem; padding: 0; list-style: none }
li { padding: .3rem 0 .3rem 1.75rem; position: relative; overflow-wrap: anywhere }
li::before { content: "✓"; position: absolute; left: .25rem; color: var(--blue) }
li code { display: block; color: var(--soft); font-size: .75rem }
label { display: block; margin-bottom: .25rem; font-size: .875rem; font-weight: 600 }
select, input[type=text] { width: 100%; margin-bottom: 1.5rem; padding: .6rem; font: inherit; color: inherit;
  background: #fff; border: 1px solid var(--line); border-radius: 6px }
.buttons { display: flex; flex-direction: row-reverse; gap: .75rem }
button { flex: 1; padding: .65rem; font: inherit; font-weight: 600; cursor: pointer;
  border: 0; border-radius: 6px }
#accept, #continue { background: var(--blue); color: #fff }
#deny { background: #091e420f; color: var(--ink) }
footer { margin-top: 1.5rem; color: var(--soft); font-size: .8125rem; text-align: center }
.error h1 { color: var(--red) }
.error code { color: var(--soft) }
"""


def _page(title, content, kind=""):
    return f"""<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
<main class="{kind}">
{content}
<footer>A stand-in for tests. No real account is involved.</footer>
</main>
</html>
"""


def _site_picker(sites):
    if len(sites) < 2:
        return ""
    options = "".join(
        f'<option value="{escape(site)}">{escape(site)}.atlassian.net</option>' for site in sites
    )
    return f'<label for="site">Use it on</label>\n<select id="site" name="site">{options}</select>'


def consent(transaction, request, settings):
    """Asks the person; the answer comes back as a form with `transaction` and `decision`."""
    return _ask("authorize/decision", transaction, request.scope, settings)


def device_consent(code, settings):
    """The same for a device: shows the code, for the person to compare."""
    about = f"""<p>The device shows this code:
<b id="user_code">{escape(code.user_code)}</b>. If it does not, somebody else sent you here.</p>"""
    return _ask("/device/decision", code.user_code, code.scope, settings, about)


def _ask(action, transaction, scope, settings, about=""):
    scope_list = "\n".join(
        f"<li>{escape(scopes.sentence(s))}<code>{escape(s)}</code></li>" for s in scope
    )
    title = f"{settings.app_name} asks for access to your account"
    return _page(
        title,
        f"""<header><b>{escape(settings.account[:1].upper())}</b>
Signed in as {escape(settings.account)}</header>
<h1>{escape(title)}</h1>
{about}
<ul id="scopes">
{scope_list}
</ul>
<form method="post" action="{action}">
<input type="hidden" name="transaction" value="{escape(transaction)}">
{_site_picker(settings.sites)}
<div class="buttons">
<button id="accept" name="decision" value="accept">Accept</button>
<button id="deny" name="decision" value="deny">Deny</button>
</div>
</form>""",
    )


def code_entry():
    """Where a person types the code that a device shows."""
    return _page(
        "Connect a device",
        """<h1>Connect a device</h1>
<form method="post" action="/device">
<label for="user_code">The code on your device</label>
<input type="text" id="user_code" name="user_code" autocomplete="off" required>
<div class="buttons">
<button id="continue" name="step" value="continue">Continue</button>
</div>
</form>""",
    )


def done(sentence):
    """The end of a device's way; nothing goes back from here."""
    return _page(sentence, f'<h1 id="done">{escape(sentence)}</h1>')


def error(code, description):
    """Says what is wrong with the request; the person can't mend it here."""
    return _page(
        "Something went wrong",
        f"""<h1>Something went wrong</h1>
<p id="error_description">{escape(description)}</p>
<p><code id="error">{escape(code)}</code></p>""",
        kind="error",
    )
