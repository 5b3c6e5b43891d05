"""What must never be false about proof, reasons, supervision, meetings and pauses."""

from django.db import migrations

from qiying.kernel.tenancy import protect

PROOF = """
CREATE OR REPLACE FUNCTION calls_require_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this bigint;
    reached boolean;
    failed integer;
    days integer;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('closed', 'archived') THEN
        RETURN NEW;
    END IF;
    SELECT r.id INTO this FROM calls_round r
     WHERE r.tenant_id = NEW.tenant_id AND r.call_id = NEW.id
       AND r.number = NEW.current_round AND r.answered_at IS NOT NULL
       AND r.answer_note_id IS NOT NULL;
    SELECT coalesce(bool_or(b.outcome = 'confirmed'), false),
           count(*) FILTER (WHERE b.outcome NOT IN ('confirmed', 'rejected')),
           count(DISTINCT (b.at AT TIME ZONE 'Asia/Shanghai')::date)
               FILTER (WHERE b.outcome NOT IN ('confirmed', 'rejected'))
      INTO reached, failed, days
      FROM calls_callback b
     WHERE b.tenant_id = NEW.tenant_id AND b.call_id = NEW.id AND b.round_id = this
       AND b.superseded_by_id IS NULL;
    IF this IS NULL OR NOT (reached OR (failed >= 3 AND days >= 2)) THEN
        RAISE EXCEPTION 'a call closes with an answer and a call-back, or three failed attempts'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'call_closed_with_proof';
    END IF;
    IF NOT calls_has_evidence(NEW.tenant_id, NEW.id, this, NEW.current_round) THEN
        RAISE EXCEPTION 'a call closes with evidence for its answer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'call_closed_with_evidence';
    END IF;
    RETURN NEW;
END $$;
"""
EVIDENCE = """
CREATE FUNCTION calls_has_evidence(bigint, bigint, bigint, integer)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM calls_contact c WHERE c.tenant_id = $1 AND c.call_id = $2
                      AND c.round_id = $3 AND c.is_reached)
        OR EXISTS (SELECT 1 FROM calls_task t WHERE t.tenant_id = $1 AND t.call_id = $2
                      AND t.round_id = $3 AND t.report_id IS NOT NULL)
        OR EXISTS (SELECT 1 FROM calls_note n WHERE n.tenant_id = $1 AND n.call_id = $2
                      AND n.round_number = $4 AND n.kind = 'evidence')
        OR EXISTS (SELECT 1 FROM calls_note n
                     JOIN kernel_attachment a ON a.tenant_id = n.tenant_id
                      AND a.subject_type = 'calls.note' AND a.subject_id = n.id
                    WHERE n.tenant_id = $1 AND n.call_id = $2 AND n.round_number = $4
                      AND n.kind IN ('answer', 'stage_report'))
$$;
"""
DECLINE = """
CREATE FUNCTION calls_require_reason() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM calls_note n WHERE n.tenant_id = NEW.tenant_id
                      AND n.call_id = NEW.id AND n.kind = 'decline' AND n.text <> ''
                      AND n.author_id IS NOT NULL)
       OR NOT EXISTS (SELECT 1 FROM calls_note n WHERE n.tenant_id = NEW.tenant_id
                      AND n.call_id = NEW.id AND n.kind = 'told_path' AND n.text <> '') THEN
        RAISE EXCEPTION 'not accepting needs a reason, a path that was told and who decided'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'call_declined_with_reason';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_declined_with_reason BEFORE UPDATE OF state ON calls_call
    FOR EACH ROW WHEN (NEW.state = 'declined' AND OLD.state <> 'declined')
    EXECUTE FUNCTION calls_require_reason();
"""
EXTENSION = """
CREATE FUNCTION calls_extension_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM calls_task t WHERE t.tenant_id = NEW.tenant_id
                  AND t.call_id = NEW.call_id AND t.round_id = NEW.round_id AND t.is_lead
                  AND NEW.approver_id IN (t.person_id, t.signed_by_id)) THEN
        RAISE EXCEPTION 'whoever handles a round does not decide on more time for it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'extension_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER extension_by_another BEFORE INSERT OR UPDATE OF approver_id ON calls_extension
    FOR EACH ROW WHEN (NEW.approver_id IS NOT NULL)
    EXECUTE FUNCTION calls_extension_by_another();

CREATE FUNCTION calls_extension_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' AND to_jsonb(NEW) - 'due_at' <> to_jsonb(OLD) - 'due_at' THEN
        RAISE EXCEPTION 'a decision on more time is not edited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'extension_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER extension_kept BEFORE UPDATE ON calls_extension
    FOR EACH ROW EXECUTE FUNCTION calls_extension_kept();
"""
LADDER = """
CREATE FUNCTION calls_supervision_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    below integer;
BEGIN
    SELECT CASE WHEN s.state = 'raised' THEN s.level ELSE 0 END INTO below
      FROM calls_supervision s WHERE s.tenant_id = NEW.tenant_id AND s.call_id = NEW.call_id
     ORDER BY s.id DESC LIMIT 1;
    IF NEW.level <> coalesce(below, 0) + 1 + NEW.skipped THEN
        RAISE EXCEPTION 'a rung that is passed over is written down'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supervision_no_silent_skip';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supervision_no_silent_skip BEFORE INSERT ON calls_supervision
    FOR EACH ROW EXECUTE FUNCTION calls_supervision_no_gap();

CREATE FUNCTION calls_supervision_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE calls_call c SET supervision_level = coalesce(
        (SELECT s.level FROM calls_supervision s WHERE s.tenant_id = NEW.tenant_id
            AND s.call_id = NEW.call_id AND s.state IN ('open', 'removing')), 0)
     WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.call_id;
    RETURN NULL;
END $$;
CREATE TRIGGER supervision_shown AFTER INSERT OR UPDATE OF state ON calls_supervision
    FOR EACH ROW EXECUTE FUNCTION calls_supervision_shown();

CREATE FUNCTION calls_supervision_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('open', 'removing') OR NEW.level <> OLD.level
       OR NEW.trigger <> OLD.trigger OR NEW.opened_at <> OLD.opened_at THEN
        RAISE EXCEPTION 'a rung of supervision is ended, never edited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supervision_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supervision_kept BEFORE UPDATE ON calls_supervision
    FOR EACH ROW EXECUTE FUNCTION calls_supervision_kept();
"""
MEETING = """
CREATE FUNCTION calls_round_after_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM calls_jointmeeting m WHERE m.tenant_id = NEW.tenant_id
                      AND m.round_id = NEW.id AND m.state IN ('decided', 'waived')) THEN
        RAISE EXCEPTION 'a third round is answered after the joint meeting'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'round_after_meeting';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_after_meeting BEFORE UPDATE OF answered_at ON calls_round
    FOR EACH ROW WHEN (NEW.number >= 3 AND NEW.answered_at IS NOT NULL
                       AND OLD.answered_at IS NULL)
    EXECUTE FUNCTION calls_round_after_meeting();
"""
PAUSES = """
CREATE FUNCTION calls_pause_cap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM calls_pause p WHERE p.tenant_id = NEW.tenant_id
           AND p.round_id = NEW.round_id AND p.id <> NEW.id AND p.approver_id IS NOT NULL
           AND p.state IN ('running', 'ended')) >= 3 THEN
        RAISE EXCEPTION 'the clock of a round is paused three times at most'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pause_three_times';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pause_three_times BEFORE INSERT OR UPDATE OF state ON calls_pause
    FOR EACH ROW WHEN (NEW.state = 'running' AND NEW.approver_id IS NOT NULL)
    EXECUTE FUNCTION calls_pause_cap();
"""
# Calls that were under way before: their plan becomes a milestone, a third round owes its meeting.
CARRY_OVER = """
DO $$
DECLARE
    zone bigint;
BEGIN
    FOR zone IN SELECT id FROM kernel_tenant LOOP
        PERFORM set_config('app.tenant_id', zone::text, true);
        INSERT INTO calls_milestone (tenant_id, call_id, round_id, due_on, state, set_at)
        SELECT c.tenant_id, c.id, r.id, c.milestone_on, 'open', c.updated_at
          FROM calls_call c JOIN calls_round r ON r.tenant_id = c.tenant_id
           AND r.call_id = c.id AND r.number = c.current_round
         WHERE c.tenant_id = zone AND c.milestone_on IS NOT NULL
           AND c.state IN ('scheduled', 'suspended');
        INSERT INTO calls_jointmeeting (tenant_id, call_id, round_id, state, opened_at)
        SELECT r.tenant_id, r.call_id, r.id, 'due', r.started_at
          FROM calls_round r
         WHERE r.tenant_id = zone AND r.number >= 3 AND r.state = 'open';
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true);
END $$;
"""
BACK = """
DROP TRIGGER pause_three_times ON calls_pause;
DROP FUNCTION calls_pause_cap();
DROP TRIGGER round_after_meeting ON calls_round;
DROP FUNCTION calls_round_after_meeting();
DROP TRIGGER supervision_kept ON calls_supervision;
DROP FUNCTION calls_supervision_kept();
DROP TRIGGER supervision_shown ON calls_supervision;
DROP FUNCTION calls_supervision_shown();
DROP TRIGGER supervision_no_silent_skip ON calls_supervision;
DROP FUNCTION calls_supervision_no_gap();
DROP TRIGGER extension_kept ON calls_extension;
DROP FUNCTION calls_extension_kept();
DROP TRIGGER extension_by_another ON calls_extension;
DROP FUNCTION calls_extension_by_another();
DROP TRIGGER call_declined_with_reason ON calls_call;
DROP FUNCTION calls_require_reason();
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0006_watch"), ("kernel", "0002_protection")]

    operations = [
        protect(
            "calls_extension",
            "calls_supervision",
            "calls_jointmeeting",
            "calls_meetingunit",
            "calls_milestone",
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RunSQL(EVIDENCE + PROOF, migrations.RunSQL.noop),
        migrations.RunSQL(DECLINE + EXTENSION + LADDER + MEETING + PAUSES, BACK),
    ]
