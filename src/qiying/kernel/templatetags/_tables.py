"""Lists: sortable heads, row selection, page turning, export, saved views."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qiying.kernel.templatetags._markup import attributes, escaped, icon, markup
from qiying.kernel.templatetags._shell import shell_url

CURSOR = "cursor"


def _query(context: Context) -> QueryDict:
    request = context.get("request")
    found = request.GET if isinstance(request, HttpRequest) else QueryDict()
    return found.copy()


def address(context: Context, **changes: object) -> str:
    """This page's query string with some values changed; None removes one; paging restarts."""
    query = _query(context)
    query.pop(CURSOR, None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


def head(
    context: Context, label: object, sort: str = "", numeric: object = "", css: str = ""
) -> SafeString:
    """A column head; with ``sort`` it is a link that sorts by that key, then the other way.

    The current order is read from ``?sort=key`` (``-key`` descending).
    """
    classes = " ".join(part for part in ("num" if numeric else "", css) if part)
    if not sort:
        return markup(f'<th scope="col"{attributes(class_=classes)}>{escaped(label)}</th>')
    current = str(_query(context).get("sort") or "")
    order = {sort: "ascending", f"-{sort}": "descending"}.get(current)
    target = f"-{sort}" if order == "ascending" else sort
    arrow = {"ascending": "arrow-up", "descending": "arrow-down"}.get(order or "")
    mark = icon(arrow, 14) if arrow else ""
    link = escaped(address(context, sort=target))
    return markup(
        f'<th scope="col"{attributes(class_=classes, aria_sort=order)}>'
        f'<a class="sort" href="{link}">{escaped(label)}{mark}</a></th>'
    )


def select_all() -> SafeString:
    """The head cell whose box selects every row of this page."""
    label = escaped(_("Select all rows on this page"))
    return markup(
        '<th scope="col" class="pick"><input type="checkbox" class="box" data-pick-all'
        f' aria-label="{label}"></th>'
    )


def select_row(value: object, label: object) -> SafeString:
    """The first cell of a row: a box named ``id`` with that value."""
    words = escaped(_("Select %(name)s") % {"name": label})
    return markup(
        f'<td class="pick"><input type="checkbox" class="box" name="id" value="{escaped(value)}"'
        f' data-pick aria-label="{words}"></td>'
    )


def pager(context: Context, page: Any, total: object = "") -> dict[str, Any]:
    """Previous and next by cursor (``?cursor=``); never a page number.

    Parameters
    ----------
    page
        ``kernel.paging.Page``: ``next`` and ``previous`` cursors, a length.
    total
        All rows, when counting them is cheap; otherwise the rows of this page are counted.
    """
    return {
        "next_url": address(context, cursor=page.next) if page.next else "",
        "previous_url": address(context, cursor=page.previous) if page.previous else "",
        "shown": len(page),
        "total": total,
    }


def view_tabs(
    context: Context, items: Iterable[Any], label: object = "", save: object = ""
) -> dict[str, Any]:
    """Saved views as tabs. Item: label, url, count, active.

    With ``save`` a signed-in reader may keep the present filter under a name.
    """
    request = context.get("request")
    may_save = bool(save and context.get("me") and request)
    actor = context.get("actor")
    return {
        "has_unit": bool(actor and actor.units()),
        "items": list(items),
        "label": label,
        "save_url": shell_url("saved-view") if may_save else "",
        "page": getattr(request, "path", ""),
        "query": address(context)[1:],
        "csrf_token": context.get("csrf_token"),
    }


def export_menu(context: Context, **kinds: object) -> dict[str, Any]:
    """Links that download this list with its filter: ``?…&format=csv`` and ``xlsx``."""
    names = kinds or {"xlsx": "XLSX", "csv": "CSV"}
    return {
        "links": [
            {"label": label, "url": address(context, format=code)} for code, label in names.items()
        ]
    }
