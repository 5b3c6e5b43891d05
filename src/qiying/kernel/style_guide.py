"""The living style guide: every component in every state, each beside the snippet that made it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qiying.kernel.web import page


@page(anyone=True)
def style_guide(request: HttpRequest) -> HttpResponse:
    """The guide; the same templates and tags as every other page."""
    context: dict[str, Any] = {}
    return render(request, "kernel/style_guide.html", context)
