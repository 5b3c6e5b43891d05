"""Tags that the base templates stand on: display choices, addresses, client strings, messages."""

import json
import uuid
from functools import lru_cache
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template import Context
from django.template.loader import get_template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiying.kernel.templatetags._markup import attributes, markup

LARGE_COOKIE = "qy_large"
THEME_COOKIE = "qy_theme"
FALLBACKS = {"home": "/", "palette": "/search/palette", "events": "/events"}


def _request(context: Context) -> HttpRequest | None:
    found = context.get("request")
    return found if isinstance(found, HttpRequest) else None


def _cookie(context: Context, name: str) -> str:
    request = _request(context)
    return request.COOKIES.get(name, "") if request else ""


def shell_url(name: str) -> str:
    """Address of a kernel page by its short name, empty when this installation has none."""
    return _shell_url(name, get_urlconf())


@lru_cache(maxsize=128)
def _shell_url(name: str, _urlconf: str | None) -> str:
    """Looked up once: every page leads to the same dozen addresses."""
    for candidate in (f"kernel:{name}", name):
        try:
            return reverse(candidate)
        except NoReverseMatch:
            continue
    return FALLBACKS.get(name, "")


def html_attrs(context: Context) -> SafeString:
    """Language, theme and text size of the ``<html>`` element."""
    language = "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"
    theme = _cookie(context, THEME_COOKIE)
    return markup(
        attributes(
            lang=language,
            data_theme=theme if theme in {"light", "dark"} else None,
            class_="large" if _cookie(context, LARGE_COOKIE) == "1" else None,
        ).strip()
    )


def large_on(context: Context) -> str:
    """``true`` or ``false`` for the pressed state of the large-text button."""
    return "true" if _cookie(context, LARGE_COOKIE) == "1" else "false"


def body_attrs(context: Context) -> SafeString:
    """Server clock for countdowns, and the live stream when the view set ``live``."""
    now = int(timezone.now().timestamp() * 1000)
    live = shell_url("events") if context.get("live") else None
    actor = context.get("actor")
    person = None
    if actor is not None and actor.person_id is not None:
        person = f"{actor.tenant_id}-{actor.person_id}"
    return markup(attributes(data_now=now, data_live=live, data_person=person).strip())


def live(*topics: str) -> str:
    """``hx-trigger`` value: refresh on these topics, and by polling when the line drops."""
    events = [f"qy:{topic} from:body throttle:1s" for topic in topics]
    return ", ".join([*events, "qy:poll from:body"])


def reuse(context: Context, name: str) -> str:
    """Render the page's block of that name a second time (the title as heading)."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    node = blocks.get_block(name) if blocks else None
    return SafeString() if node is None else node.nodelist.render(context)


def kept(context: Context, name: str) -> SafeString:
    """Include a part that reads nothing but language and navigation: drawn once for each.

    There must be no token in it and nothing else of the page or the reader.
    """
    steady, states = _shown(context)
    key = (name, get_language(), steady, states if name == SIDE else ())
    if key not in _parts:
        if len(_parts) >= MOST_PARTS:
            _parts.clear()
        _parts[key] = _part(context, name)
    return _parts[key]


def _shown(context: Context) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """What the parts show of navigation and commands, and what changes from page to page.

    Asked by five parts of a page and put together once.
    """
    request = _request(context)
    found: tuple[tuple[Any, ...], tuple[Any, ...]] | None = getattr(request, SHOWN, None)
    if found is None:
        items = [i for group in context.get("nav") or () for i in group["items"]]
        steady = (
            tuple((str(g["label"]), len(g["items"])) for g in context.get("nav") or ()),
            tuple((str(i["label"]), i["url"], i["icon"], i.get("chord")) for i in items),
            tuple(
                (str(c["label"]), c["url"], c["icon"], c.get("keys"), c.get("hint"))
                for c in context.get("commands") or ()
            ),
        )
        found = steady, tuple(tuple(i.get(k) for k in STATES) for i in items)
        if request is not None:
            setattr(request, SHOWN, found)
    return found


SHOWN = "_shown_of_the_shell"
SIDE = "kernel/parts/side_nav.html"
STATES = ("active", "count", "hot")
"""What changes from page to page; only the side shows it."""
MOST_PARTS = 512
_parts: dict[Any, SafeString] = {}


def _part(context: Context, name: str) -> SafeString:
    found = get_template(name).template  # type: ignore[attr-defined]  # of Django's own backend
    given = {"nav": context.get("nav"), "commands": context.get("commands")}
    return markup(found.render(Context(given)))


def once() -> SafeString:
    """Hidden field with a fresh key: sending the form twice makes one record."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4().hex)


def messages(context: Context) -> list[dict[str, Any]]:
    """The messages of this request as toasts: text and tone."""
    request = _request(context)
    if request is None or not hasattr(request, "_messages"):
        return []
    tones = {"debug": "info", "warning": "warn"}
    return [
        {"text": m.message, "tone": tones.get(m.level_tag, m.level_tag)}
        for m in get_messages(request)
    ]


def toast_stack(context: Context) -> dict[str, Any]:
    """The corner where short messages appear; filled with Django's messages."""
    return {"toasts": messages(context)}


def _sentences() -> dict[str, str]:
    return {
        "over": _("Over %(clock)s"),
        "days": _("%(d)d d %(h)d h"),
        "became-crit": _("Less than %(m)d minutes left: %(name)s"),
        "became-over": _("Time ran out: %(name)s"),
        "live-on": _("Live"),
        "live-off": _("Live line lost, refreshing every 15 seconds"),
        "live-wait": _("Connecting"),
        "found": _("%(n)d results"),
        "dismiss": _("Dismiss"),
        "cannot-load": _("This part did not load. The rest of the page still works."),
        "gone": _("This has gone to others; it is no longer shown to you."),
        "retry": _("Try again"),
        "draft-kept": _("Draft kept on this device"),
        "draft-back": _("Your unsent draft is back"),
        "draft-drop": _("Discard the draft"),
        "offline": _("No network. Your draft is kept; send it when the network is back."),
        "locating": _("Finding your position"),
        "located": _("Position found, accurate to about %(m)d m"),
        "not-located": _("The device gave no position. Tap the map instead."),
        "picked": _("Place chosen: %(lon)s, %(lat)s"),
        "zoom-in": _("Zoom in"),
        "zoom-out": _("Zoom out"),
        "no-base-map": _("No base map"),
        "too-large": _("%(name)s is larger than %(mb)d MB"),
        "too-many": _("At most %(n)d files"),
        "remove": _("Remove %(name)s"),
        "recording": _("Recording %(clock)s"),
        "recorded": _("Voice note, %(clock)s"),
        "no-microphone": _("The microphone is not available. Choose a sound file instead."),
        "voice-note": _("voice note"),
        "no-such-step": _("This step is not open here"),
    }


def _outbox_sentences() -> dict[str, str]:
    """What is said of forms that wait for the network."""
    return {
        "outbox-kept": _("No network. Kept on this device; sent by itself when it is back."),
        "outbox-waiting": _("Waits for the network: %(title)s"),
        "outbox-sent": _("Sent: %(title)s"),
        "outbox-refused": _("Could not be recorded as it is: %(title)s"),
        "outbox-open": _("Open the page"),
        "outbox-send": _("Send now"),
        "outbox-discard": _("Discard"),
        "outbox-found": _("What you wrote when the network dropped is kept (%(at)s)"),
        "outbox-restore": _("Fill in again"),
    }


@lru_cache(maxsize=4)
def _strings(_language: str | None) -> SafeString:
    text = json.dumps(_sentences() | _outbox_sentences(), ensure_ascii=False).replace(
        "<", "\\u003C"
    )
    return markup(f'<script type="application/json" id="qy-strings">{text}</script>')


def client_strings() -> SafeString:
    """The sentences that the browser code says, in the language of the page."""
    return _strings(get_language())


def map_css() -> SafeString:
    """The map library's style sheet, for the ``css`` block of a page with a map."""
    return format_html('<link rel="stylesheet" href="{}">', static("vendor/leaflet/leaflet.css"))


def map_js() -> SafeString:
    """The map library and our layer over it, for the ``js`` block of a page with a map."""
    return format_html(
        '<script src="{}" defer></script><script type="module" src="{}"></script>',
        static("vendor/leaflet/leaflet.js"),
        static("qy/js/map.js"),
    )
