"""The linter over what the registry and the register say on a day."""

from datetime import date

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.mandate import models, queries, rules
from qiying.slices.registry import public as registry


def lint(actor: Actor, on: date) -> tuple[rules.Finding, ...]:
    """Everything that is wrong on that day; empty when nothing is."""
    with tenancy.reading(actor):
        register = queries.register(actor)
        codes = dict(models.Matter.objects.visible_to(actor).values_list("id", "code"))
        terms = tuple(
            rules.Term(
                codes[d.matter_id],
                register.code_of[d.to_unit_id],
                d.document,
                d.valid_from,
                d.valid_to,
            )
            for d in models.Delegation.objects.visible_to(actor).order_by("valid_from", "id")
        )
        transfers = tuple(
            rules.Transfer(
                h.number, h.state, h.handed_over_on, register.code_of.get(h.to_unit_id or 0, "")
            )
            for h in models.Handover.objects.visible_to(actor).order_by("number")
        )
        grounds = tuple(
            rules.Ground(a.kind, a.key, a.geometry)
            for a in registry.areas(actor)
            if a.valid_from <= on and (a.valid_to is None or on < a.valid_to)
        )
        return rules.lint(
            rules.LintRegister(
                rows=tuple(c for cards in register.versions.values() for c in cards),
                units={c: u.kind for c, u in register.units.items() if not u.is_retired},
                terms=terms,
                transfers=transfers,
                areas=grounds,
            ),
            on,
        )
