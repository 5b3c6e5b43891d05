"""What the shell of every page needs: navigation, notices, zone name, language."""

from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiying.kernel import nav, notifications, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Tenant
from qiying.kernel.models.identity import ROLE_LABELS

UNREAD = "unread"
"""Where the number of unread notices stands among those of the navigation."""
ON_PHONE = frozenset({Role.ENTERPRISE, Role.GRID_OFFICER})
"""Who holds no other role gets the shared pages in the frame of the phone."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html and phone.html; costs one query when a person is signed in."""
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
    counts = cache(partial(_counts, actor))
    base["zone_name"] = SimpleLazyObject(lambda: _zone_name(request, actor))
    base["nav"] = SimpleLazyObject(lambda: nav.groups_for(actor, request.path, counts()))
    base["commands"] = SimpleLazyObject(lambda: nav.commands_for(actor))
    base["phone_tabs"] = SimpleLazyObject(lambda: nav.tabs_for(actor, request.path))
    base["unread"] = SimpleLazyObject(lambda: counts()[UNREAD])
    base["live"] = True
    base["frame"] = "phone.html" if actor.roles <= ON_PHONE else "base.html"
    base["me"] = _me(request, actor)
    return base


def _me(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """The reader's own corner: name, roles, and the other tenants to change to."""
    names = [str(label) for role, label in ROLE_LABELS.items() if role in actor.roles]
    account = nav.address("kernel:account")
    links = [{"label": _("My account"), "icon": "user", "url": account}]
    return {
        "name": actor.name,
        "roles": "、".join(names) if (get_language() or "").startswith("zh") else ", ".join(names),
        "url": account,
        "links": links,
    }


def _zone_name(request: HttpRequest, actor: Actor) -> str:
    tenant: Tenant | None = getattr(request, "tenant", None)
    if tenant is None:
        tenant = Tenant.objects.filter(id=actor.tenant_id).first()
    if tenant is None:
        return ""
    return tenant.name_en if (get_language() or "").startswith("en") else tenant.name_zh


def _counts(actor: Actor) -> dict[str, int]:
    """Every number of the shell, in one statement."""
    with tenancy.reading(actor):
        more = {UNREAD: notifications.unread_rows}
        return nav.counts_for(actor, nav.items_for(actor), more)
