"""What the rest of the platform may ask of the demonstration: is it there, who may enter."""

from qiying.demo.models import Demonstration
from qiying.kernel.models import Tenant


def is_loaded() -> bool:
    """Whether a demonstration zone is in the database and complete."""
    return find() is not None


def find() -> Demonstration | None:
    """The complete demonstration, or None."""
    return Demonstration.objects.filter(loaded_at__isnull=False).first()


def is_cut_short() -> bool:
    """Whether a load began here and did not come to its end."""
    return Demonstration.objects.filter(loaded_at__isnull=True).exists()


def has_neighbours() -> bool:
    """Whether the database holds tenants besides the demonstration."""
    codes = Demonstration.objects.values("tenant_code")
    return Tenant.objects.exclude(code__in=codes).exists()


def sign_ins() -> list[dict[str, str]]:
    """Role, user name and password of each printed account; empty without a demonstration."""
    found = find()
    if found is None:
        return []
    return [{**account, "password": found.password} for account in found.accounts]
