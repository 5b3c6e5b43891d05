"""What leaves the house: who reads from outside, and what such a reader may know of a call."""

from qiying.kernel.access import Actor, Role
from qiying.slices.calls.rules.codes import AFTER_ANSWER, PauseState, RoundState

OUTSIDERS = frozenset({Role.ENTERPRISE, Role.MACHINE})
READABLE = AFTER_ANSWER - {RoundState.ANSWERED}
"""States of a round in which its answer passed review: firms read it from then on."""
PAUSES_SHOWN = frozenset({PauseState.RUNNING, PauseState.ENDED})
"""Pauses that stopped the clock; what was only proposed or refused stays in the house."""


def is_outside(actor: Actor) -> bool:
    """Nothing but a firm or a machine."""
    return actor.roles <= OUTSIDERS
