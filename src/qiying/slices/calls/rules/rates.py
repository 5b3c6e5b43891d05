"""The rules of counting that are in force; the engine `rates` says what each of them means."""

from qiying.engines.rates import DEFAULTS, wilson

__all__ = ["LEAST_TO_RANK", "RATES", "RELAPSE_WITHIN", "wilson"]

RATES = DEFAULTS
LEAST_TO_RANK = RATES.least_to_rank
"""Units with fewer rounds are shown and not ranked."""
RELAPSE_WITHIN = RATES.relapse_within
"""A closed matter that comes back from the same firm within this time was not solved."""
