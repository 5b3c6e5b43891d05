"""What a ranking of matters says to people, and when a model is due again; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from qiying.engines.triage import Guess

T = TypeVar("T")
MOST_SHOWN = 3
WORDS_SHOWN = 4
VERY_LIKELY, LIKELY = 0.7, 0.3
LEAST_TO_LEARN = 30
"""Closed calls without which no model is trained unasked: before that the register says as much."""
MOST_TO_LEARN = 20_000
"""The newest closed calls that a model learns from; older ones would only slow it down."""
HELD_OUT, LEAST_HELD_OUT = 0.2, 5
NIGHT = range(1, 5)
"""Hours in Shanghai in which a model may be trained again unasked."""
AGAIN_WITHIN = timedelta(hours=20)
GROWTH, LEAST_GROWTH = 0.05, 20
TOLERANCE = 2e-6
"""Another processor may differ in the last digit that is stored."""
ALIKE_WITHIN = timedelta(days=180)
MOST_ALIKE = 20_000
"""Newest calls that are compared with; open ones of any age within that number."""


class TriageState(StrEnum):
    """A training is asked for, then there is a model or a failure."""

    ASKED = "asked"
    READY = "ready"
    FAILED = "failed"


class Sureness(StrEnum):
    """A probability in words."""

    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    PERHAPS = "perhaps"


class RankedBy(StrEnum):
    """Whether a trained model ranked, or a count of the register's keywords for want of one."""

    MODEL = "model"
    KEYWORDS = "keywords"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A matter that a text may be about, as it is stored and shown."""

    matter: str
    probability: float
    score: float
    speaks_for: tuple[tuple[str, float], ...]
    speaks_against: tuple[tuple[str, float], ...] = ()
    is_calibrated: bool = True
    """Not a share of keywords, nor of a model that learned from too few calls."""

    @property
    def sureness(self) -> Sureness:
        """What was never compared with what was right is never very likely."""
        if self.probability >= VERY_LIKELY and self.is_calibrated:
            return Sureness.VERY_LIKELY
        return Sureness.LIKELY if self.probability >= LIKELY else Sureness.PERHAPS


def whole_text(title: str, text: str) -> str:
    """Title and text with a full stop between, so that the two make no false pair of characters."""
    return f"{title}。{text}" if title else text


def spoken(guesses: Iterable[Guess], *, is_calibrated: bool) -> tuple[Spoken, ...]:
    """Guesses of the engine, rounded to what is stored."""
    return tuple(
        Spoken(
            guess.matter,
            round(guess.probability, 6),
            round(guess.score, 4),
            tuple((t.word, round(t.weight, 3)) for t in guess.speaks_for[:WORDS_SHOWN]),
            tuple((t.word, round(t.weight, 3)) for t in guess.speaks_against[:WORDS_SHOWN]),
            is_calibrated=is_calibrated,
        )
        for guess in guesses
    )


def to_plain(ranked: Iterable[Spoken]) -> list[dict[str, Any]]:
    """As the call's column holds it."""
    return [
        {
            "matter": row.matter,
            "probability": row.probability,
            "score": row.score,
            "for": [list(term) for term in row.speaks_for],
            "against": [list(term) for term in row.speaks_against],
        }
        for row in ranked
    ]


def from_plain(rows: Iterable[dict[str, Any]], *, is_calibrated: bool) -> tuple[Spoken, ...]:
    """What ``to_plain`` wrote."""
    return tuple(
        Spoken(
            row["matter"],
            row["probability"],
            row["score"],
            tuple((word, weight) for word, weight in row["for"]),
            tuple((word, weight) for word, weight in row["against"]),
            is_calibrated=is_calibrated,
        )
        for row in rows
    )


def agree(stored: Sequence[Spoken], again: Sequence[Spoken]) -> bool:
    """The same matters in the same order; numbers but for a last digit of another processor."""
    return [row.matter for row in stored] == [row.matter for row in again] and all(
        abs(one.probability - other.probability) <= TOLERANCE
        for one, other in zip(stored, again, strict=True)
    )


def split_by_time(examples: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """The earlier examples to learn from and the later ones held out; none when there are few.

    Examples come in order of time: a model is judged by calls that came after all it has seen.
    """
    count = int(len(examples) * HELD_OUT)
    if count < LEAST_HELD_OUT:
        return examples, examples[len(examples) :]
    return examples[:-count], examples[-count:]


def is_time_to_look(last_asked_at: datetime | None, *, now: datetime, hour: int) -> bool:
    """Whether to look if a model is due: at once while there is none, then once a night.

    ``hour`` is that of the zone's own clock.
    """
    if last_asked_at is None:
        return True
    return hour in NIGHT and now - last_asked_at >= AGAIN_WITHIN


def is_due(*, examples: int | None, closed: int, is_register_new: bool) -> bool:
    """Whether register or history changed enough for another model.

    ``examples`` is what the model in use learned from, None without one; ``closed`` counts the
    calls with a matter that were closed since, all of them without a model.
    """
    if examples is None:
        return closed >= LEAST_TO_LEARN
    return is_register_new or closed >= max(LEAST_GROWTH, GROWTH * examples)
