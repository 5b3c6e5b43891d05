from dataclasses import dataclass, fields

VERSION = "1.0.0"

_EVIDENCE = (
    ("A", 1.0),
    ("A*", 0.9),
    ("B", 0.85),
    ("C", 0.75),
    ("D", 0.7),
    ("K", 0.7),
    ("R", 0.7),
)


@dataclass(frozen=True, slots=True)
class Params:
    """What the zone may tune without touching the register or the boundaries.

    Parameters
    ----------
    touch_m
        An object that reaches less than this over the line touches it and does not cross it:
        the accuracy of the local projection, metres.
    precedent_within_m
        A precedent recorded at a point speaks for objects at most this far from it, metres.
    adjudication_days
        Working days that the county has to adjudicate.
    evidence
        Factor of confidence by the evidence grade of the register row.
    successor_factor
        Factor of confidence when the lead stands in for a recused unit.
    """

    touch_m: float = 0.1
    precedent_within_m: float = 50.0
    adjudication_days: int = 5
    evidence: tuple[tuple[str, float], ...] = _EVIDENCE
    successor_factor: float = 0.8

    def __post_init__(self) -> None:
        if self.touch_m <= 0 or self.precedent_within_m < 0 or self.adjudication_days < 1:
            raise ValueError("params: touch_m > 0, precedent_within_m >= 0, days >= 1")
        factors = [self.successor_factor, *(factor for _, factor in self.evidence)]
        if any(not 0 <= factor <= 1 for factor in factors):
            raise ValueError("params: factors of confidence lie between 0 and 1")

    def as_json(self) -> dict[str, object]:
        """Plain values, for the record of a decision."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**plain, "evidence": dict(self.evidence)}
