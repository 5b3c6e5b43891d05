"""Two places of a run side by side: where the distance comes from, and how little would turn it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from qiying.kernel.web import actor_of, page
from qiying.slices.indices import queries
from qiying.slices.indices.models import Place, Run
from qiying.slices.indices.queries import Standing
from qiying.slices.indices.rules import Beside
from qiying.slices.indices.views import shared
from qiying.slices.indices.views.runs import asked_of, named

SHOWN = 5


@page(*shared.READERS)
def pair(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Two places of one year; the first two of the ranking unless the address names others."""
    actor = actor_of(request)
    row = queries.get_run(actor, public_id)
    year, _node = asked_of(request, row)
    standings = queries.ranking(row, year=year)
    places = shared.places_by_code(queries.places_now(actor))
    one, other = _asked(request, standings)
    found = queries.pair(row, one.adcode, other.adcode, year=year)
    words = {i.code: shared.name_of(i) for i in queries.list_indicators(actor)}
    context = {
        "row": row,
        "year": year,
        "years": row.inputs["years"],
        "choices": sorted((named(s, places), s.adcode) for s in standings),
        "one": _side(row, one, places, year),
        "other": _side(row, other, places, year),
        "found": found,
        "distance": shared.signed(found.distance),
        "groups": _groups(row, one, other, found),
        "ahead": _indicators(row, found, words, sign=1),
        "behind": _indicators(row, found, words, sign=-1),
        "above": None if found.above is None else f"{100 * found.above:.0f}",
        "level": _level(row, found),
        "back": f"{reverse('indices:run', args=[row.public_id])}?year={year}",
    }
    return render(request, "indices/pair.html", context)


def _asked(request: HttpRequest, standings: Sequence[Standing]) -> tuple[Standing, Standing]:
    """The places of the address; where it names none, the best that the other is not."""
    by_code = {s.adcode: s for s in standings}
    one = by_code.get(request.GET.get("one", ""))
    other = by_code.get(request.GET.get("other", ""))
    one = one or next((s for s in standings if s != other), standings[0])
    return one, other or next((s for s in standings if s != one), one)


def _side(row: Run, standing: Standing, places: Mapping[str, Place], year: int) -> dict[str, Any]:
    address = reverse("indices:unit", args=[row.public_id, standing.adcode])
    return {
        "standing": standing,
        "name": named(standing, places),
        "score": shared.points(standing.score),
        "url": f"{address}?year={year}",
    }


def _groups(row: Run, one: Standing, other: Standing, found: Beside) -> list[dict[str, str]]:
    """Each sub-index, as much as it brings to the distance; the index itself stands above them."""
    names, nodes = queries.names_of(row), row.results["nodes"][:-1]
    parts = [(node, found.parts.get(node)) for node in nodes]
    parts.sort(key=lambda item: -abs(item[1] or 0.0))
    return [
        {
            "name": names[node],
            "one": shared.points(one.scores[node]),
            "other": shared.points(other.scores[node]),
            "part": shared.signed(part),
        }
        for node, part in parts
    ]


def _indicators(
    row: Run, found: Beside, words: Mapping[str, str], *, sign: int
) -> list[dict[str, str]]:
    """The indicators that bring most to the first (sign 1) or to the second place."""
    names = queries.names_of(row)
    leaves = [node["code"] for node in row.inputs["nodes"] if node["kind"] == "Indicator"]
    held = [(code, found.parts.get(code, 0.0) * sign) for code in leaves]
    best = sorted((item for item in held if item[1] > 0), key=lambda item: -item[1])[:SHOWN]
    return [
        {"code": code, "name": words.get(code, names[code]), "part": shared.points(part)}
        for code, part in best
    ]


def _level(row: Run, found: Beside) -> list[dict[str, str]]:
    """Shares of the sub-indices as they are and where both places are level, in per cent."""
    names = queries.names_of(row)
    return [
        {
            "name": names[code],
            "now": f"{100 * weight:.1f} %",
            "then": f"{100 * found.level[code]:.1f} %",
            "change": shared.signed(100 * (found.level[code] - weight), 1),
        }
        for code, weight in found.weights.items()
        if found.level
    ]
