"""Parts that wrap content: cards, notices, empty states, drawers, bars, buttons."""

from django.template import Context
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from qiying.kernel.templatetags._markup import attributes, escaped, icon, markup

NOTE_ICONS = {
    "info": "info",
    "success": "circle-check",
    "warn": "triangle-alert",
    "error": "octagon-alert",
}


def card(
    content: str,
    title: object = "",
    count: object = "",
    aside: object = "",
    css: str = "",
    anchor: str = "",
) -> SafeString:
    """A bordered surface with a heading. ``aside`` is quiet text at the right of the heading."""
    classes = attributes(class_=f"card {css}".strip())
    if not title:
        return markup(f"<section{classes}>{content}</section>")
    anchor = anchor or f"card-{slugify(str(title), allow_unicode=True)}"
    number = f' <em class="count">{escaped(count)}</em>' if count not in {"", None} else ""
    side = f'<span class="muted">{escaped(aside)}</span>' if aside else ""
    return markup(
        f'<section{classes} aria-labelledby="{escaped(anchor)}"><header>'
        f'<h2 id="{escaped(anchor)}">{escaped(title)}{number}</h2>{side}</header>'
        f"{content}</section>"
    )


def note(content: str, tone: str = "info", icon_name: str = "", role: str = "") -> SafeString:
    """A notice inside the page. Tones: info success warn error."""
    mark = icon(icon_name or NOTE_ICONS.get(tone, "info"), 18)
    return markup(
        f'<div class="note note-{escaped(tone)}"{attributes(role=role)}>{mark}'
        f"<div>{content}</div></div>"
    )


def empty_state(content: str, icon_name: str, title: object, text: object = "") -> SafeString:
    """Nothing is here yet: what will appear, and the first action (the content)."""
    words = f"<p>{escaped(text)}</p>" if text else ""
    acts = f'<div class="actions">{content.strip()}</div>' if content.strip() else ""
    return markup(
        f'<div class="empty"><span class="empty-icon">{icon(icon_name, 22)}</span>'
        f"<b>{escaped(title)}</b>{words}{acts}</div>"
    )


def no_result(clear_url: str = "?", title: object = "", text: object = "") -> SafeString:
    """A filter found nothing: say so and offer to clear it."""
    words = escaped(_("Clear the filter"))
    return empty_state(
        f'<a class="btn" href="{escaped(clear_url)}">{words}</a>',
        "search-x",
        title or _("Nothing matches"),
        text or _("Remove a condition, or check the spelling."),
    )


def error_note(
    title: object, text: object = "", reference: object = "", retry_url: str = ""
) -> SafeString:
    """Something failed: what, what still works, retry, and the number to quote."""
    again = icon("rotate-cw", 16) + escaped(_("Try again"))
    retry = f'<div class="actions"><a class="btn" href="{escaped(retry_url)}">{again}</a></div>'
    words = escaped(_("Reference"))
    quote = f"<br><small>{words} {escaped(reference)}</small>" if reference else ""
    return markup(
        '<div class="empty empty-error" role="alert"><span class="empty-icon">'
        f"{icon('cloud-off', 22)}</span><b>{escaped(title)}</b>"
        f"<p>{escaped(text)}{quote}</p>{retry if retry_url else ''}</div>"
    )


def drawer(
    content: str, title: object, close_url: str = "", open_url: str = "", tag: object = ""
) -> SafeString:
    """A panel at the right over the list. It holds ``drawer-body``, ``drawer-foot``."""
    more = attributes(class_="icon-button", href=open_url, aria_label=_("Open the full page"))
    shut = attributes(class_="icon-button", data_act="close-drawer", aria_label=_("Close"))
    cross = icon("x", 18)
    close = (
        f'<a href="{escaped(close_url)}"{shut}>{cross}</a>'
        if close_url
        else f'<button type="button"{shut}>{cross}</button>'
    )
    wider = f"<a{more}>{icon('external-link', 18)}</a>" if open_url else ""
    return markup(
        '<div class="drawer" role="dialog" aria-labelledby="drawer-title" tabindex="-1"'
        f' data-drawer><div class="drawer-head">{escaped(tag)}<h2 id="drawer-title">{escaped(title)}</h2>'
        f"{wider}{close}</div>{content}</div>"
    )


def bulk_bar(content: str) -> SafeString:
    """The dark bar that appears while rows are selected; its buttons act on ``name=id`` boxes."""
    label = attributes(role="toolbar", aria_label=_("With the selected rows"))
    words = escaped(_("Selected"))
    return markup(
        f'<div class="bulk" data-bulk hidden{label}><span>{words} <b data-count>0</b></span>'
        f"{content}</div>"
    )


def filter_bar(
    context: Context, content: str, target: str = "", action: str = "", label: object = ""
) -> SafeString:
    """A GET form of filters; with ``target`` it refreshes that element and keeps the address.

    The order of the list (``sort``) and the saved view (``view``) in the address are kept.
    """
    request = context.get("request")
    path = action or getattr(request, "path", "")
    live = attributes(
        hx_get=path or "?",
        hx_target=target,
        hx_select=target,
        hx_swap="outerHTML",
        hx_push_url="true",
        hx_trigger="change, submit, input changed delay:300ms from:find .input",
    )
    kept = [(n, request.GET.get(n)) for n in ("sort", "view")] if request else []
    hidden = "".join(f'<input type="hidden"{attributes(name=n, value=v)}>' for n, v in kept if v)
    css = "btn small only-no-script" if target else "btn small"
    words = escaped(_("Filter"))
    return markup(
        f'<form class="filter-bar" method="get" action="{escaped(path)}" role="search"'
        f"{attributes(aria_label=label)}{live if target else ''}>{hidden}{content}"
        f'<button class="{css}" type="submit">{words}</button></form>'
    )


def search_box(
    context: Context, label: object, name: str = "q", value: object = None
) -> SafeString:
    """A search field for a filter bar; ``/`` jumps to it. Its value comes from the address."""
    request = context.get("request")
    text = value if value is not None else (request.GET.get(name, "") if request else "")
    return markup(
        f'<span class="input-wrap">{icon("search", 16)}<input class="input" type="search"'
        f' name="{escaped(name)}" value="{escaped(text)}" placeholder="{escaped(label)}"'
        f' aria-label="{escaped(label)}" autocomplete="off" maxlength="100" data-search></span>'
    )


def chip(
    context: Context, name: str, value: object, label: object, checked: object = None
) -> SafeString:
    """A filter that is on or off (a checkbox); repeats of one name add up."""
    request = context.get("request")
    chosen = request.GET.getlist(name) if request else []
    on = str(value) in chosen if checked is None else bool(checked)
    state = attributes(name=name, value=value, checked=on)
    return markup(
        f'<label class="chip"><input type="checkbox"{state}><span>{escaped(label)}</span></label>'
    )


def button(
    label: object,
    icon_name: str = "",
    *,
    kind: str = "",
    size: str = "",
    href: str = "",
    keys: str = "",
    act: str = "",
    confirm: object = "",
    busy: object = "",
    **extra: object,
) -> SafeString:
    """A button, or a link that looks like one when ``href`` is given.

    ``kind`` is empty, ``primary`` (one a page), ``danger`` or ``ghost``; ``size`` empty, ``small``,
    ``tiny``, ``big`` or ``wide``; ``keys`` one key that presses it; ``act`` a built-in action such
    as ``print``; ``confirm`` a question asked first; ``busy`` the text while its form is under way.
    Further attributes by underscores: ``name="do"``, ``hx_get=url``.
    """
    css = " ".join(part for part in ("btn", kind, size) if part)
    words = f"{icon(icon_name, 16) if icon_name else ''}<span>{escaped(label)}</span>"
    keyhint = f'<kbd aria-hidden="true">{escaped(keys)}</kbd>' if keys else ""
    shared = attributes(
        class_=css,
        data_confirm=confirm,
        data_act=act,
        data_key=keys.lower(),
        aria_keyshortcuts=keys.lower(),
    )
    if href:
        return markup(
            f'<a href="{escaped(href)}"{shared}{attributes(**extra)}>{words}{keyhint}</a>'
        )
    extra = {"type": "button" if act else "submit", "data_busy": busy, **extra}
    return markup(f"<button{shared}{attributes(**extra)}>{words}{keyhint}</button>")
