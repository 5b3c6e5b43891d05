"""What an actor may see of the ways by which calls come in and go out."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Model, Q

from qiying.kernel.access import Actor, Role
from qiying.slices.calls import public as calls
from qiying.slices.channels.rules.tables import AT_DESK, READERS

M_co = TypeVar("M_co", bound=Model, covariant=True)
INDOORS = (*READERS, Role.SYSTEM)
KEEPERS = (Role.ADMINISTRATOR, Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER, Role.SYSTEM)


class OfCall(models.QuerySet[M_co]):
    """Rows that belong to a call: as open as the call is, and to nobody outside the house."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if not actor.has(*INDOORS):
            return rows.none()
        return rows if actor.has(Role.SYSTEM) else rows.filter(self._readable(actor))

    def _readable(self, actor: Actor) -> Q:
        return Q(call_id__in=calls.readable(actor))


class OrderRows(OfCall[M_co]):
    """Work orders; the platform that sent one reads its own by its key."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.key_id is not None and actor.has(Role.MACHINE):
            return self.filter(tenant_id=actor.tenant_id, sent_by_key_id=actor.key_id)
        return super().visible_to(actor)


class OfOrder(models.QuerySet[M_co]):
    """Rows that belong to a work order."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.key_id is not None and actor.has(Role.MACHINE):
            return rows.filter(order__sent_by_key_id=actor.key_id)
        if not actor.has(*INDOORS):
            return rows.none()
        if actor.has(Role.SYSTEM):
            return rows
        return rows.filter(order__call_id__in=calls.readable(actor))


class OfForward(models.QuerySet[M_co]):
    """Rows that belong to a call that was handed on."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if not actor.has(*INDOORS):
            return rows.none()
        if actor.has(Role.SYSTEM):
            return rows
        return rows.filter(call_id__in=calls.readable(actor))


class DeliveryRows(models.QuerySet[M_co]):
    """What goes out: codes and times for whoever keeps the connections, words to nobody."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        return rows if actor.has(*KEEPERS, Role.AUDITOR) else rows.none()


class EndpointRows(models.QuerySet[M_co]):
    """Connections: whoever keeps or uses them."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        return rows if actor.has(*KEEPERS, Role.AUDITOR) else rows.none()


class MailRows(models.QuerySet[M_co]):
    """Mails: the desk reads those that wait; what became a call is as open as the call."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if actor.has(Role.SYSTEM):
            return rows
        if not actor.has(*INDOORS):
            return rows.none()
        found = Q(call_id__in=calls.readable(actor))
        if actor.has(*AT_DESK, Role.SYSTEM):
            found |= Q(call=None)
        return rows.filter(found)


class SenderRows(models.QuerySet[M_co]):
    """Addresses of firms: the desk that matches them."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        return rows if actor.has(*AT_DESK, Role.SYSTEM) else rows.none()


class SameRows(models.QuerySet[M_co]):
    """Links between calls: both ends must be readable."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        if not actor.has(*INDOORS):
            return rows.none()
        if actor.has(Role.SYSTEM):
            return rows
        seen = calls.readable(actor)
        return rows.filter(call_id__in=seen, main_id__in=seen)


class BatchRows(models.QuerySet[M_co]):
    """Files that the desk brought in."""

    def visible_to(self, actor: Actor) -> Self:
        rows = self.filter(tenant_id=actor.tenant_id)
        return rows if actor.has(Role.DESK, Role.SUPERVISOR, Role.SYSTEM) else rows.none()
