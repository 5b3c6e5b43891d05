"""A run: ranking and map, one place's page, and what other weights would give."""

import math
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import documents, exports
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, is_part, page
from qiying.slices.indices import queries
from qiying.slices.indices.models import Place, Run
from qiying.slices.indices.queries import Standing
from qiying.slices.indices.views import causes, shared
from qiying.slices.indices.views.tiles import boundary_map, tile_map

SHOWN = 5
SORTS = ("rank", "name", "score", "gained", "moved")


@page(*shared.READERS)
def run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ranking of a year by any node, with the map that says the same."""
    actor = actor_of(request)
    row = queries.get_run(actor, public_id)
    year, node = asked_of(request, row)
    places = shared.places_by_code(queries.places_now(actor))
    standings = queries.ranking(row, year=year, node=node)
    names = queries.names_of(row)
    if wanted := exports.wanted(request):
        return exports.respond(_sheet(row, standings, places, year, actor), wanted)
    urls = {s.adcode: _address(row, s.adcode, year) for s in standings}
    lines = [_line(s, places, urls, len(standings)) for s in standings]
    context = {
        "row": row,
        "line": shared.run_line(row),
        "name": shared.name_of(row.edition),
        "kinds": shared.kinds_of(row.edition),
        "year": year,
        "years": row.inputs["years"],
        "node": node,
        "nodes": [(code, names[code]) for code in reversed(row.results["nodes"])],
        "lines": _sorted(lines, request.GET.get("sort", "")),
        **_map(request, actor, standings, places, urls),
        "firmness": row.results["firmness"],
        "may_release": queries.may_release(actor, row),
        "is_shown_firm": any(s.low is not None for s in standings),
    }
    return render(request, "indices/run.html", context)


def _map(
    request: HttpRequest,
    actor: Actor,
    standings: list[Standing],
    places: Mapping[str, Place],
    urls: Mapping[str, str],
) -> dict[str, Any]:
    """The map that was asked for by `?map=`: boundaries where there are any, else tiles."""
    label, row = _("Map of the ranking"), queries.boundaries(actor)
    if row is not None and request.GET.get("map") == "boundaries":
        drawing = boundary_map(row, standings, places, urls, label)
        return {"map": drawing, "boundaries": row, "has_boundaries": True}
    drawing = tile_map(standings, places, urls, label)
    return {"map": drawing, "boundaries": None, "has_boundaries": row is not None}


def asked_of(request: HttpRequest, row: Run) -> tuple[int, str]:
    """Year and node of the address; the last and the highest unless the run has them."""
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else None
    node = request.GET.get("node", "")
    nodes = row.results["nodes"]
    at = queries.year_of(row, year)
    return int(row.inputs["years"][at]), node if node in nodes else str(nodes[-1])


def _address(row: Run, adcode: str, year: int) -> str:
    return f"{reverse('indices:unit', args=[row.public_id, adcode])}?year={year}"


def named(standing: Standing, places: Mapping[str, Place]) -> str:
    """The name of a place in the reader's language, as the run has it when it is there no more."""
    place = places.get(standing.adcode)
    return shared.name_of(place) if place else standing.name


def _line(
    standing: Standing, places: Mapping[str, Place], urls: Mapping[str, str], count: int
) -> dict[str, Any]:
    place = places.get(standing.adcode)
    return {
        "standing": standing,
        "name": named(standing, places),
        "city": shared.city_of(place) if place else "",
        "url": urls[standing.adcode],
        "score": shared.points(standing.score),
        "moved": shared.signed(standing.moved),
        "gained": shared.signed(standing.gained, 0),
        "bar": _bar(standing, count),
    }


def _bar(standing: Standing, count: int) -> dict[str, str] | None:
    """Where the bar of the rank begins and how long it is, in percent of all ranks."""
    if standing.low is None or standing.high is None or standing.middle is None:
        return None
    step = 100 / count
    return {
        "from": f"{(standing.low - 1) * step:.2f}%",
        "length": f"{(standing.high - standing.low + 1) * step:.2f}%",
        "middle": f"{(standing.middle - 0.5) * step:.2f}%",
    }


def _sorted(lines: list[dict[str, Any]], asked: str) -> list[dict[str, Any]]:
    name, is_down = asked.lstrip("-"), asked.startswith("-")
    if name not in SORTS:
        return lines
    if name == "name":
        return sorted(lines, key=lambda line: str(line["name"]), reverse=is_down)
    known = [line for line in lines if getattr(line["standing"], name) is not None]
    found = sorted(known, key=lambda line: getattr(line["standing"], name), reverse=is_down)
    return found + [line for line in lines if line not in known]


def _sheet(
    row: Run, standings: list[Standing], places: Mapping[str, Place], year: int, actor: Actor
) -> exports.Sheet:
    names = queries.names_of(row)
    nodes = list(reversed(row.results["nodes"]))
    headings = [
        *(_("Rank"), _("Code of the place"), _("Place evaluated")),
        *(names[node] for node in nodes),
        _("Places gained"),
    ]
    cells = [
        [s.rank or "", s.adcode, named(s, places), *(s.scores[n] for n in nodes), s.gained]
        for s in standings
    ]
    about = [
        (_("Edition"), f"{row.edition.number} {shared.name_of(row.edition)}"),
        (_("Year"), str(year)),
        (_("Version of the run"), str(row.version)),
        (_("Content hash"), row.content_hash),
    ]
    return exports.Sheet(_("Ranking"), headings, cells, about, actor.name, timezone.now())


@page(*shared.READERS)
def report(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The report of the last year, to be printed (PDF) or worked on (``as=docx``)."""
    actor = actor_of(request)
    row = queries.get_run(actor, public_id)
    places = shared.places_by_code(queries.places_now(actor))
    paper = queries.report(actor, row, places, now=timezone.now())
    return documents.respond(paper, "docx" if request.GET.get("as") == "docx" else "pdf")


@page(*shared.READERS)
def unit(request: HttpRequest, public_id: UUID, adcode: str) -> HttpResponse:
    """One place: its scores beside the mean of all, strengths and weaknesses, why it moved."""
    actor = actor_of(request)
    row = queries.get_run(actor, public_id)
    year, _node = asked_of(request, row)
    standings = queries.ranking(row, year=year)
    standing = next((s for s in standings if s.adcode == adcode), None)
    if standing is None:
        raise NotFound("not_found")
    places = shared.places_by_code(queries.places_now(actor))
    strengths = [s for s in queries.profile(row, adcode, year=year) if s.ahead is not None]
    words = {i.code: i for i in queries.list_indicators(actor)}
    context = {
        "row": row,
        "line": shared.run_line(row),
        "name": named(standing, places),
        "city": shared.city_of(places[adcode]) if adcode in places else "",
        "standing": standing,
        "score": shared.points(standing.score),
        "year": year,
        "years": row.inputs["years"],
        "groups": _groups(row, standing, standings),
        "strong": [_strength(s, words) for s in strengths[:SHOWN] if (s.ahead or 0) > 0],
        "weak": [_strength(s, words) for s in strengths[: -SHOWN - 1 : -1] if (s.ahead or 0) < 0],
        "change": causes.change(row, adcode, year),
        "told": causes.told(row, standing, adcode, year),
        "holding": causes.holding(row, adcode, year, words),
        "beside": f"{reverse('indices:pair', args=[row.public_id])}?one={adcode}&year={year}",
        "back": f"{reverse('indices:run', args=[row.public_id])}?year={year}",
    }
    return render(request, "indices/unit.html", context)


def _groups(row: Run, standing: Standing, standings: list[Standing]) -> list[dict[str, Any]]:
    """Each node: the place's score beside the mean of all places."""
    names = queries.names_of(row)
    found = []
    for node in reversed(row.results["nodes"]):
        there = [s.scores[node] for s in standings]
        known = [score for score in there if score is not None]
        own = standing.scores[node]
        rank = 1 + sum(score > own for score in known) if own is not None else 0
        mean = sum(known) / len(known) if known else None
        found.append(
            {
                "name": names[node],
                "score": shared.points(own),
                "mean": shared.points(mean),
                "rank": rank or "—",
                "width": _share(own),
                "mark": _share(mean),
            }
        )
    return found


def _share(value: float | None) -> str:
    """A score as a length, of a hundred."""
    return f"{min(100.0, max(0.0, value or 0.0)):.2f}%"


def _strength(strength: queries.Strength, words: Mapping[str, Any]) -> dict[str, Any]:
    row = words.get(strength.code)
    return {
        "code": strength.code,
        "name": shared.name_of(row) if row else strength.code,
        "ahead": shared.signed(strength.ahead),
        "rank": strength.rank,
        "value": strength.value,
    }


@page(*shared.READERS)
def what_if(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Weights of the sub-indices under one's fingers, ranks that follow."""
    actor = actor_of(request)
    row = queries.get_run(actor, public_id)
    year, _node = asked_of(request, row)
    names, root = queries.names_of(row), str(row.results["nodes"][-1])
    members = [n for n in row.inputs["nodes"] if n["parent"] == root]
    weights = {n["code"]: _weight(request, n) for n in members}
    begun = time.perf_counter()
    found = queries.what_if(row, weights, year=year)
    spent = 1000 * (time.perf_counter() - begun)
    places = shared.places_by_code(queries.places_now(actor))
    context = {
        "row": row,
        "line": shared.run_line(row),
        "name": shared.name_of(row.edition),
        "year": year,
        "sliders": [
            {"code": n["code"], "name": names[n["code"]], "weight": weights[n["code"]]}
            for n in members
        ],
        "lines": _moved(row, found, places, year),
        "shares": _shares(names, weights),
        "spent": f"{spent:.0f}",
        "back": reverse("indices:run", args=[row.public_id]),
    }
    is_rows = is_part(request, "moved")
    return render(
        request, "indices/parts_moved.html" if is_rows else "indices/what_if.html", context
    )


def _shares(names: Mapping[str, str], weights: Mapping[str, float]) -> list[tuple[str, str]]:
    """What each weight is of all of them, in per cent."""
    whole = sum(weights.values())
    return [
        (names[code], f"{100 * weight / whole:.0f} %" if whole else "—")
        for code, weight in weights.items()
    ]


def _weight(request: HttpRequest, node: Mapping[str, Any]) -> float:
    """The weight of the address within its bounds, or that of the run."""
    try:
        asked = float(request.GET.get(f"w-{node['code']}", ""))
    except ValueError:
        return float(node["weight"])
    return min(queries.HIGHEST, max(0.0, asked)) if math.isfinite(asked) else float(node["weight"])


def _moved(
    row: Run, found: Mapping[str, Any], places: Mapping[str, Place], year: int
) -> list[dict[str, Any]]:
    old = {s.adcode: s for s in queries.ranking(row, year=year)}
    lines = []
    for (adcode, _n), score, rank in zip(
        row.inputs["units"], found["scores"], found["ranks"], strict=True
    ):
        before = old[adcode]
        gained = before.rank - rank if before.rank and rank else None
        lines.append(
            {
                "adcode": adcode,
                "name": named(before, places),
                "rank": rank,
                "was": before.rank,
                "gained": gained,
                "said": shared.signed(gained, 0),
                "score": shared.points(score),
            }
        )
    return sorted(lines, key=lambda line: (line["rank"] == 0, line["rank"], line["adcode"]))
