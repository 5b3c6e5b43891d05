"""The life of an import: read and checked, then written or put aside."""

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.DESK, Role.SYSTEM})
"""Who keeps the register."""
ASSIGNERS = KEEPERS | {Role.UNIT_LEADER}
"""Who says which officer looks after which firms."""

IMPORT = Lifecycle(
    "import",
    initial="prepared",
    final=frozenset({"applied", "discarded"}),
    steps={
        "apply": Step(
            frozenset({"prepared"}),
            "applied",
            KEEPERS,
            "registry.import_applied",
            guards=("registry.import.all_good",),
        ),
        "discard": Step(
            frozenset({"prepared"}), "discarded", KEEPERS, "registry.import_discarded"
        ),
    },
)
