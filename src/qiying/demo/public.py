"""What the rest of the platform may ask of the demonstration: is it there, who may enter."""

from qiying.demo.models import Demonstration


def is_loaded() -> bool:
    """Whether a demonstration zone is in the database and complete."""
    return find() is not None


def find() -> Demonstration | None:
    """The complete demonstration, or None."""
    return Demonstration.objects.filter(loaded_at__isnull=False).first()


def sign_ins() -> list[dict[str, str]]:
    """Role, user name and password of each printed account; empty without a demonstration."""
    found = find()
    if found is None:
        return []
    return [{**account, "password": found.password} for account in found.accounts]
