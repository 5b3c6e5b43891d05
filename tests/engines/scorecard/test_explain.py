"""The way to the next grade holds when it is gone, and uncertain facts show what they move."""

from hypothesis import assume, given
from hypothesis import strategies as st

from qiying.engines.scorecard import Fact, Firm, score, swings, way_up
from tests.engines.scorecard.made import AS_OF, STAR, any_firm, best_star, firm

BEST = best_star()


def test_the_best_grade_has_no_way_up() -> None:
    assert way_up(STAR, firm(BEST), as_of=AS_OF) is None


def test_a_gate_that_no_step_opens_is_named() -> None:
    way = way_up(STAR, firm(BEST | {"core_patent_disputed": True}), as_of=AS_OF)
    assert way is not None
    assert (way.grade, way.steps, way.gates) == ("S5", (), ("G6",))


def test_the_step_that_opens_a_gate_is_part_of_the_way() -> None:
    way = way_up(STAR, firm(BEST | {"rd_staff_share": 5.0}), as_of=AS_OF)
    assert way is not None
    assert [(s.code, s.band) for s in way.steps] == [("H1", "≥ 10")]
    assert (way.grade, way.gates) == ("S6", ())


@given(seed=st.integers(0, 2**32))
def test_a_way_without_gates_reaches_its_grade(seed: int) -> None:
    one = any_firm(STAR, seed)
    way = way_up(STAR, one, as_of=AS_OF)
    assume(way is not None and not way.gates and way.steps)
    assert way is not None
    assert way.score >= STAR.grades[STAR.place(way.grade)].at_least or any(
        reason.code == "NOTCH" for reason in score(STAR, one, as_of=AS_OF).reasons
    )
    assert all(step.code != "H5" for step in way.steps)
    assert len({step.code for step in way.steps}) == len(way.steps)


def test_each_uncertain_fact_shows_the_grades_it_could_lead_to() -> None:
    facts = dict(firm(BEST | {"readiness_level": None, "rd_staff_share": None}).facts)
    facts["risk_cover"] = Fact(80.0, ("e1",), is_doubtful=True)
    found = {s.code: s for s in swings(STAR, Firm("f1", facts), as_of=AS_OF)}
    assert set(found) == {"H1", "M7", "E3"}
    assert (found["H1"].worst, found["H1"].best, found["H1"].moves) == ("S7", "S1", True)
    # The others cannot lift what the missing staff record holds down.
    assert (found["M7"].worst, found["M7"].best, found["M7"].moves) == ("S7", "S7", False)
    assert found["E3"].standing == "doubtful"
