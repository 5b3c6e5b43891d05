"""What happened stays as it was written: rounds that are over, words, contacts, what a call is.

A rate is only as good as the rows below it. Whoever holds the key of the web process may add to
the history of a call, in the order of its steps, and may not rewrite or remove any of it.
"""

from collections.abc import Mapping

from django.db import migrations

REFUSE = """
CREATE FUNCTION calls_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;
"""
# Nothing of these is ever removed: a call that is not wanted is declined or withdrawn.
KEPT = {
    "calls_call": "call_never_removed",
    "calls_round": "round_never_removed",
    "calls_task": "task_never_removed",
    "calls_pause": "pause_never_removed",
    "calls_contact": "contact_never_removed",
    "calls_dispute": "dispute_never_removed",
    "calls_note": "note_never_removed",
    "calls_lapse": "lapse_never_removed",
    "calls_extension": "extension_never_removed",
    "calls_supervision": "supervision_never_removed",
    "calls_jointmeeting": "meeting_never_removed",
}
AFTERWARDS = "'{rating,rating_resolved,rated_at,reopened_at}'::text[]"
"""What a firm still says about a round that is over; a trigger of its own keeps that, too."""
RULES: Mapping[str, tuple[str, str, str]] = {
    "round_when_over_kept": (
        "calls_round",
        "OLD.state IN ('closed', 'rejected', 'stopped') AND "
        f"to_jsonb(NEW) - {AFTERWARDS} <> to_jsonb(OLD) - {AFTERWARDS}",
        "a round that is over is not edited",
    ),
    "round_words_of_the_firm_kept": (
        "calls_round",
        "OLD.reopened_at IS NOT NULL AND NEW.reopened_at IS DISTINCT FROM OLD.reopened_at "
        "OR OLD.rated_at IS NOT NULL AND (NEW.rating, NEW.rating_resolved, NEW.rated_at) "
        "IS DISTINCT FROM (OLD.rating, OLD.rating_resolved, OLD.rated_at)",
        "what the firm said about a round is not edited",
    ),
    "round_times_kept": (
        "calls_round",
        "(NEW.tenant_id, NEW.call_id, NEW.number, NEW.started_at) "
        "IS DISTINCT FROM (OLD.tenant_id, OLD.call_id, OLD.number, OLD.started_at) "
        "OR OLD.contacted_at IS NOT NULL AND NEW.contacted_at IS DISTINCT FROM OLD.contacted_at "
        "OR OLD.answered_at IS NOT NULL AND NEW.answered_at IS NOT NULL "
        "AND NEW.answered_at <> OLD.answered_at",
        "the moments of a round are not dated anew",
    ),
    "call_facts_kept": (
        "calls_call",
        "(NEW.tenant_id, NEW.number, NEW.enterprise_id, NEW.channel, NEW.received_at, "
        "NEW.is_proactive, NEW.raised_by_key_id) IS DISTINCT FROM "
        "(OLD.tenant_id, OLD.number, OLD.enterprise_id, OLD.channel, OLD.received_at, "
        "OLD.is_proactive, OLD.raised_by_key_id) "
        "OR NEW.current_round NOT IN (OLD.current_round, OLD.current_round + 1)",
        "who called, when, how and in which round is not edited",
    ),
    "call_closure_kept": (
        "calls_call",
        "OLD.state IN ('closed', 'archived') AND NEW.state IN ('closed', 'archived') "
        "AND NEW.closure_type <> '' AND "
        "(NEW.matter_code, NEW.lead_unit_id, NEW.closed_at, NEW.closure_type, NEW.is_confirmed, "
        "NEW.current_round, NEW.dispatched_at) IS DISTINCT FROM "
        "(OLD.matter_code, OLD.lead_unit_id, OLD.closed_at, OLD.closure_type, OLD.is_confirmed, "
        "OLD.current_round, OLD.dispatched_at)",
        "how a call was closed is not edited",
    ),
    "task_times_kept": (
        "calls_task",
        "(NEW.tenant_id, NEW.call_id, NEW.round_id, NEW.unit_id, NEW.sent_at) "
        "IS DISTINCT FROM (OLD.tenant_id, OLD.call_id, OLD.round_id, OLD.unit_id, OLD.sent_at) "
        "OR OLD.is_lead AND NOT NEW.is_lead "
        "OR OLD.signed_at IS NOT NULL AND NEW.signed_at IS NOT NULL "
        "AND NEW.signed_at <> OLD.signed_at "
        "OR OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'",
        "whose part it was and since when is not edited",
    ),
    "pause_past_kept": (
        "calls_pause",
        "OLD.state IN ('ended', 'refused') AND to_jsonb(NEW) <> to_jsonb(OLD)",
        "a pause that is over is not edited",
    ),
    "contact_kept": (
        "calls_contact",
        "to_jsonb(NEW) <> to_jsonb(OLD)",
        "a contact is not edited",
    ),
    "lapse_kept": (
        "calls_lapse",
        "to_jsonb(NEW) <> to_jsonb(OLD)",
        "a promise that ran out is not edited",
    ),
    "dispute_past_kept": (
        "calls_dispute",
        "OLD.adjudicated_at IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD)",
        "a dispute that was decided is not edited",
    ),
    "note_words_kept": (
        "calls_note",
        "(NEW.tenant_id, NEW.call_id, NEW.round_number, NEW.kind, NEW.author_id, NEW.at) "
        "IS DISTINCT FROM "
        "(OLD.tenant_id, OLD.call_id, OLD.round_number, OLD.kind, OLD.author_id, OLD.at) "
        "OR NEW.text <> OLD.text AND (NEW.text <> '' OR NEW.erased_at IS NULL)",
        "words are erased, never edited",
    ),
}
BEGINS = """
CREATE TRIGGER round_begins_open BEFORE INSERT ON calls_round FOR EACH ROW
    WHEN (NEW.state <> 'open' OR NEW.answered_at IS NOT NULL OR NEW.closed_at IS NOT NULL
          OR NEW.resolved <> '' OR NEW.rating IS NOT NULL OR NEW.reopened_at IS NOT NULL)
    EXECUTE FUNCTION calls_refuse('a round begins open and unanswered');
"""
# What the firm said stands in the row of a call-back first, and in the round after that.
VERDICT = """
CREATE FUNCTION calls_verdict_was_heard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM calls_callback b WHERE b.tenant_id = NEW.tenant_id
                      AND b.round_id = NEW.id AND b.superseded_by_id IS NULL
                      AND b.resolved = NEW.resolved AND b.by_id = NEW.called_back_by_id) THEN
        RAISE EXCEPTION 'what the firm said was said at a call-back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'round_verdict_was_heard';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_verdict_was_heard BEFORE UPDATE ON calls_round FOR EACH ROW
    WHEN (NEW.resolved IN ('yes', 'partly') AND NEW.resolved IS DISTINCT FROM OLD.resolved)
    EXECUTE FUNCTION calls_verdict_was_heard();
"""
# A co-handler worked on it as the lead did: neither rings the firm, nor lets the own clock stand.
BY_ANOTHER = """
CREATE FUNCTION calls_works_on(bigint, bigint, bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM calls_task t WHERE t.tenant_id = $1 AND t.round_id = $2
                      AND t.state <> 'withdrawn' AND $3 IN (t.person_id, t.signed_by_id))
$$;
CREATE OR REPLACE FUNCTION calls_callback_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM calls_round r WHERE r.tenant_id = NEW.tenant_id
                AND r.id = NEW.round_id AND r.answered_by_id = NEW.by_id)
       OR calls_works_on(NEW.tenant_id, NEW.round_id, NEW.by_id) THEN
        RAISE EXCEPTION 'nobody who answered or had a part in hand calls back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'callback_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION calls_pause_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF calls_works_on(NEW.tenant_id, NEW.round_id, NEW.approver_id) THEN
        RAISE EXCEPTION 'nobody who has a part in hand decides on its pause'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pause_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pause_by_another BEFORE INSERT OR UPDATE OF approver_id ON calls_pause
    FOR EACH ROW WHEN (NEW.approver_id IS DISTINCT FROM NEW.proposer_id
                       AND NEW.approver_id IS NOT NULL)
    EXECUTE FUNCTION calls_pause_by_another();
"""
BACK = """
DROP TRIGGER pause_by_another ON calls_pause;
DROP FUNCTION calls_pause_by_another();
DROP TRIGGER round_verdict_was_heard ON calls_round;
DROP FUNCTION calls_verdict_was_heard();
DROP TRIGGER round_begins_open ON calls_round;
"""
BY_THE_ANSWERER_ONLY = """
CREATE OR REPLACE FUNCTION calls_callback_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM calls_round r WHERE r.tenant_id = NEW.tenant_id
                AND r.id = NEW.round_id AND r.answered_by_id = NEW.by_id) THEN
        RAISE EXCEPTION 'the person who answered does not call back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'callback_by_another';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION calls_works_on(bigint, bigint, bigint);
"""


def _triggers() -> str:
    removals = (
        f"CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION calls_refuse('the history of a call is not removed');"
        for table, name in KEPT.items()
    )
    edits = (
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) "
        f"EXECUTE FUNCTION calls_refuse('{words}');"
        for name, (table, when, words) in RULES.items()
    )
    return "\n".join((*removals, *edits))


def _no_triggers() -> str:
    names = [(name, table) for table, name in KEPT.items()]
    names += [(name, row[0]) for name, row in RULES.items()]
    drops = (f"DROP TRIGGER {name} ON {table};" for name, table in names)
    return "\n".join((*drops, "DROP FUNCTION calls_refuse();"))


class Migration(migrations.Migration):
    dependencies = [("calls", "0010_desk_index")]

    operations = [
        migrations.RunSQL(
            REFUSE + _triggers() + BEGINS + VERDICT + BY_ANOTHER,
            BACK + BY_THE_ANSWERER_ONLY + _no_triggers(),
        ),
    ]
