"""A dispute on its way: will, mediator, session, agreement, performance, and what stands in it."""

from datetime import date, timedelta

import pytest

from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.mediation.operations import PartyIn
from qiying.slices.registry import public as registry
from tests.slices.mediation import steps
from tests.slices.mediation.steps import docket, mediator, party, take
from tests.slices.world import World


def test_two_firms_agree_sign_and_perform(world: World) -> None:
    case = steps.open_case(world)
    assert case.number.startswith("TJ-261116-")
    take(world, "boss", case, "consent", party_id=party(world, case))
    take(world, "rival", case, "consent", party_id=party(world, case, "respondent"))
    assert {p.consent_way for p in docket(world, case).parties} == {"online"}
    take(world, "desk", case, "appoint", mediator_id=mediator(world), is_chosen=True)
    case, session = steps.planned(world, steps.fresh(world, case))
    world.later(hours=3)
    inputs = {"session_id": session, "minutes": "谈妥", "present": [party(world, case)]}
    take(world, "mediator", case, "hold_session", **inputs)
    terms = steps.terms(world, case)
    take(world, "mediator", case, "draft", form="written", text="欠款属实", terms=terms)
    take(world, "boss", case, "sign", party_id=party(world, case))
    take(world, "rival", case, "sign", party_id=party(world, case, "respondent"))
    case = take(world, "mediator", case, "attest")
    assert case.effective_on == date(2026, 11, 16)
    assert case.state == "effective"
    for term in docket(world, case).terms:
        case = take(world, "desk", case, "perform", term_id=term.pk, on=world.now.date())
    case = take(world, "desk", case, "complete")
    case = take(world, "caller", case, "revisit", text="双方满意")
    assert take(world, "desk2", case, "archive").state == "archived"


def test_nobody_is_mediated_without_the_consent_of_every_party(world: World) -> None:
    case = steps.open_case(world)
    take(world, "boss", case, "consent", party_id=party(world, case))
    with pytest.raises(Refused, match="consent_missing"):
        take(world, "desk", case, "appoint", mediator_id=mediator(world))


def test_a_party_that_refuses_ends_the_mediation(world: World) -> None:
    case = steps.open_case(world)
    case = take(world, "rival", case, "refuse", party_id=party(world, case, "respondent"))
    assert (case.state, case.failure) == ("failed", "refused")


def test_a_firm_speaks_for_itself_only(world: World) -> None:
    case = steps.open_case(world)
    other = party(world, case, "respondent")
    with pytest.raises(Denied, match="not_for_party"):
        take(world, "boss", case, "consent", party_id=other)
    take(world, "boss", case, "consent", party_id=party(world, case))
    with pytest.raises(Refused, match="party_answered"):
        take(world, "boss", case, "consent", party_id=party(world, case))


def test_the_house_cannot_confirm_online_in_a_partys_place(world: World) -> None:
    case = steps.open_case(world)
    with pytest.raises(Invalid) as found:
        take(world, "desk", case, "consent", party_id=party(world, case), way="online")
    assert found.value.fields == {"way": "mediation.online_by_party"}


def test_an_outside_person_consents_through_the_desk(world: World) -> None:
    case = steps.labour(world)
    take(world, "desk", case, "consent", party_id=party(world, case), way="oral")
    assert docket(world, case).parties[0].consent_way == "oral"


def test_nobody_appoints_himself_and_nobody_of_a_party_mediates(world: World) -> None:
    world.person("mediator", "desk")
    case = steps.consented(world)
    with pytest.raises(Refused, match="mediator_self"):
        take(world, "mediator", case, "appoint", mediator_id=mediator(world))
    world.person("mediator", "enterprise", firm="远航")
    with pytest.raises(Refused, match="mediator_of_party"):
        take(world, "desk", case, "appoint", mediator_id=mediator(world))


def test_a_mediator_who_stood_back_does_not_come_again(world: World) -> None:
    case = steps.reappointing(world)
    assert case.mediator_id is None
    with pytest.raises(Refused, match="mediator_tried"):
        take(world, "desk", case, "appoint", mediator_id=mediator(world))
    case = take(world, "desk", case, "appoint", mediator_id=mediator(world, "second"))
    assert case.state == "mediating"


def test_a_party_may_ask_for_another_mediator(world: World) -> None:
    case = steps.mediating(world)
    inputs = {"party_id": party(world, case), "text": "希望换一位熟悉行业的"}
    case = take(world, "boss", case, "ask_another", **inputs)
    assert case.state == "reappointing"
    assert docket(world, case).rows.appointments[0].reason == "party_asked"


def test_whoever_mediates_is_nothing_else_in_the_case(world: World) -> None:
    world.person("mediator", "desk")
    case = steps.performed(world)
    with pytest.raises(Denied, match="capacity"):
        take(world, "mediator", case, "archive")


def test_a_session_is_held_after_it_began_and_somebody_came(world: World) -> None:
    case, session = steps.planned(world)
    inputs = {"session_id": session, "minutes": "谈", "present": [party(world, case)]}
    with pytest.raises(Refused, match="session_not_begun"):
        take(world, "mediator", case, "hold_session", **inputs)
    world.later(hours=3)
    with pytest.raises(Invalid):
        take(world, "mediator", case, "hold_session", **{**inputs, "present": [0]})
    with pytest.raises(Denied):
        take(world, "desk", case, "hold_session", **inputs)
    take(world, "mediator", case, "hold_session", **inputs)
    with pytest.raises(Refused, match="no_session_planned"):
        take(world, "mediator", case, "hold_session", **inputs)


def test_an_agreement_needs_a_session_and_terms(world: World) -> None:
    case = steps.mediating(world)
    given = {"form": "written", "text": "谈妥", "terms": steps.terms(world, case)}
    with pytest.raises(Refused, match="no_session_held"):
        take(world, "mediator", case, "draft", **given)
    case = steps.talked(world, case)
    with pytest.raises(Invalid):
        take(world, "mediator", case, "draft", **{**given, "terms": []})


def test_a_labour_agreement_must_be_written(world: World) -> None:
    case = steps.talked(world, steps.mediating(world, steps.labour(world)))
    given = {"text": "补发加班费", "terms": steps.terms(world, case)}
    with pytest.raises(Refused, match="labour_written"):
        take(world, "mediator", case, "draft", form="oral", **given)
    assert take(world, "mediator", case, "draft", form="written", **given).state == "drafted"


def test_an_agreement_is_in_force_when_everybody_signed(world: World) -> None:
    case = steps.drafted(world)
    take(world, "boss", case, "sign", party_id=party(world, case))
    with pytest.raises(Refused, match="signature_missing"):
        take(world, "mediator", case, "attest")
    with pytest.raises(Refused, match="signed_already"):
        take(world, "boss", case, "sign", party_id=party(world, case))


def test_an_oral_agreement_takes_effect_when_the_last_party_agreed(world: World) -> None:
    case = steps.signed(world, form="oral")
    world.later(days=2)
    case = take(world, "mediator", case, "attest")
    assert case.effective_on == date(2026, 11, 16)


def test_confirmation_is_asked_for_within_thirty_days_of_effect(world: World) -> None:
    case = steps.effective(world)
    assert case.effective_on == date(2026, 11, 16)
    last = date(2026, 12, 16)
    inputs = {"court": "澜川县人民法院"}
    world.later(days=40)
    with pytest.raises(Refused, match="window_closed"):
        take(world, "desk", case, "ask_confirmation", on=last + timedelta(days=1), **inputs)
    case = take(world, "desk", case, "ask_confirmation", on=last, **inputs)
    assert case.confirmation == "asked"
    with pytest.raises(Refused, match="confirmation_asked"):
        take(world, "desk", case, "ask_confirmation", on=last, **inputs)
    case = take(world, "desk", case, "record_confirmation", confirmation="confirmed", on=last)
    assert case.confirmation == "confirmed"


def test_after_the_court_rejected_an_agreement_the_parties_may_talk_again(world: World) -> None:
    case = steps.effective(world)
    with pytest.raises(Refused, match="confirmation_not_refused"):
        take(world, "mediator", case, "talk_again", text="重谈")
    on = world.now.date()
    take(world, "desk", case, "ask_confirmation", on=on, court="澜川县人民法院")
    take(world, "desk", case, "record_confirmation", confirmation="refused", on=on)
    case = take(world, "mediator", case, "talk_again", text="重谈")
    assert (case.state, case.effective_on, case.confirmation) == ("mediating", None, "not_asked")
    assert docket(world, case).agreement is None


def test_a_term_is_not_kept_only_after_its_day(world: World) -> None:
    case = steps.effective(world)
    term = docket(world, case).terms[0].pk
    with pytest.raises(Refused, match="term_not_overdue"):
        take(world, "mediator", case, "breach", term_id=term, text="未付")
    world.later(days=21)
    case = take(world, "mediator", case, "breach", term_id=term, text="未付")
    assert case.state == "breached"
    with pytest.raises(Refused, match="terms_open"):
        take(world, "mediator", case, "complete")


def test_a_party_may_end_the_mediation_any_time_before_an_agreement(world: World) -> None:
    case = steps.drafted(world)
    case = take(world, "boss", case, "stop", party_id=party(world, case), text="不谈了")
    assert (case.state, case.failure) == ("failed", "stopped")
    effective = steps.effective(world)
    with pytest.raises(Refused):
        take(world, "boss", effective, "stop", party_id=party(world, effective), text="反悔")


def test_personal_data_can_be_erased_after_the_file_is_closed(world: World) -> None:
    case = steps.mediating(world, steps.labour(world))
    case = take(world, "mediator", case, "fail", text="王强不同意")
    with pytest.raises(Refused):
        take(world, "desk", case, "erase", text="保存期满")
    case = take(world, "desk", case, "archive")
    case = take(world, "desk", case, "erase", text="保存期满")
    found = docket(world, case)
    assert [(p.name, p.phone) for p in found.parties] == [("", ""), ("", "")]
    assert not found.case.facts
    assert "王强" not in "".join(n.text for n in found.rows.notes)
    with pytest.raises(Refused, match="erased"):
        take(world, "desk", case, "erase", text="再次")


def test_a_step_takes_what_it_asks_for_and_nothing_else(world: World) -> None:
    case = steps.open_case(world)
    with pytest.raises(Invalid) as found:
        take(world, "desk", case, "consent", place="x")
    assert found.value.fields == {"place": "input.choice", "party_id": "input.required"}


def test_a_grid_officer_opens_disputes_of_the_own_firms_only(world: World) -> None:
    assert steps.open_case(world, "grid").state == "registered"
    far = [
        PartyIn("applicant", world.firms["远航"]),
        PartyIn("respondent", None, "赵六"),
    ]
    with pytest.raises(Refused, match="not_your_firm"):
        steps.open_case(world, "grid", parties=far)
    with pytest.raises(Denied):
        steps.open_case(world, "boss")


@pytest.mark.parametrize(
    "parties",
    [
        [],
        [PartyIn("applicant", None, "甲")],
        [PartyIn("applicant", None, ""), PartyIn("respondent", None, "乙")],
        [PartyIn("nobody", None, "甲"), PartyIn("respondent", None, "乙")],
    ],
)
def test_a_dispute_has_two_sides_with_names(world: World, parties: list[PartyIn]) -> None:
    with pytest.raises(Invalid):
        steps.open_case(world, parties=parties)


def test_a_dispute_of_another_zones_firm_is_refused(world: World) -> None:
    parties = [PartyIn("applicant", 10**9), PartyIn("respondent", None, "乙")]
    with pytest.raises(NotFound):
        steps.open_case(world, parties=parties)


def test_limits_follow_the_calendar_of_the_zone(world: World) -> None:
    case = steps.labour(world)
    assert registry.calendar(world.system).version == case.calendar_version
    # 15 days from Monday 16 November end with Tuesday 1 December
    assert case.settle_due_at.astimezone().date() in {date(2026, 12, 1), date(2026, 12, 2)}
