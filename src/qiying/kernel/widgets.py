"""Widgets of forms drawn by functions: the same markup as Django's templates, a tenth of the time.

A page of a call holds eight forms with lists of units and matters; Django draws each option by two
templates. What is not known here is left to Django.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.safestring import SafeString

from qiying.kernel.templatetags._markup import escaped, markup

Widget = Mapping[str, Any]
FOLDER = "django/forms/widgets/"


class Renderer(DjangoTemplates):
    """Draws the common widgets by ``DRAWN`` and the rest by Django's templates."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        draw = DRAWN.get(template_name)
        if draw is not None:
            return markup(draw(context["widget"]))
        return markup(super().render(template_name, context, request))


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(_attribute(name, value) for name, value in attrs.items() if value is not False)


def _attribute(name: str, value: object) -> str:
    return f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'


def _input(widget: Widget) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{escaped(value)}"'
    kind, name = escaped(widget["type"]), escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{given}{_attributes(widget["attrs"])}>'


def _textarea(widget: Widget) -> str:
    """The first line break belongs to the element, not to the text."""
    text = escaped(widget["value"]) if widget["value"] else ""
    name = escaped(widget["name"])
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    name = escaped(widget["name"])
    inner = "".join(_options(widget["optgroups"]))
    return f'<select name="{name}"{_attributes(widget["attrs"])}>{inner}</select>'


def _options(groups: Any) -> Iterator[str]:
    for group, options, _index in groups:
        if group:
            yield f'<optgroup label="{escaped(group)}">'
        for option in options:
            value, label = escaped(option["value"]), escaped(option["label"])
            yield f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'
        if group:
            yield "</optgroup>"


INPUTS = ("input", "text", "number", "email", "hidden", "date", "datetime", "password", "checkbox")
DRAWN: Mapping[str, Callable[[Widget], str]] = {
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
    f"{FOLDER}textarea.html": _textarea,
    f"{FOLDER}select.html": _select,
}
"""By the name of Django's template; own kinds of options keep their own templates by not being
in these: a select of ours has plain ones."""
