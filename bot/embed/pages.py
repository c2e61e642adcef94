"""The pages of the embed host, as text.

Scripts, styles and tests know these elements by their ids:

===============  ====================================================================================
``#bar``         the slim bar on top; always there while somebody is signed in
``#who``         who is signed in, by the address that WisdomAI knows them by
``#reload``      button: the frame again, with a fresh token
``#sign-out``    button of the form that ends the session
``#stage``       holds the frame
``#wisdom-frame``  the frame; ``host.js`` makes it, so without a script there is none
``#notice``      what went wrong; ``hidden`` while nothing is. ``data-kind`` is ``over`` (nothing is shown
                 beneath) or ``bar`` (the frame stays)
``#notice-text``, ``#notice-ref``  its sentence, and the reference where something failed on our side
``#again``       button: try again
``#sign-in``     link: sign in, and come back to this page
===============  ====================================================================================

``body`` tells the script what it needs: ``data-origin`` (WisdomAI's), ``data-frame`` (the address inside,
without a token), ``data-csrf``, ``data-session`` (tells two sessions apart, and opens nothing).
A page without a frame has the same ``#notice``, shown, and ``#sign-in`` where signing in may help.
Nothing of these pages is inline: the policy that is sent with them forbids it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from string import Template
from urllib.parse import urlencode

SIGN_IN = "/embed/sign-in"
CALLBACK = "/embed/callback"
SIGN_OUT = "/embed/sign-out"
SIGNED_OUT = "/embed/signed-out"
TOKEN = "/api/wisdom-token"  # noqa: S105 - a path
SCRIPT = "/embed/host.js"
STYLE = "/embed/host.css"
ICON = "/embed/icon.svg"

_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<link rel="icon" href="$icon">
<link rel="stylesheet" href="$style">
$script</head>
<body$data>
$body</body>
</html>
""")

_HOST = Template("""\
<header id="bar">
<span id="who">$who</span>
<button id="reload" type="button">Reload</button>
<form id="leave" method="post" action="$sign_out">
<input type="hidden" name="csrf" value="$csrf">
<button id="sign-out" type="submit">Sign out</button>
</form>
</header>
<main id="stage"></main>
$notice<noscript><p class="plain">This page needs JavaScript to keep you signed in to WisdomAI.</p></noscript>
""")

_NOTICE = Template("""\
<section id="notice" role="alert" data-kind="over"$hidden>
<p id="notice-text">$text</p>
<p id="notice-ref">$ref</p>
<p class="ways">$ways</p>
</section>
""")

_AGAIN = '<button id="again" type="button" hidden>Try again</button>\n'


@dataclass(frozen=True, slots=True)
class Host:
    """What the page with the frame is made of.

    Attributes:
        who: the address of who is signed in.
        origin: WisdomAI's.
        frame: the address inside the frame, without a token.
        csrf: proves to the server that a request comes from this page.
        session: tells two sessions apart.
        path: of this page, to come back to.
    """

    who: str
    origin: str
    frame: str
    csrf: str
    session: str
    path: str


def host(page: Host) -> str:
    """The page with the frame."""
    data = {"origin": page.origin, "frame": page.frame, "csrf": page.csrf, "session": page.session}
    notice = _NOTICE.substitute(
        hidden=" hidden", text="", ref="", ways=_AGAIN + _sign_in(page.path, "Sign in", hidden=True)
    )
    body = _HOST.substitute(who=escape(page.who), sign_out=SIGN_OUT, csrf=escape(page.csrf), notice=notice)
    return _page("WisdomAI", body, data=data, script=True)


def notice(text: str, *, ref: str = "", path: str = "", sign_in: str = "") -> str:
    """A page that says one thing, with a way to sign in where ``sign_in`` names it."""
    ways = _sign_in(path, sign_in) if sign_in else ""
    said = f"Ref {escape(ref)}" if ref else ""
    return _page("WisdomAI", _NOTICE.substitute(hidden="", text=escape(text), ref=said, ways=ways))


def _sign_in(path: str, text: str, *, hidden: bool = False) -> str:
    address = escape(f"{SIGN_IN}?{urlencode({'next': path})}")
    return f'<a id="sign-in" href="{address}"{" hidden" if hidden else ""}>{escape(text)}</a>\n'


def _page(title: str, body: str, *, data: dict[str, str] | None = None, script: bool = False) -> str:
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in (data or {}).items())
    module = f'<script type="module" src="{SCRIPT}"></script>\n' if script else ""
    return _PAGE.substitute(title=title, style=STYLE, icon=ICON, script=module, data=attributes, body=body)
