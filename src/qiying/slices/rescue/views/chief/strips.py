"""The heat strip of the next 24 hours: skills by hours, drawn as a table that can be read."""

from datetime import datetime
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.kernel.templatetags._formats import percent1
from qiying.kernel.templatetags._markup import markup
from qiying.slices.rescue.queries import coverage
from qiying.slices.rescue.queries.coverage import Cell, Strip
from qiying.slices.rescue.views.chief import shared
from qiying.slices.rescue.views.chief.words import Skills

THIN = 1
MOST_STEP = 6


def drawn(actor: Actor, *, now: datetime) -> SafeString:
    """The strip with a line that says what it adds up to; empty words where nobody is known."""
    found = coverage.strip(actor, now=now)
    if not found.rows:
        return markup("")
    return markup(_head(found) + _table(found, shared.skills(actor)))


def _head(found: Strip) -> str:
    lines = []
    if found.covered is not None:
        share = percent1(found.covered)
        lines.append(
            gettext("%(share)s of the calls to be expected find somebody free") % {"share": share}
        )
    if found.bare:
        lines.append(gettext("%(n)s hours of a skill without anybody") % {"n": found.bare})
    css = ' class="late"' if found.bare else ""
    return f"<p{css}>{escape(' · '.join(lines))}</p>" if lines else ""


def _table(found: Strip, skills: Skills) -> str:
    heads = "".join(_hour(h, n) for n, h in enumerate(found.hours))
    rows = "".join(
        f'<tr><th scope="row" title="{escape(skills(skill))}">{escape(skills(skill))}</th>'
        f"{''.join(_cell(skills(skill), c) for c in cells)}</tr>"
        for skill, cells in found.rows
    )
    caption = escape(gettext("People on duty by skill and hour"))
    return (
        f'<div class="table-wrap strip-wrap" tabindex="0" role="group" aria-label="{caption}">'
        f'<table class="strip"><caption class="sr">{caption}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _hour(hour: datetime, number: int) -> str:
    local = hour.astimezone(SHANGHAI)
    css = ' class="now"' if number == 0 else ' class="midnight"' if local.hour == 0 else ""
    return f'<th scope="col"{css}>{local:%H}</th>'


def _cell(skill: str, cell: Cell) -> str:
    css = "bare" if cell.people == 0 else "thin" if cell.people == THIN else _step(cell.people)
    local = cell.starts_at.astimezone(SHANGHAI)
    told = gettext("%(skill)s, %(day)s: %(n)s on duty, %(rate)s calls a week to be expected")
    title = told % {
        "skill": skill,
        "day": f"{local:%m-%d %H:00}",
        "n": cell.people,
        "rate": f"{cell.expected * 7:.2f}",
    }
    return f'<td class="{css}" title="{escape(title)}">{cell.people}</td>'


def _step(people: int) -> str:
    return f"q{min(people, MOST_STEP)}"
