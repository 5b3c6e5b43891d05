"""What the shell of every page needs: navigation, notices, zone name, language."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiying.kernel import nav, notifications, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Tenant
from qiying.kernel.models.identity import ROLE_LABELS

ON_PHONE = frozenset({Role.ENTERPRISE, Role.GRID_OFFICER})
"""Who holds no other role gets the shared pages in the frame of the phone."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html and phone.html; costs two queries when a person is signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    base: dict[str, Any] = {
        "language": get_language() or settings.LANGUAGE_CODE,
        "is_large": request.COOKIES.get("qy_large") == "1",
        "is_demo": settings.DEMO,
        "tile_url": settings.TILE_URL,
        "tile_attribution": settings.TILE_ATTRIBUTION,
        "map_approval": settings.MAP_APPROVAL,
        "actor": actor,
    }
    if actor is None:
        return base
    base["zone_name"] = SimpleLazyObject(lambda: _zone_name(actor))
    base["nav"] = SimpleLazyObject(lambda: _within(actor, request.path))
    base["commands"] = SimpleLazyObject(lambda: nav.commands_for(actor))
    base["phone_tabs"] = SimpleLazyObject(lambda: nav.tabs_for(actor, request.path))
    base["unread"] = SimpleLazyObject(lambda: _unread(actor))
    base["live"] = True
    base["frame"] = "phone.html" if actor.roles <= ON_PHONE else "base.html"
    base["me"] = _me(request, actor)
    return base


def _me(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """The reader's own corner: name, roles, and the other tenants to change to."""
    names = [str(label) for role, label in ROLE_LABELS.items() if role in actor.roles]
    links = [{"label": _("My account"), "icon": "user", "url": reverse("kernel:account")}]
    return {
        "name": actor.name,
        "roles": "、".join(names) if (get_language() or "").startswith("zh") else ", ".join(names),
        "url": reverse("kernel:account"),
        "links": links,
    }


def _zone_name(actor: Actor) -> str:
    tenant = Tenant.objects.filter(id=actor.tenant_id).first()
    if tenant is None:
        return ""
    return tenant.name_en if (get_language() or "").startswith("en") else tenant.name_zh


def _within(actor: Actor, path: str) -> list[dict[str, object]]:
    with tenancy.reading(actor):
        return nav.groups_for(actor, path)


def _unread(actor: Actor) -> int:
    with tenancy.reading(actor):
        return notifications.unread_count(actor)
