"""Small marks that stand in every row: status, light, level, evidence grade, countdown."""

from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qiying.kernel.templatetags._formats import CHINA, DAY, HOUR, MINUTE, duration
from qiying.kernel.templatetags._markup import escaped, icon, markup

TONES = ("new", "sent", "way", "fix", "check", "done", "over", "paused", "listed")
LIGHTS = {
    "green": gettext_lazy("On time"),
    "yellow": gettext_lazy("Due soon"),
    "red": gettext_lazy("Overdue"),
    "grey": gettext_lazy("Paused"),
    "purple": gettext_lazy("Listed for supervision"),
}
EVIDENCE = {
    "A": gettext_lazy("A: text of the law or an official page was read"),
    "A*": gettext_lazy("A*: law of another province, used by analogy"),
    "B": gettext_lazy("B: official text on another site, or two independent pages agree"),
    "C": gettext_lazy("C: one third-party page only"),
    "D": gettext_lazy("D: our own proposal, no outside rule was found"),
    "K": gettext_lazy("K: general knowledge, not confirmed"),
    "R": gettext_lazy("R: a reported figure whose source was not read"),
}


# The cached makers below take escaped text: a safe and an unsafe text that read the same would
# otherwise share one entry.


@lru_cache(maxsize=1024)
def _badge(tone: str, label: str) -> SafeString:
    return markup(
        f'<span class="badge tone-{tone}"><i class="dot" aria-hidden="true"></i>{label}</span>'
    )


def status(tone: str, label: object) -> SafeString:
    """A state as a word with a dot. Tones: new sent way fix check done over paused listed."""
    return _badge(escaped(tone), escaped(label))


@lru_cache(maxsize=256)
def _lamp(colour: str, label: str) -> SafeString:
    shape = colour if colour in LIGHTS else "grey"
    return markup(f'<span class="light light-{shape}"><i aria-hidden="true"></i>{label}</span>')


def light(colour: str, label: object = "") -> SafeString:
    """A supervision light: each colour has its own shape and always a word."""
    word = label or LIGHTS.get(str(colour), LIGHTS["grey"])
    return _lamp(str(colour), escaped(word))


@lru_cache(maxsize=256)
def _level(number: int, label: str) -> SafeString:
    return markup(f'<span class="level level-{min(max(number, 1), 4)}">{label}</span>')


def level(number: int, label: object = "") -> SafeString:
    """Urgency 1 (highest) to 4. The default word is ``P1`` … ``P4``."""
    return _level(int(number), escaped(label or f"P{int(number)}"))


@lru_cache(maxsize=64)
def _grade(code: str, _language: str | None) -> SafeString:
    meaning = escaped(EVIDENCE.get(code, ""))
    name = {"A*": "A-star"}.get(code, code if code in EVIDENCE else "other")
    return markup(f'<abbr class="evidence evidence-{name}" title="{meaning}">{code}</abbr>')


def grade(code: object) -> SafeString:
    """How well a fact is proven: A A* B C D K R, explained on hover and to screen readers."""
    return _grade(escaped(code), get_language())


@lru_cache(maxsize=64)
def _rating(code: str) -> SafeString:
    name = code if code in {"AAA", "AA", "A", "BBB", "BB", "B"} else "none"
    return markup(f'<span class="rating rating-{name}">{code}</span>')


def rating(code: object) -> SafeString:
    """A credit-style rating: AAA AA A BBB BB B."""
    return _rating(escaped(code))


def remaining(seconds: float) -> str:
    """Clock text for what is left: ``0:08:41`` under a day, ``2 d 5 h`` above it."""
    left = abs(int(seconds))
    if left >= DAY:
        clock = duration(left)
    else:
        clock = f"{left // HOUR}:{left % HOUR // MINUTE:02d}:{left % MINUTE:02d}"
    return _("Over %(clock)s") % {"clock": clock} if seconds < 0 else clock


def tone_of(seconds: float, warn: int = 60, crit: int = 30) -> str:
    """``over``, ``crit``, ``warn`` or ``ok`` by minutes left."""
    if seconds < 0:
        return "over"
    if seconds < crit * MINUTE:
        return "crit"
    return "warn" if seconds < warn * MINUTE else "ok"


def _standing(css: str, full: str, paused: object) -> SafeString:
    word = _("Paused") if paused in (True, 1, "1") else paused
    return markup(
        f'<span class="{css}" data-tone="paused" title="{full}">'
        f"{icon('circle-pause', 14)}{escaped(word)}</span>"
    )


def countdown(
    due_at: datetime | None,
    paused: object = "",
    warn: int = 60,
    crit: int = 30,
    size: str = "",
    left: object = "",
) -> SafeString | str:
    """Time left until a deadline; runs by itself in the browser, correct without it.

    Parameters
    ----------
    due_at
        Aware moment; None prints a dash.
    paused
        Truthy: the clock stands still; a text is printed as the reason.
    warn, crit
        Minutes left at which the colour turns amber and red.
    size
        ``huge`` for the one clock of a record.
    left
        Words that stand instead of the running clock: what is left in working days.
    """
    if due_at is None:
        return "—"
    css = f"countdown {escaped(size)}".strip()
    full = f"{due_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if paused:
        return _standing(css, full, paused)
    seconds = (due_at - timezone.now()).total_seconds()
    tone = tone_of(seconds, warn, crit)
    if left:
        return markup(
            f'<span class="{css} in-days" data-tone="{tone}" title="{full}">{escaped(left)}</span>'
        )
    return markup(
        f'<qy-count class="{css}" data-tone="{tone}" title="{full}"'
        f' data-due="{int(due_at.timestamp() * 1000)}" data-warn="{int(warn)}"'
        f' data-crit="{int(crit)}">{escaped(remaining(seconds))}</qy-count>'
    )
