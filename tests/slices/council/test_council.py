"""Topics are talked over and passed on, suggestions answered in time; nothing is decided."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from qiying.config.environment import REPOSITORY
from qiying.kernel import tenancy
from qiying.kernel.access import STAFF, Held, Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.council import handlers, operations, public, queries, rules
from qiying.slices.council.models import Answer, labels
from qiying.slices.council.models.notices import NOTICES, TOPICS
from tests.slices.council import steps
from tests.slices.council.steps import member, take
from tests.slices.world import World

DECIDING = ("decide", "approve", "adopt", "order", "command", "resolve", "enact", "permit")


def last(moment: object) -> date:
    return rules.last_day(moment)  # type: ignore[arg-type]


def test_no_step_no_state_and_no_event_of_the_council_decides_anything() -> None:
    words = {row.name for row in rules.TABLE} | {row.step.event for row in rules.TABLE}
    for cycle in rules.LIFECYCLES.values():
        words |= cycle.states
    assert not [w for w in words for d in DECIDING if d in w]


def test_every_step_has_a_function_words_and_known_guards() -> None:
    keys = {(row.entity, row.name) for row in rules.TABLE}
    assert keys == set(operations.STEPS) == set(labels.STEPS)
    assert set(queries.GUARDS) == rules.GUARDS
    assert {row.step.event for row in rules.TABLE} <= set(TOPICS)
    for entity, cycle in rules.LIFECYCLES.items():
        assert cycle.reachable() == cycle.states, entity
    assert {kind for kind, _find in handlers.AUDIENCES.values()} <= set(rules.LIFECYCLES)
    told = {handlers.SAME.get(topic, topic) for topic in handlers.AUDIENCES}
    assert told <= set(NOTICES)


def test_the_documentation_shows_the_table_of_the_code() -> None:
    page = (REPOSITORY / "docs/slices/council.md").read_text(encoding="utf-8")
    assert "\n".join(rules.table_markdown()) in page


def test_every_sentence_of_law_has_words_a_source_and_a_grade() -> None:
    assert set(labels.LEGAL) == set(rules.FACTS)
    for fact in rules.FACTS.values():
        assert fact.grade in {"A", "B", "C", "D", "K"}
        assert fact.basis.zh
        assert fact.basis.en


def test_a_topic_goes_from_a_deputy_to_a_published_answer(world: World) -> None:
    row = steps.answered(world)
    row = take(world, "deputy", row, "accept", satisfaction="satisfied")
    row = take(world, "power", row, "follow_up", answer_class="A", text="已装完")
    row = take(world, "desk", row, "publish")
    topic = steps.fresh(world, steps.propose(world))
    with tenancy.reading(world.system):
        topic = queries.get_record(world.system, "topic", row.topic_id)
    assert take(world, "desk", topic, "close", text="照明已补装").state == "closed"
    assert row.state == "published"


def test_only_members_and_the_desk_propose(world: World) -> None:
    assert steps.propose(world, "boss").proposer_id == member(world, "boss")
    assert steps.propose(world, "desk", source="call").proposer_id is None
    with pytest.raises(Denied, match="no_member"):
        steps.propose(world, "rival")


def test_whoever_proposed_a_topic_does_not_keep_its_papers(world: World) -> None:
    world.person("deputy", Role.DESK)
    topic = steps.propose(world)
    with pytest.raises(Denied, match="capacity"):
        take(world, "deputy", topic, "list", **steps.SCREEN)


def test_a_member_supports_a_topic_once_and_never_the_own(world: World) -> None:
    topic = steps.propose(world)
    take(world, "boss", topic, "support")
    for who in ("boss", "deputy"):
        with pytest.raises(Refused, match="supported"):
            take(world, who, topic, "support")


def test_a_topic_is_listed_only_when_the_screening_holds(world: World) -> None:
    topic = steps.propose(world)
    with pytest.raises(Refused, match="not_screened"):
        take(world, "desk", topic, "list", is_in_zone=True, is_public_matter=True)
    inputs = {"decline_reason": "in_procedure", "text": "已在诉讼中"}
    assert take(world, "desk", topic, "decline", **inputs).state == "declined"


def test_members_get_five_days_of_notice(world: World) -> None:
    meeting = steps.plan(world, days=4)
    topic = take(world, "desk", steps.propose(world), "list", **steps.SCREEN)
    with pytest.raises(Refused, match="no_topics"):
        take(world, "desk", meeting, "notice")
    take(world, "desk", topic, "schedule", meeting_id=meeting.pk)
    with pytest.raises(Refused, match="no_members"):
        take(world, "desk", meeting, "notice")
    take(world, "desk", meeting, "invite", members=steps.everybody(world))
    with pytest.raises(Refused, match="notice_short"):
        take(world, "desk", meeting, "notice")
    at = world.now + timedelta(days=5)
    take(world, "desk", meeting, "put_off", at=at)
    assert take(world, "desk", meeting, "notice").state == "noticed"


def test_a_meeting_needs_half_of_the_members(world: World) -> None:
    _topic, meeting = steps.scheduled(world)
    take(world, "desk", meeting, "notice")
    present = [member(world, "deputy")]
    with pytest.raises(Refused, match="not_begun"):
        take(world, "desk", meeting, "hold", present=present)
    world.later(days=10, hours=1)
    with pytest.raises(Refused, match="no_quorum"):
        take(world, "desk", meeting, "hold", present=present)


def test_who_was_absent_or_stood_back_does_not_speak(world: World) -> None:
    topic, _meeting = steps.scheduled(world)
    take(world, "boss", topic, "recuse")
    take(world, "desk", _meeting, "notice")
    world.later(days=10, hours=1)
    present = [member(world, "deputy"), member(world, "boss")]
    take(world, "desk", _meeting, "hold", present=present)
    for who in ("boss", "cppcc"):
        with pytest.raises(Refused, match="no_speaker"):
            take(world, who, topic, "speak", position="support", text="好")
    take(world, "desk", topic, "speak", position="against", text="缓建", member_id=present[0])
    with pytest.raises(Refused, match="no_speaker"):
        take(world, "deputy", topic, "speak", position="support", text="再说")


def test_a_meeting_that_is_cancelled_gives_its_topics_back(world: World) -> None:
    topic, meeting = steps.scheduled(world)
    take(world, "desk", meeting, "cancel", text="人数不足")
    assert steps.fresh(world, topic).state == "listed"


def test_a_deputys_suggestion_is_answered_within_three_months_or_six(world: World) -> None:
    row = steps.handed(world)
    assert row.handed_on == date(2026, 11, 26)
    assert row.kind == "npc"
    assert last(row.due_at) == date(2027, 2, 26)
    assert last(row.return_until) == date(2026, 12, 7)  # the tenth day is a Sunday
    row = take(world, "supervisor", row, "extend", text="涉及面广")
    assert last(row.due_at) == date(2027, 5, 26)
    with pytest.raises(Refused, match="not_extendable"):
        take(world, "supervisor", row, "extend", text="再延")


def test_an_opinion_of_firms_has_our_own_limit_and_no_extension(world: World) -> None:
    row = steps.handed(world, "boss")
    assert (row.kind, rules.limit_fact(row.kind).grade) == ("zone", "D")
    assert last(row.due_at) == date(2026, 12, 28)  # 26 December is a Saturday
    with pytest.raises(Refused, match="not_extendable"):
        take(world, "desk", row, "extend", text="复杂")


def test_a_unit_that_is_not_responsible_sends_it_back_within_ten_days(world: World) -> None:
    row = steps.handed(world)
    world.later(days=9)
    row = take(world, "power", row, "send_back", text="不属本单位职责")
    assert row.state == "returned"
    row = take(world, "desk", row, "hand", unit_id=world.units["HUD"])
    world.later(days=13)
    with pytest.raises(Refused, match="return_late"):
        take(world, "hud", row, "send_back", text="不属本单位职责")


def test_another_unit_has_no_part_in_a_suggestion(world: World) -> None:
    row = steps.handed(world)
    with pytest.raises(Denied, match="capacity"):
        take(world, "hud", row, "sign")


def test_the_lead_answers_after_talking_and_after_every_co_handler(world: World) -> None:
    row = steps.working(world, co_units=[world.units["HUD"]])
    given = {"answer_class": "B", "text": "列入计划"}
    with pytest.raises(Refused, match="talk_first"):
        take(world, "power", row, "answer", **given)
    take(world, "power", row, "talk", text="电话沟通")
    with pytest.raises(Refused, match="co_missing"):
        take(world, "power", row, "answer", **given)
    take(world, "hud", row, "co_answer", text="同意")
    assert take(world, "power", row, "answer", **given).state == "answered"


def test_a_deputy_who_is_not_satisfied_gets_one_new_answer_in_a_month(world: World) -> None:
    row = steps.answered(world)
    with pytest.raises(Refused, match="ask_again"):
        take(world, "deputy", row, "accept", satisfaction="dissatisfied")
    row = take(world, "deputy", row, "reject", text="没有时间表")
    assert (row.state, row.round) == ("redo", 2)
    assert last(row.due_at) == date(2026, 12, 28)
    given = {"answer_class": "C", "text": "明年六月前完成"}
    with pytest.raises(Refused, match="talk_first"):
        take(world, "power", row, "answer_again", **given)
    take(world, "power", row, "talk", text="再次沟通")
    row = take(world, "power", row, "answer_again", **given)
    with pytest.raises(Refused, match="answered_twice"):
        take(world, "deputy", row, "reject", text="仍不满意")
    row = take(world, "deputy", row, "accept", satisfaction="dissatisfied")
    assert row.state == "concluded"


def test_only_the_proposer_judges_the_answer(world: World) -> None:
    row = steps.answered(world)
    for who in ("boss", "desk", "power"):
        with pytest.raises((Denied, NotFound)):
            take(world, who, row, "accept", satisfaction="satisfied")


def test_a_topic_closes_after_its_suggestion(world: World) -> None:
    row = steps.answered(world)
    with tenancy.reading(world.system):
        topic = queries.get_record(world.system, "topic", row.topic_id)
    with pytest.raises(Refused, match="suggestion_open"):
        take(world, "desk", topic, "close", text="办结")


def test_a_suggestion_is_made_in_the_name_of_a_member(world: World) -> None:
    topic = steps.deliberated(world)
    with pytest.raises(Invalid) as found:
        take(world, "desk", topic, "route", route="suggestion", text="补装", member_id=10**9)
    assert found.value.fields == {"member_id": "council.needs_proposer"}


def test_firms_see_what_is_public_and_no_more(world: World) -> None:
    topic = steps.propose(world)
    rival = world.actor("rival")
    with tenancy.reading(rival), pytest.raises(NotFound):
        queries.get_record(rival, "topic", topic.pk)
    take(world, "desk", topic, "list", **steps.SCREEN)
    with tenancy.reading(rival):
        assert queries.get_record(rival, "topic", topic.pk).number == topic.number


@pytest.mark.parametrize("role", sorted(STAFF | {Role.ENTERPRISE}))
def test_each_step_is_taken_by_its_roles_only(world: World, role: str) -> None:
    """Whoever holds a role that no row names is refused before anything is looked at."""
    topic = steps.propose(world)
    actor = world.actor("desk")
    bare = type(actor)(actor.tenant_id, "x", (Held(role),), person_id=None)
    secretary = {"list", "decline"} if role in {Role.DESK, Role.SUPERVISOR} else set()
    for row in rules.TABLE:
        is_open = row.entity == "topic" and "proposed" in row.step.source
        if is_open and row.name not in secretary:
            with pytest.raises((Denied, NotFound)):
                operations.take(bare, "topic", topic.pk, row.name, now=world.now)


def test_units_are_reminded_before_the_limit_and_when_it_is_over(world: World) -> None:
    row = steps.working(world)
    told: list[int] = []

    def tell(_row: object, left: int) -> None:
        told.append(left)

    assert operations.sweep(world.system, tell=tell, now=world.now) == 0
    for at, _left in rules.reminders(row.due_at):
        operations.sweep(world.system, tell=tell, now=at)
        operations.sweep(world.system, tell=tell, now=at)
    assert told == [15, 5, 1, 0]


def test_the_sweeper_tells_the_unit(world: World) -> None:
    row = steps.working(world)
    at, _left = rules.reminders(row.due_at)[0]
    assert handlers.remind(world.system, at) == 1


def test_figures_count_answers_on_time_and_satisfaction(world: World) -> None:
    row = steps.answered(world)
    take(world, "deputy", row, "accept", satisfaction="basically")
    period = (date(2026, 11, 1), date(2026, 12, 31))
    found = public.figures(world.system, period, now=world.now)
    assert found == {"E42.topics": 1, "E42.on_time": 100, "E42.satisfied": 100}


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


@pytest.mark.parametrize(
    ("make", "statement", "name"),
    [
        (
            steps.working,
            "UPDATE council_suggestion SET state = 'answered' WHERE id = %s",
            "council_concluded_by_answer",
        ),
        (
            steps.answered,
            "UPDATE council_suggestion SET state = 'concluded' WHERE id = %s",
            "council_concluded_by_answer",
        ),
        (
            steps.working,
            "UPDATE council_suggestion SET unit_id = NULL WHERE id = %s",
            "council_suggestion_handed",
        ),
        (
            steps.answered,
            "UPDATE council_suggestion SET round = 3 WHERE id = %s",
            "council_answered_twice_at_most",
        ),
        (
            steps.plan,
            "UPDATE council_meeting SET state = 'held', noticed_at = now(), held_at = now() "
            "WHERE id = %s",
            "council_quorum",
        ),
    ],
)
def test_the_database_refuses_what_the_code_refuses(
    world: World, make: object, statement: str, name: str
) -> None:
    row = make(world)  # type: ignore[operator]
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError) as found,
        transaction.atomic(),
    ):
        sql(statement, row.pk)
    assert found.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]


def test_what_a_deputy_said_of_an_answer_stays(world: World) -> None:
    row = steps.answered(world)
    take(world, "deputy", row, "accept", satisfaction="satisfied")
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError, match="stays"),
        transaction.atomic(),
    ):
        Answer.objects.filter(suggestion=row).update(satisfaction="dissatisfied")
