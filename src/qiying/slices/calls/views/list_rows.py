"""The rows of the list of calls as markup, drawn by functions: a template takes longer than the query.

Every text that came from outside is escaped where it is put in.
"""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from qiying.kernel.templatetags._badges import countdown, level, light, status
from qiying.kernel.templatetags._formats import cn_date
from qiying.kernel.templatetags._markup import markup
from qiying.kernel.templatetags._tables import select_row
from qiying.slices.calls.views.staff import Row


def drawn(rows: Iterable[Row]) -> SafeString:
    """The body of the table."""
    unset, unsent = _quiet(gettext("not set")), _quiet(gettext("not dispatched"))
    return markup("".join(_row(row, unset, unsent) for row in rows))


def _quiet(text: str) -> str:
    return f'<span class="quiet">{escape(text)}</span>'


def _row(row: Row, unset: str, unsent: str) -> str:
    call = row.call
    number, title, firm = escape(call.number), escape(call.title), escape(row.firm)
    matter, lead = escape(row.matter), escape(row.lead)
    lamp = light(row.light, row.light_label) if row.light else ""
    return (
        f'<tr data-state="{escape(call.state)}">{select_row(call.number, call.number)}'
        f'<td class="no quiet at-hide">{number}</td>'
        f'<td class="at-hide">{level(row.level, row.level_label)}</td>'
        f'<td class="at-title clip c-title" title="{title}"><a href="{row.url}" data-open'
        f' hx-get="{row.drawer}" hx-target="#drawer" hx-swap="innerHTML"><b>{title}</b></a>'
        f"{_round(call.current_round)}{_marks(row)}</td>"
        f'<td class="at-sub clip c-firm" title="{firm}">{firm or "—"}</td>'
        f'<td class="clip c-matter" title="{matter}">{matter or unset}</td>'
        f'<td class="clip c-unit" title="{lead}">{lead or unsent}</td>'
        f'<td class="at-mark">{status(row.tone, row.label)}</td>'
        f'<td class="at-hide">{lamp}</td>'
        f'<td class="num at-time">{_time(row)}</td></tr>'
    )


def _round(number: int) -> str:
    if number <= 1:
        return ""
    return f' <span class="tag">{escape(gettext("round %(n)s") % {"n": number})}</span>'


def _marks(row: Row) -> str:
    return "".join(f' <span class="tag amber">{escape(str(word))}</span>' for word in row.marks)


def _time(row: Row) -> str:
    """What is left; the day it was closed, or the day it is due where the clock stands still."""
    call = row.call
    if row.is_stopped:
        return _quiet(cn_date(call.closed_at) if call.closed_at else "—")
    if row.is_paused:
        words = escape(gettext("The clock is paused; due at"))
        return f'<span class="quiet" title="{words}">{cn_date(call.due_at)}</span>'
    return str(countdown(call.due_at, left=row.left))
