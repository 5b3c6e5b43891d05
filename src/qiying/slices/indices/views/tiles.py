"""Maps in five tones from the lowest fifth to the highest: our own of tiles, or by boundaries."""

from collections.abc import Mapping, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from qiying.slices.indices.models import Boundaries, Place
from qiying.slices.indices.queries import Standing
from qiying.slices.indices.rules.boundaries import WIDTH
from qiying.slices.indices.views.shared import name_of, points

SIDE, GAP, TONES, SHORT = 60, 4, 5, 2


def tones(standings: Sequence[Standing]) -> dict[str, int]:
    """The fifth of each place by rank: 1 the lowest, 5 the highest; 0 without a score."""
    there = [s for s in standings if s.rank]
    count = len(there)
    found = {s.adcode: 0 for s in standings}
    for s in there:
        found[s.adcode] = TONES - (s.rank - 1) * TONES // count
    return found


def tile_map(
    standings: Sequence[Standing], places: Mapping[str, Place], urls: Mapping[str, str], label: str
) -> SafeString:
    """A drawing of every place that has a tile; each leads to its page."""
    by_code = {s.adcode: s for s in standings}
    tone = tones(standings)
    shown = [p for code, p in places.items() if code in by_code and p.column is not None]
    if not shown:
        return SafeString()
    width = (max(p.column or 0 for p in shown) + 1) * (SIDE + GAP)
    height = (max(p.row or 0 for p in shown) + 1) * (SIDE + GAP)
    tiles = "".join(_tile(p, by_code[p.adcode], tone[p.adcode], urls[p.adcode]) for p in shown)
    return mark_safe(  # noqa: S308  every word of it is escaped
        f'<svg class="tiles" viewBox="0 0 {width} {height}" role="group" '
        f'aria-label="{escape(label)}">{tiles}</svg>'
    )


def boundary_map(
    row: Boundaries,
    standings: Sequence[Standing],
    places: Mapping[str, Place],
    urls: Mapping[str, str],
    label: str,
) -> SafeString:
    """The places of a run by their boundaries, in the same five tones; each leads to its page."""
    tone = tones(standings)
    areas = "".join(
        _area(row.paths[s.adcode], places[s.adcode], s, tone[s.adcode], urls[s.adcode])
        for s in standings
        if s.adcode in row.paths and s.adcode in places
    )
    return mark_safe(  # noqa: S308  every word of it is escaped, outlines are numbers of ours
        f'<svg class="outlines" viewBox="0 0 {WIDTH} {row.height}" role="group" '
        f'aria-label="{escape(label)}">{areas}</svg>'
    )


def _area(outline: str, place: Place, standing: Standing, tone: int, url: str) -> str:
    said = f"{name_of(place)} {standing.rank or '—'} · {points(standing.score)}"
    return (
        f'<a href="{escape(url)}" aria-label="{escape(said)}"><title>{escape(said)}</title>'
        f'<path class="area tone-{tone}" d="{escape(outline)}"/></a>'
    )


def outline_map(row: Boundaries, places: Mapping[str, Place]) -> SafeString:
    """The boundaries alone."""
    areas = "".join(
        f'<path class="area" d="{escape(outline)}"><title>{escape(name_of(places[code]))}</title></path>'
        for code, outline in row.paths.items()
        if code in places
    )
    return mark_safe(  # noqa: S308  every word of it is escaped, outlines are numbers of ours
        f'<svg class="outlines" viewBox="0 0 {WIDTH} {row.height}" aria-hidden="true">{areas}</svg>'
    )


def _tile(place: Place, standing: Standing, tone: int, url: str) -> str:
    x, y = (place.column or 0) * (SIDE + GAP), (place.row or 0) * (SIDE + GAP)
    name = name_of(place)
    said = f"{name} {standing.rank or '—'} · {points(standing.score)}"
    middle = x + SIDE // 2
    return (
        f'<a href="{escape(url)}" aria-label="{escape(said)}"><title>{escape(said)}</title>'
        f'<rect class="tile tone-{tone}" x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" rx="6"/>'
        f'<text class="tile-name tone-{tone}" x="{middle}" y="{y + 27}">'
        f"{escape(_short(name))}</text>"
        f'<text class="tile-rank tone-{tone}" x="{middle}" y="{y + 47}">'
        f"{standing.rank or '—'}</text></a>"
    )


def _short(name: str) -> str:
    """Two characters in Chinese, the first word otherwise."""
    return name[:SHORT] if not name.isascii() else name.split(maxsplit=1)[0][:7]
