"""The report of a run, section by section: what it found, how firm that is, how it was reckoned."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import fmean, median

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiying.engines.composite.analysis import CAUSES
from qiying.kernel.access import Actor
from qiying.kernel.documents import Block, Figure, Heading, Paragraph, Report, Table
from qiying.kernel.language import is_chinese
from qiying.slices.indices.models import Place, Run, labels
from qiying.slices.indices.queries import _report_figures as figures
from qiying.slices.indices.queries._report_method import annex
from qiying.slices.indices.queries._tables import Standing, names_of, ranking
from qiying.slices.indices.rules import RunState

BEST, MOVED, LOOSE = 15, 5, 10


def report(actor: Actor, run: Run, places: Mapping[str, Place], *, now: datetime) -> Report:
    """The whole report of the last year; `places` by code are drawn on the map where they stand."""
    standings = ranking(run)
    names = {s.adcode: _name(s, places) for s in standings}
    edition = run.edition
    title = edition.name if is_chinese() or not edition.name_en else edition.name_en
    about = [
        _("Edition %(number)s, year %(year)s, version %(version)s of the run")
        % {"number": edition.number, "year": run.inputs["years"][-1], "version": run.version},
        _("State: %(state)s") % {"state": labels.word(labels.STATES, run.state)},
    ]
    about += [edition.note] if edition.note else []
    foot = [edition.number, run.content_hash[:12]]
    foot += [actor.name] if actor.person_id is not None else []
    return Report(
        title=_("%(name)s: report") % {"name": title},
        blocks=tuple(_blocks(run, standings, names, places)),
        language=get_language() or "zh-hans",
        about=about,
        made_at=now,
        foot=" · ".join(foot),
    )


def _name(standing: Standing, places: Mapping[str, Place]) -> str:
    place = places.get(standing.adcode)
    if place is None:
        return standing.name
    return str(place.name if is_chinese() or not place.name_en else place.name_en)


def _blocks(
    run: Run,
    standings: Sequence[Standing],
    names: Mapping[str, str],
    places: Mapping[str, Place],
) -> Iterator[Block]:
    yield from _summary(run, standings, names)
    yield from _ranks(run, standings, names, places)
    yield from _parts(run, standings, names)
    yield from _moves(run, standings, names)
    yield from _firmness(run, standings, names)
    yield from annex(run)


def _summary(run: Run, standings: Sequence[Standing], names: Mapping[str, str]) -> Iterator[Block]:
    yield Heading(_("Results in brief"))
    scored = [s for s in standings if s.rank]
    leaves = sum(node["kind"] == "Indicator" for node in run.inputs["nodes"])
    if not scored:
        yield Paragraph(_("No place has a score."))
        return
    scores = [s.score or 0.0 for s in scored]
    first, last = scored[0], scored[-1]
    yield Paragraph(
        _(
            "In %(year)s %(count)d places were evaluated by %(leaves)d indicators. The mean score is "
            "%(mean).2f and the median %(median).2f. %(first)s comes first with %(high).2f, %(last)s "
            "last with %(low).2f; the span is %(span).2f."
        )
        % {
            "year": run.inputs["years"][-1],
            "count": len(scored),
            "leaves": leaves,
            "mean": fmean(scores),
            "median": median(scores),
            "first": names[first.adcode],
            "high": scores[0],
            "last": names[last.adcode],
            "low": scores[-1],
            "span": scores[0] - scores[-1],
        }
    )
    yield from _marks(run, standings)


def _marks(run: Run, standings: Sequence[Standing]) -> Iterator[Block]:
    """Who has no score, how the mean moved, and what a reader must know of data and release."""
    scored = [s for s in standings if s.rank]
    if without := len(standings) - len(scored):
        yield Paragraph(_("%(count)d places have no score for want of data.") % {"count": without})
    moved = [s.moved for s in scored if s.moved is not None]
    if moved:
        yield Paragraph(
            _("Against %(year)s the score of %(up)d places rose and of %(down)d fell; the mean moved "
              "by %(mean)+.2f.")
            % {
                "year": run.inputs["years"][-2],
                "up": sum(m > 0 for m in moved),
                "down": sum(m < 0 for m in moved),
                "mean": fmean(moved),
            }
        )  # fmt: skip
    if len(run.edition.kinds) > 1:
        yield Paragraph(
            _("Estimate: government statistics and departmental data are used together.")
        )
    if run.state != RunState.RELEASED:
        yield Paragraph(_("This run is not released. The report is confidential."))


def _ranks(
    run: Run,
    standings: Sequence[Standing],
    names: Mapping[str, str],
    places: Mapping[str, Place],
) -> Iterator[Block]:
    yield Heading(_("Ranking"))
    drawing = figures.tile_map(standings, places, names)
    if drawing is not None:
        yield Figure(
            drawing,
            _("Ranks of the places by fifths"),
            _("A grid of tiles, one for each place, darker is better; it shows no boundaries."),
        )
    best = [s for s in standings if s.score is not None][:BEST]
    if best:
        yield Figure(
            figures.bars([(names[s.adcode], s.score or 0.0) for s in best]),
            _("The first %(count)d by score") % {"count": len(best)},
        )
    nodes = list(reversed(run.results["nodes"]))
    words = names_of(run)
    headings = [_("Rank"), _("Place evaluated"), *(words[n] for n in nodes), _("Places gained")]
    is_firm = bool(run.results["firmness"])
    if is_firm:
        headings.append(_("Ranks in nine of ten reckonings"))
    rows = [_row(s, nodes, names, is_firm=is_firm) for s in standings]
    widths = [0.7, 1.6, *(1.0 for _node in nodes), 0.8, *([1.0] if is_firm else [])]
    yield Table(headings, rows, _("Scores and ranks of all places"), widths, words=2)


def _row(
    standing: Standing, nodes: Sequence[str], names: Mapping[str, str], *, is_firm: bool
) -> list[str]:
    scores = [standing.scores[node] for node in nodes]
    cells = [
        str(standing.rank or "—"),
        names[standing.adcode],
        *("—" if score is None else f"{score:.2f}" for score in scores),
        "—" if standing.gained is None else _signed(standing.gained),
    ]
    if is_firm:
        cells.append(_bounds(standing))
    return cells


def _signed(places: int) -> str:
    return f"{places:+d}" if places else "0"


def _bounds(standing: Standing) -> str:
    if standing.low is None or standing.high is None:
        return "—"
    return f"{standing.low:.0f}-{standing.high:.0f}"


def _parts(run: Run, standings: Sequence[Standing], names: Mapping[str, str]) -> Iterator[Block]:
    """Each sub-index: its mean, who is first and last in it."""
    nodes, words = run.results["nodes"][:-1], names_of(run)
    rows = []
    for node in nodes:
        known = [(s.scores[node] or 0.0, s) for s in standings if s.scores[node] is not None]
        if not known:
            continue
        high, low = max(known, key=lambda k: k[0]), min(known, key=lambda k: k[0])
        rows.append(
            [
                words[node],
                f"{fmean(value for value, _s in known):.2f}",
                f"{names[high[1].adcode]} {high[0]:.2f}",
                f"{names[low[1].adcode]} {low[0]:.2f}",
                f"{high[0] - low[0]:.2f}",
            ]
        )
    if rows:
        yield Heading(_("Sub-indices"))
        headings = [_("Sub-index"), _("Mean"), _("First"), _("Last"), _("Span")]
        yield Table(headings, rows, _("Sub-indices of the year"), (2, 1, 2, 2, 1))


def _moves(run: Run, standings: Sequence[Standing], names: Mapping[str, str]) -> Iterator[Block]:
    """Who gained and lost most places, and why the score moved."""
    known = [s for s in standings if s.gained is not None]
    if not known:
        return
    yield Heading(_("What moved"))
    by_gain = sorted(known, key=lambda s: -(s.gained or 0))
    shown = [*by_gain[:MOVED], *by_gain[-MOVED:]] if len(by_gain) > 2 * MOVED else by_gain
    why, place_of = run.results["change"], _columns(run)
    causes = [c for c in CAUSES if c in why]
    rows = []
    for s in shown:
        parts = [why[c][place_of[s.adcode]] for c in causes]
        rows.append(
            [
                names[s.adcode],
                _signed(s.gained or 0),
                "—" if s.moved is None else f"{s.moved:+.2f}",
                *("—" if part is None else f"{part:+.2f}" for part in parts),
            ]
        )
    headings = [_("Place evaluated"), _("Places gained"), _("Score")]
    headings += [labels.word(labels.CAUSES, c) for c in causes]
    yield Table(headings, rows, _("Places that rose and fell most, and the causes in points"))
    if causes:
        yield Paragraph(
            _("The causes of a place add up to the change of its score."), is_note=True
        )


def _columns(run: Run) -> dict[str, int]:
    return {adcode: n for n, (adcode, _name) in enumerate(run.inputs["units"])}


def _firmness(
    run: Run, standings: Sequence[Standing], names: Mapping[str, str]
) -> Iterator[Block]:
    firm = run.results["firmness"]
    known = [s for s in standings if s.low is not None and s.high is not None]
    if not firm or not known:
        return
    yield Heading(_("How firm the ranks are"))
    words = (
        _("All %(n)s combinations of choices and weights were reckoned.")
        if firm["is_exact"]
        else _("Bounds of ranks from %(n)s reckonings with other choices and weights.")
    )
    spans = {s.adcode: (s.high or 0.0) - (s.low or 0.0) for s in known}
    yield Paragraph(
        words % {"n": firm["replicates"]}
        + _(
            " Nine of ten of them put a place within the bounds of the table above; half of the places "
            "move by no more than %(span).0f ranks."
        )
        % {"span": median(spans.values())}
    )
    loose = sorted(known, key=lambda s: -spans[s.adcode])[:LOOSE]
    rows = [[names[s.adcode], str(s.rank), _bounds(s), f"{spans[s.adcode]:.0f}"] for s in loose]
    headings = [_("Place evaluated"), _("Rank"), _("Nine of ten reckonings"), _("Ranks between")]
    yield Table(headings, rows, _("Ranks that depend most on the choices"), (3, 1, 2, 1))
