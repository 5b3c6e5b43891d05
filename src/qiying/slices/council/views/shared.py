"""What the pages of the council share: readers, forms of steps, sentences of law."""

from typing import Any

from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.exports import SHANGHAI
from qiying.kernel.language import is_chinese
from qiying.slices.council import queries
from qiying.slices.council.forms import Given, StepForm
from qiying.slices.council.models import labels
from qiying.slices.council.queries import Docket
from qiying.slices.council.rules import FACTS, Capacity, Fact
from qiying.slices.registry import public as registry

READERS = frozenset(STAFF) | {Role.ENTERPRISE}


def fact_line(fact: Fact) -> dict[str, Any]:
    """A sentence of law with its source and grade, in the reader's language."""
    return {
        "sentence": fact.sentence(str(labels.LEGAL[fact.code])),
        "source": fact.basis.text(is_chinese=is_chinese()),
        "grade": fact.grade,
    }


def fact_lines(*codes: str) -> list[dict[str, Any]]:
    return [fact_line(FACTS[code]) for code in dict.fromkeys(codes)]


def given(docket: Docket, step: str) -> Given:
    """The choices that a form of this step offers."""
    actor = docket.actor
    on = queries.today(docket.now)
    needs_members = step in {"invite", "route"}
    members = (
        [(m.pk, f"{m.name} · {labels.MEMBERS[m.kind]}") for m in queries.members(actor, on=on)]
        if needs_members
        else []
    )
    return Given(
        members=members,
        speakers=[(m, docket.member(m)) for m in queries.speakers(docket)]
        if step == "speak"
        else [],
        invited=[(i.member_id, docket.member(i.member_id)) for i in docket.invitations]
        if step == "hold"
        else [],
        meetings=_meetings(actor) if step == "schedule" else [],
        units=_units(actor) if step == "hand" else [],
        is_secretary=Capacity.SECRETARY in docket.capacities,
        is_first_round=getattr(docket.row, "round", 1) == 1,
    )


def given_any(docket: Docket) -> Given:
    """Every row there is: what is sent twice was right once, and the operation judges it."""
    members = [(pk, name) for pk, name in docket.member_names.items()]
    return Given(
        members=members,
        speakers=members,
        invited=members,
        meetings=[(m.pk, m.title) for m in queries.list_meetings(docket.actor)],
        units=_units(docket.actor),
        is_secretary=True,
        is_first_round=False,
    )


def _meetings(actor: Actor) -> list[tuple[int, str]]:
    return [
        (m.pk, f"{m.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} · {m.title}")
        for m in queries.meetings_in_preparation(actor)
    ]


def _units(actor: Actor) -> list[tuple[int, str]]:
    cards = registry.units(actor).values()
    return [(c.id, c.name) for c in cards if not c.is_retired]


def forms_of(docket: Docket, bound: StepForm | None = None) -> list[dict[str, Any]]:
    """The steps open to the reader, each with its form; ``bound`` replaces the one sent wrongly."""
    found: list[dict[str, Any]] = []
    for name in queries.steps_open(docket):
        is_sent = bound is not None and bound.step == name
        form = bound if is_sent else StepForm(docket.entity, name, given(docket, name))
        found.append(
            {
                "name": name,
                "label": labels.STEPS[docket.entity, name],
                "form": form,
                "is_open": is_sent,
                "is_danger": (docket.entity, name) in labels.DANGEROUS,
                "is_main": not found and name not in labels.ASIDE,
            }
        )
    return found
