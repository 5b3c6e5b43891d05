"""The page, and the fragments that its own examples fetch."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel.style_guide import _samples
from qiying.kernel.style_guide._sections import SECTIONS, Section
from qiying.kernel.web import page

FOLDER = "kernel/style_guide"


@page(anyone=True)
def style_guide(request: HttpRequest) -> HttpResponse:
    """The guide; ``?layer=`` and ``?part=drawer`` answer what its map and its drawer ask for."""
    if kind := request.GET.get("layer"):
        return JsonResponse(_samples.layer(kind))
    context = _samples.context(now=timezone.now())
    if request.GET.get("part") == "drawer":
        return render(request, f"{FOLDER}/drawer.html", context)
    if request.GET.get("toast"):
        messages.success(request, _("Saved. The unit was told."))
    context["nav"] = _navigation()
    if getattr(request, "actor", None) is None:
        context |= _samples.reader()
    context["sections"] = [_section(request, section, context) for section in SECTIONS]
    return render(request, "kernel/style_guide.html", context)


def _navigation() -> list[dict[str, object]]:
    items = [
        {"label": s.title, "icon": s.icon, "url": f"#{s.key}", "active": False, "chord": s.key[0]}
        for s in SECTIONS
    ]
    counts = [{**items[0], "active": True, "count": 9}, {**items[1], "count": 3, "hot": True}]
    return [{"label": _("Style guide"), "items": [*counts, *items[2:]]}]


def _section(
    request: HttpRequest, section: Section, context: dict[str, object]
) -> dict[str, object]:
    """Render each example and keep its source: what is shown is what was run."""
    examples = []
    for name, title in section.examples.items():
        template = get_template(f"{FOLDER}/{section.key}/{name}.html")
        source = str(getattr(template, "template").source)  # noqa: B009  untyped in the stubs
        html = template.render({**context, "example": name}, request)
        is_wide = name in section.wide
        examples.append(
            {"title": title, "source": source.strip(), "html": html, "is_wide": is_wide}
        )
    return {"key": section.key, "title": section.title, "examples": examples}
