"""What happens to a call after it came in, told as steps that the real operations can take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from qiying.demo.naming import pick
from qiying.demo.packaged import read_toml
from qiying.demo.story_texts import Case, fill, matching, phrase

_PAUSES = (
    "firm_asked", "legal_procedure", "awaiting_information", "force_majeure", "superior_approval",
)  # fmt: skip
_DECLINES = ("LEGAL_PATH", "DONE_SAME_FACTS", "OUT_OF_DUTY", "PETITION")
_PUBLIC = {"LEGAL_PATH": "DONE_SAME_FACTS", "OUT_OF_DUTY": "PETITION"}
_PRIVATE = {"DONE_SAME_FACTS": "LEGAL_PATH", "PETITION": "OUT_OF_DUTY"}
_BETWEEN_PARTIES = frozenset({"M046", "M067"})
"""Disputes of firms with others: for these a court or the market is the way, for others it is not."""
_WORKING_DAY = 480.0


@dataclass(frozen=True, slots=True)
class Wait:
    """How long after the step before: `working` or `clock` minutes; or `share`: when that share
    of the round's time for an answer has run, counted from the start of the round."""

    measure: str
    amount: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step, named like the operation that takes it.

    `code` is the step's closed code (result, outcome, resolved, reason …), `unit` the co-handler
    that takes it (None: the lead), `grade` a rating, `days` working days ahead (milestone).
    """

    name: str
    wait: Wait
    text_zh: str = ""
    code: str = ""
    unit: str | None = None
    grade: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Regime:
    """How calls are handled in a period; see `data/regimes.toml`."""

    name: str
    fates: Mapping[str, float]
    chances: Mapping[str, float]
    waits: Mapping[str, tuple[float, float]]
    share: tuple[float, float]
    late: tuple[float, float]
    grades: tuple[float, ...]


@cache
def regime(name: str) -> Regime:
    """The regime `before` or `after`."""
    raw: dict[str, Any] = read_toml("regimes")[name]
    answer = raw["answer"]
    return Regime(
        name=name,
        fates=raw["fates"],
        chances=raw["chances"],
        waits={key: (float(low), float(high)) for key, (low, high) in raw["waits"].items()},
        share=tuple(answer["share"]),
        late=tuple(answer["late"]),
        grades=tuple(float(share) for share in answer["grades"]),
    )


@dataclass
class Teller:
    """Tells one call's steps; `ends` collects how each round ended."""

    regime: Regime
    case: Case
    variant: int
    urgency: str
    co_units: tuple[str, ...]
    slots: Mapping[str, str]
    told: str
    chance: np.random.Generator
    matter: str
    steps: list[Step] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    result: str = "solved"

    def tell(self, fate: str) -> tuple[Step, ...]:
        """The steps of a call with that fate."""
        courses = {
            "stuck": self._stuck,
            "rolling": self._rolling,
            "rejected": self._rejected,
            "rejected_twice": self._rejected_twice,
            "reopened": self._reopened,
            "unreachable": self._unreachable,
        }
        if self._opening(fate):
            courses.get(fate, self._plain)()
        return tuple(self.steps)

    def _decline_code(self) -> str:
        """A reason that suits what was asked: a question has no petition, a nuisance no answer.

        One draw whatever was asked, so that the other stories stay as they are.
        """
        drawn = pick(self.chance, _DECLINES)
        if self.matter in _BETWEEN_PARTIES:
            return _PRIVATE.get(drawn, drawn)
        return "DONE_SAME_FACTS" if self.case.nature == "enquiry" else _PUBLIC.get(drawn, drawn)

    def _opening(self, fate: str) -> bool:
        """Until a unit has it; False when the call ends before that."""
        if self.urgency == "danger":
            return True
        if self._happens("need_info"):
            self._step("ask_info", self._wait("accept"), self._say("ask_info"))
            self._step("supply_info", self._minutes(60, 900), self._say("supply_info"))
        if fate == "declined":
            code = self._decline_code()
            self._step("decline", self._wait("accept"), self._say(f"decline_{code}"), code=code)
            self.ends.append("stopped")
            return False
        self._step("accept", self._wait("accept"), self._say("accept"))
        if fate == "withdrawn":
            self._step("withdraw", self._minutes(30, 400), self._say("withdraw"))
            self.ends.append("stopped")
            return False
        self._step("dispatch", self._wait("dispatch"), self._say(self._dispatch_words()))
        return True

    def _dispatch_words(self) -> str:
        if self.urgency != "normal":
            return "dispatch_urgent"
        return "dispatch_together" if self.co_units else "dispatch"

    def _plain(self) -> None:
        self._work()
        self._confirm()

    def _stuck(self) -> None:
        """A unit took it, and then nothing came any more."""
        self._take_on()
        self._step("message", self._minutes(3000, 6000), self._say("urge"))
        self.ends.append("open")

    def _rolling(self) -> None:
        """Put on a plan with milestones that is still running."""
        self._take_on()
        for _ in range(3):
            self._step("schedule", self._minutes(2000, 8000), self._say("schedule_stuck"), days=19)
        self.ends.append("open")

    def _rejected(self) -> None:
        self._work()
        self._reject()
        self._work(again=True)
        self._confirm()

    def _rejected_twice(self) -> None:
        for again in (False, True):
            self._work(again=again)
            self._reject()
        self._work(again=True)
        self._confirm()

    def _reopened(self) -> None:
        self._work()
        self._confirm(graded=False)
        self._step(
            "reopen", self._minutes(3 * _WORKING_DAY, 14 * _WORKING_DAY), self._say("reopen")
        )
        self._work(again=True)
        self._confirm()

    def _unreachable(self) -> None:
        self._work()
        for number in range(3):
            wait = self._wait("callback") if number == 0 else self._minutes(400, 600)
            self._step("attempt_callback", wait, self._say("call_missed"), code="no_answer")
        self._step("close_unreached", self._minutes(30, 300))
        self.ends.append("closed")

    def _work(self, *, again: bool = False) -> None:
        """One round from the hand of the unit to the call-back queue."""
        self._take_on(again=again)
        share, is_late = self._answer_share()
        if not again:
            self._on_the_way()
            self._co_handlers(min(share, 0.95))
            if is_late and self._happens("urged", scale=4.0):
                self._step("message", Wait("share", 1.0), self._say("urge"))
        self.result, text = self._answer(again=again)
        wait = Wait("share", share)
        if not again and self._happens("returned"):
            self._step("answer", wait, self._say("answer_thin"), code=self.result)
            self._step("review_return", self._wait("review"), self._say("review_return"))
            wait = self._minutes(90, 500)
        self._step("answer", wait, text, code=self.result)
        self._step("review_pass", self._wait("review"))

    def _take_on(self, *, again: bool = False) -> None:
        if not again and self.urgency != "danger" and self._happens("disputed"):
            self._step(
                "dispute", self._minutes(20, 260), self._say("dispute"), unit=self._first_co()
            )
            moved = self._first_co() is not None and self._happens("moved")
            text = self._say("adjudicate_move" if moved else "adjudicate_keep")
            self._step(
                "adjudicate", self._minutes(60, 420), text, code="move" if moved else "keep"
            )
        self._step("sign", self._wait("sign"))
        if self._happens("missed_contact"):
            self._step(
                "contact", self._wait("contact"), self._say("contact_missed"), code="missed"
            )
        self._step("contact", self._wait("contact"), self._say("contact_reached"), code="reached")

    def _first_co(self) -> str | None:
        return self.co_units[0] if self.co_units else None

    def _on_the_way(self) -> None:
        if self.urgency != "normal":
            return
        if self._happens("paused"):
            reason = pick(self.chance, _PAUSES)
            text = self._say(f"pause_{reason}")
            self._step("propose_pause", self._minutes(60, 400), text, code=reason, days=5)
            self._step("approve_pause", self._minutes(20, 240))
            wait = self._minutes(2 * _WORKING_DAY, 5 * _WORKING_DAY)
            self._step("resume", wait, self._say("resume"))
        elif self._happens("scheduled"):
            days = int(self.chance.integers(6, 16))
            self._step("schedule", self._minutes(120, 900), self._say("schedule"), days=days)

    def _co_handlers(self, before: float) -> None:
        for unit in self.co_units:
            self._step("sign", self._minutes(10, 120), unit=unit)
        for unit in self.co_units:
            share = float(self.chance.uniform(0.3, 0.9)) * before
            name = "stage_report" if self._happens("stage_report") else "task_done"
            text = self._say("co_done" if name == "task_done" else "stage_report")
            self._step(name, Wait("share", share), text, unit=unit)

    def _answer(self, *, again: bool) -> tuple[str, str]:
        if again:
            return "solved", self._say("answer_again")
        for result, texts in (("explained", self.case.explained), ("partly", self.case.partly)):
            text = self._of_variant(texts) if texts else ""
            if text and self._happens(result):
                return result, fill(text, self.slots, self.chance, self.told)
        text = self._of_variant(self.case.solved)
        return "solved", fill(text, self.slots, self.chance, self.told)

    def _of_variant(self, texts: tuple[str, ...]) -> str:
        return matching(texts, self.variant, self.case.variants(), self.chance, self.told)

    def _answer_share(self) -> tuple[float, bool]:
        is_late = self._happens("late")
        low, high = self.regime.late if is_late else self.regime.share
        return round(float(self.chance.uniform(low, high)), 3), is_late

    def _confirm(self, *, graded: bool = True) -> None:
        if self._happens("missed_call"):
            missed = self._say("call_missed")
            self._step("attempt_callback", self._wait("callback"), missed, code="no_answer")
        resolved = {"solved": "yes", "partly": "partly"}.get(self.result, "no")
        text = self._say(f"confirm_{resolved}")
        self._step("callback_confirm", self._wait("callback"), text, code=resolved)
        self.ends.append("closed")
        if graded and self._happens("rated"):
            self._rate(resolved)

    def _rate(self, resolved: str) -> None:
        shares = np.array(self.regime.grades)
        if resolved == "no":
            shares = np.array([10.0, 20.0, 45.0, 20.0, 5.0])
        grade = 1 + int(self.chance.choice(5, p=shares / shares.sum()))
        text = self._say(f"rate_{grade}")
        self._step("rate", self._wait("rate"), text, code=resolved, grade=grade)

    def _reject(self) -> None:
        self._step("callback_reject", self._wait("callback"), self._say("reject"))
        self.ends.append("rejected")

    def _happens(self, what: str, *, scale: float = 1.0) -> bool:
        return bool(self.chance.random() < self.regime.chances[what] * scale)

    def _say(self, name: str) -> str:
        return phrase(name, self.slots, self.chance)

    def _wait(self, name: str) -> Wait:
        """Minutes drawn evenly on a log scale: most are short, a few long."""
        low, high = self.regime.waits[name]
        measure = "working" if self.urgency == "normal" else "clock"
        shrink = 1.0 if self.urgency == "normal" else 0.3
        minutes = float(np.exp(self.chance.uniform(np.log(low), np.log(high)))) * shrink
        return Wait(measure, round(max(1.0, minutes), 1))

    def _minutes(self, low: float, high: float) -> Wait:
        return Wait("working", round(float(self.chance.uniform(low, high)), 1))

    def _step(
        self,
        name: str,
        wait: Wait,
        text_zh: str = "",
        *,
        code: str = "",
        unit: str | None = None,
        grade: int | None = None,
        days: int | None = None,
    ) -> None:
        self.steps.append(Step(name, wait, text_zh, code, unit, grade, days))
