"""Who reads what of Industry 120 through the interface; the rows are the actor's own."""

from qiying.kernel.access import Role
from qiying.slices.rescue.rules import READERS

OUTSIDE = (Role.ENTERPRISE, Role.GRID_OFFICER, Role.TECHNICIAN, Role.PROVIDER_MANAGER)
EVERYBODY = (*READERS, *OUTSIDE, Role.ADMINISTRATOR, Role.MACHINE)
