"""What the pages of evaluations share."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from qiying.kernel import tenancy
from qiying.kernel.access import STAFF, Role
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of
from qiying.slices.indices.models import Edition, Place, Run, labels
from qiying.slices.indices.models import querysets as rights

READERS = tuple(sorted(STAFF))
ANALYSTS = rights.ANALYSTS
APPROVERS = rights.APPROVERS
INSIDERS = tuple(sorted(rights.INSIDERS - {Role.SYSTEM}))


def name_of(row: Any) -> str:
    """The name in the reader's language."""
    return str(row.name if is_chinese() or not row.name_en else row.name_en)


def city_of(place: Place) -> str:
    return place.city if is_chinese() or not place.city_en else place.city_en


def places_by_code(rows: Iterable[Place]) -> dict[str, Place]:
    return {place.adcode: place for place in rows}


def run_line(run: Run) -> dict[str, Any]:
    """A run as lists show it."""
    return {
        "row": run,
        "url": reverse("indices:run", args=[run.public_id]),
        "label": labels.STATES[run.state],
        "tone": labels.STATE_TONES[run.state],
        "maker": run.ran_by.name if run.ran_by else "",
        "approver": run.released_by.name if run.released_by else "",
    }


def kinds_of(edition: Edition) -> list[str]:
    return labels.listed(labels.KINDS, edition.kinds)


def form_page(
    request: HttpRequest, form: Any, title: str, back: tuple[str, str], **more: Any
) -> HttpResponse:
    """A page with one form; `back` is an address and its name."""
    context = {"form": form, "title": title, "back": back[0], "back_label": back[1], **more}
    with tenancy.reading(actor_of(request)):
        return render(request, "indices/form.html", context)


def points(value: float | None) -> str:
    """A score with two decimals, a dash for nothing."""
    return "—" if value is None else f"{value:.2f}"


def signed(value: float | None, decimals: int = 2) -> str:
    """With its sign; nought has none."""
    if value is None:
        return "—"
    said = f"{value:+.{decimals}f}"
    return said.lstrip("+-") if float(said) == 0 else said
