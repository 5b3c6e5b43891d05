"""Words for skills; a skill that nobody has named yet stands as it is written."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SKILLS: Mapping[str, Promise] = {
    "mechanical": _("mechanics"),
    "electrical": _("electrics"),
    "automation": _("controls and instruments"),
    "hydraulics": _("hydraulics and pneumatics"),
    "air": _("compressed air and refrigeration"),
    "boiler": _("boilers"),
    "pressure": _("pressure vessels"),
    "lifting": _("lifting machinery"),
    "elevator": _("lifts"),
    "forklift": _("industrial trucks"),
}


def skill_word(skill: str) -> str:
    """The skill in the reader's language."""
    return str(SKILLS.get(skill, skill))
