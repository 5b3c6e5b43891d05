"""Parameters of training, of the search for like calls and of clusters; nothing about data."""

from dataclasses import dataclass

VERSION = "1.0.0"


@dataclass(frozen=True, slots=True)
class TrainParams:
    """How a model is fitted.

    ``strength`` is the inverse of the L2 penalty on the weights learned from history. Features
    met in fewer than ``least_texts`` texts of the history and nowhere in the register are left
    out. ``folds`` and at most ``sampled`` examples serve to weigh the register against the
    history and to calibrate; texts that share ``alike`` of their rarer features count as
    one another's repetition there. ``register_weight`` is what one row of the register counts
    as a text beside a call, ``repeat_damping`` the power by which repetitions count less.
    """

    strength: float = 100.0
    least_texts: int = 2
    iterations: int = 150
    folds: int = 3
    sampled: int = 4000
    alike: float = 0.5
    register_weight: float = 0.5
    repeat_damping: float = 0.5

    def __post_init__(self) -> None:
        if min(self.strength, self.register_weight) <= 0:
            raise ValueError("strength and register_weight must be above 0")
        if min(self.least_texts, self.iterations) < 1 or self.folds < 2:
            raise ValueError("least_texts and iterations are at least 1, folds at least 2")
        if not 0 < self.alike <= 1 or not 0 <= self.repeat_damping <= 1:
            raise ValueError("alike and repeat_damping are shares")


DEFAULTS = TrainParams()


@dataclass(frozen=True, slots=True)
class AlikeParams:
    """When a call is like another: text × place × firm × time.

    The text counts as Tversky's index of the two sets of features, weighted by rarity: what the
    earlier call says beyond the new text costs ``beyond`` of what the new text says beyond it, so
    that half a sentence already finds the whole one. Each other factor lies between its floor
    and 1: at ``near_m`` metres or closer 1, then falling with ``far_m``; by age in days with
    ``fades_days``; another firm, ``other_firm``. What is not known counts ``unknown``.
    Likes under ``least`` are not told.
    """

    beyond: float = 0.25
    near_m: float = 50.0
    far_m: float = 800.0
    place_floor: float = 0.5
    fades_days: float = 30.0
    time_floor: float = 0.4
    other_firm: float = 0.85
    unknown: float = 0.8
    least: float = 0.12

    def __post_init__(self) -> None:
        shares = (self.beyond, self.place_floor, self.time_floor, self.other_firm, self.unknown)
        if not all(0 <= share <= 1 for share in (*shares, self.least)):
            raise ValueError("shares lie between 0 and 1")
        if min(self.far_m, self.fades_days) <= 0 or self.near_m < 0:
            raise ValueError("distances and days must be positive")


@dataclass(frozen=True, slots=True)
class ClusterParams:
    """When like calls are one class: the same matter and unit, text alike, near, within days.

    Two calls are neighbours when their texts share ``alike`` (Dice, weighted by rarity), they lie
    within ``within_m`` (None: wherever) and came within ``within_days`` of one another. A call
    with ``core`` neighbours, itself included, draws its neighbours into its cluster.
    """

    alike: float = 0.3
    within_m: float | None = 1500.0
    within_days: float = 30.0
    core: int = 3

    def __post_init__(self) -> None:
        if not 0 < self.alike <= 1 or self.within_days < 0 or self.core < 1:
            raise ValueError("alike is a share; days and core are not negative")
        if self.within_m is not None and self.within_m < 0:
            raise ValueError("within_m cannot be negative")
