"""One topic, meeting or suggestion with what belongs to it, and what this reader is in it."""

from datetime import datetime
from functools import cached_property
from typing import Any

from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.models import User
from qiying.slices.council.models import (
    Answer,
    CoHandler,
    Invitation,
    Meeting,
    Member,
    Opinion,
    Remark,
    Suggestion,
    Support,
    Topic,
    TopicCall,
)
from qiying.slices.council.queries._records import membership_of
from qiying.slices.council.rules import Capacity
from qiying.slices.registry import public as registry


class Docket:
    """A record as one actor meets it; what belongs to it is loaded when it is asked for."""

    def __init__(self, actor: Actor, entity: str, row: Any, now: datetime) -> None:
        self.actor, self.entity, self.row, self.now = actor, entity, row, now

    @cached_property
    def me(self) -> Member | None:
        """The membership of the reader."""
        return membership_of(self.actor, now=self.now)

    @cached_property
    def capacities(self) -> frozenset[str]:
        found: set[str] = set()
        me = self.me
        is_proposer = me is not None and getattr(self.row, "proposer_id", None) == me.pk
        if me is not None:
            found.add(Capacity.MEMBER)
        if is_proposer:
            found.add(Capacity.PROPOSER)
        elif self.actor.has(Role.DESK, Role.SUPERVISOR):
            # whoever proposed a matter does not keep its papers
            found.add(Capacity.SECRETARY)
        if isinstance(self.row, Suggestion):
            found |= self._of_units(self.row)
        return frozenset(found)

    def _of_units(self, row: Suggestion) -> set[str]:
        units, found = self.actor.units(Role.HANDLER, Role.UNIT_LEADER), set()
        if row.unit_id in units:
            found.add(str(Capacity.HANDLER))
        if any(c.unit_id in units for c in self.co_handlers):
            found.add(str(Capacity.CO_HANDLER))
        return found

    @property
    def is_indoors(self) -> bool:
        return bool(self.actor.roles & STAFF) or self.me is not None

    # --- of a topic ---

    @cached_property
    def supports(self) -> list[Support]:
        return self._rows(Support, topic_id=self.row.pk)

    @cached_property
    def opinions(self) -> list[Opinion]:
        return self._rows(Opinion, topic_id=self.row.pk)

    @cached_property
    def call_ids(self) -> list[int]:
        rows = TopicCall.objects.visible_to(self.actor).filter(topic_id=self.row.pk)
        return list(rows.order_by("call_id").values_list("call_id", flat=True))

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        rows = Suggestion.objects.visible_to(self.actor).filter(topic_id=self.row.pk)
        return list(rows.order_by("id"))

    # --- of a meeting, or of the meeting of a topic ---

    @cached_property
    def meeting(self) -> Meeting | None:
        if isinstance(self.row, Meeting):
            return self.row
        meeting_id = getattr(self.row, "meeting_id", None)
        rows = Meeting.objects.visible_to(self.actor).filter(pk=meeting_id or 0)
        return rows.first()

    @cached_property
    def invitations(self) -> list[Invitation]:
        meeting = self.meeting
        return self._rows(Invitation, meeting_id=meeting.pk) if meeting else []

    @cached_property
    def topics(self) -> list[Topic]:
        rows = Topic.objects.visible_to(self.actor).filter(meeting_id=self.row.pk)
        return list(rows.order_by("id"))

    # --- of a suggestion ---

    @cached_property
    def co_handlers(self) -> list[CoHandler]:
        return self._rows(CoHandler, suggestion_id=self.row.pk)

    @cached_property
    def answers(self) -> list[Answer]:
        return self._rows(Answer, suggestion_id=self.row.pk)

    @cached_property
    def remarks(self) -> list[Remark]:
        return self._rows(Remark, suggestion_id=self.row.pk)

    @property
    def answer(self) -> Answer | None:
        """The answer of the present round."""
        return next((a for a in self.answers if a.round == self.row.round), None)

    def _rows(self, model: Any, **where: int) -> list[Any]:
        return list(model.objects.visible_to(self.actor).filter(**where).order_by("id"))

    # --- names ---

    @cached_property
    def member_names(self) -> dict[int, str]:
        rows = Member.objects.visible_to(self.actor)
        return dict(rows.values_list("id", "name"))

    def member(self, member_id: int | None) -> str:
        return self.member_names.get(member_id or 0, "")

    @cached_property
    def unit_names(self) -> dict[int, str]:
        return {c.id: c.name for c in registry.units(self.actor).values()}

    def unit(self, unit_id: int | None) -> str:
        return self.unit_names.get(unit_id or 0, "")

    @cached_property
    def people(self) -> dict[int, str]:
        ids = {r.author_id for r in self.remarks if r.author_id}
        rows = User.objects.filter(id__in=ids).only("name", "username")
        return {p.pk: str(p) for p in rows}
