"""“Whose job is it here?”: tap the map, choose the matter, read who leads."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qiying.kernel import problems
from qiying.kernel.access import STAFF
from qiying.kernel.errors import Problem
from qiying.kernel.web import actor_of, page
from qiying.slices.mandate import operations, queries
from qiying.slices.mandate.forms import HereForm
from qiying.slices.mandate.models import labels
from qiying.slices.mandate.views import _shared as shared

MOST_GUESSES = 6
MOST_LINES = 3
QUIET = frozenset({"ROW"})
"""Rules that say nothing a reader of the short answer needs."""


@page()
def here(request: HttpRequest) -> HttpResponse:
    """The form, the map and the answer; the address holds the question."""
    actor = actor_of(request)
    register = queries.register(actor)
    text = request.GET.get("matter", "").strip()
    form = HereForm(_completed(request, text, register) or None, initial={"on": shared.today()})
    is_sound = form.is_valid() if form.is_bound else False
    on = (form.cleaned_data.get("on") if is_sound else None) or shared.today()
    in_force = register.on(on)
    card = find_matter(text, in_force)
    context: dict[str, Any] = {
        "form": form,
        "matters": in_force.values(),
        "card": card,
        "guesses": [] if card else guess(text, in_force),
        "text": text,
        "layers": shared.layers(),
        "base": "base.html" if actor.roles & STAFF else "phone.html",
        "is_asked": bool(text),
        "on": on,
    }
    if card is not None and is_sound:
        try:
            asked = {**form.asked(), "presumes_owner": True}
            ruling = operations.propose(actor, matter_code=card.code, on=on, **asked)
        except Problem as problem:
            context["refusal"] = problems.explain(problem)
        else:
            context |= answer_of(ruling, register, card)
            context["has_place"] = form.cleaned_data["lon"] is not None
    return render(request, "mandate/here.html", context)


def _completed(request: HttpRequest, text: str, register: queries.Register) -> dict[str, str]:
    """What the address asks, with the day that it leaves out and the name beside a code."""
    asked = request.GET.dict()
    if not asked:
        return {}
    card = find_matter(text, register.on(shared.day_of(request)))
    named = {"matter": f"{card.code} {card.name}"} if card else {}
    day = asked.get("on") or shared.today().isoformat()
    kind = asked.get("object_kind") or labels.ObjectKind.ENTERPRISE_PREMISES.value
    return {**asked, **named, "on": day, "object_kind": kind}


def find_matter(text: str, in_force: dict[str, queries.MatterCard]) -> queries.MatterCard | None:
    """The matter that a reader typed: by code, by code and name, or by its exact name."""
    if not text:
        return None
    code = text.split(maxsplit=1)[0].upper()
    if code in in_force:
        return in_force[code]
    return next((c for c in in_force.values() if text in {c.name_zh, c.name_en}), None)


def guess(text: str, in_force: dict[str, queries.MatterCard]) -> list[queries.MatterCard]:
    """Matters whose name or keywords share words with the text, the best first."""
    if not text:
        return []
    lowered = text.lower()
    scored = [(_score(lowered, card), card) for card in in_force.values()]
    best = sorted((s for s in scored if s[0]), key=lambda s: (-s[0], s[1].code))
    return [card for _points, card in best[:MOST_GUESSES]]


def _score(text: str, card: queries.MatterCard) -> int:
    points = 6 if text in card.name_zh or text in card.name_en.lower() else 0
    for word in card.keywords:
        if word.lower() in text or text in word.lower():
            points += len(word)
    return points


def answer_of(
    ruling: operations.Ruling, register: queries.Register, card: queries.MatterCard | None
) -> dict[str, Any]:
    """A ruling as the page shows it: lead, co-handlers, why in three lines, the rest folded."""
    main = [r for r in ruling.reasons if r.code not in QUIET]
    return {
        "ruling": ruling,
        "lead": shared.leader(register, card, ruling.lead_code),
        "co": [shared.unit_line(register, c) for c in ruling.co_codes],
        "candidates": [shared.unit_line(register, c) for c in ruling.candidate_codes],
        "why": main[:MOST_LINES],
        "all_reasons": ruling.reasons,
        "rejected": ruling.rejected,
        "township": register.unit_name(ruling.township_code) if ruling.township_code else "",
        "splits": [_split(s, register) for s in ruling.split_tasks],
        "evidence": labels.EVIDENCE[ruling.grade],
        "versions": [(labels.VERSIONS.get(k, k), v) for k, v in ruling.versions.items()],
    }


def _split(task: operations.SplitLine, register: queries.Register) -> dict[str, Any]:
    return {
        "unit": register.unit_name(task.unit_code),
        "side": task.where,
        "amount": task.amount,
        "share": task.share,
    }
