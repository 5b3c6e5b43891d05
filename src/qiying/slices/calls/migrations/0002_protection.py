from django.db import migrations

from qiying.kernel.tenancy import protect

# 办结 needs proof, and the proof stands in other rows: only a trigger can look there.
CLOSURE = """
CREATE FUNCTION calls_require_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answered boolean;
    reached boolean;
    failed integer;
    days integer;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('closed', 'archived') THEN
        RETURN NEW;
    END IF;
    SELECT true INTO answered FROM calls_round r
     WHERE r.tenant_id = NEW.tenant_id AND r.call_id = NEW.id
       AND r.number = NEW.current_round AND r.answered_at IS NOT NULL;
    SELECT coalesce(bool_or(b.outcome = 'confirmed'), false),
           count(*) FILTER (WHERE b.outcome NOT IN ('confirmed', 'rejected')),
           count(DISTINCT (b.at AT TIME ZONE 'Asia/Shanghai')::date)
               FILTER (WHERE b.outcome NOT IN ('confirmed', 'rejected'))
      INTO reached, failed, days
      FROM calls_callback b
      JOIN calls_round r ON r.id = b.round_id AND r.number = NEW.current_round
     WHERE b.tenant_id = NEW.tenant_id AND b.call_id = NEW.id AND b.superseded_by_id IS NULL;
    IF answered IS NULL OR NOT (reached OR (failed >= 3 AND days >= 2)) THEN
        RAISE EXCEPTION 'a call closes with an answer and a call-back, or three failed attempts'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'call_closed_with_proof';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_closed_with_proof BEFORE INSERT OR UPDATE OF state ON calls_call
    FOR EACH ROW WHEN (NEW.state IN ('closed', 'archived'))
    EXECUTE FUNCTION calls_require_proof();
"""
CLOSURE_BACK = """
DROP TRIGGER call_closed_with_proof ON calls_call;
DROP FUNCTION calls_require_proof();
"""
# Whoever answered does not ask the firm whether the answer was good, and what the firm said stays.
CALLBACK = """
CREATE FUNCTION calls_callback_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM calls_round r WHERE r.tenant_id = NEW.tenant_id
                AND r.id = NEW.round_id AND r.answered_by_id = NEW.by_id) THEN
        RAISE EXCEPTION 'the person who answered does not call back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'callback_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER callback_by_another BEFORE INSERT ON calls_callback
    FOR EACH ROW EXECUTE FUNCTION calls_callback_by_another();

CREATE FUNCTION calls_callback_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_by_id IS NULL
       AND to_jsonb(NEW) - 'superseded_by_id' = to_jsonb(OLD) - 'superseded_by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the outcome of a call-back is superseded, never edited'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'callback_kept';
END $$;
CREATE TRIGGER callback_kept BEFORE UPDATE OR DELETE ON calls_callback
    FOR EACH ROW EXECUTE FUNCTION calls_callback_kept();

CREATE FUNCTION calls_round_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.resolved <> '' AND NEW.resolved <> OLD.resolved)
       OR (OLD.rating IS NOT NULL AND NEW.rating IS DISTINCT FROM OLD.rating)
       OR (OLD.called_back_by_id IS NOT NULL
           AND NEW.called_back_by_id IS DISTINCT FROM OLD.called_back_by_id)
       OR (OLD.closed_at IS NOT NULL AND NEW.answered_by_id IS DISTINCT FROM OLD.answered_by_id)
    THEN
        RAISE EXCEPTION 'what the firm said about a round is not edited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'round_verdict_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_verdict_kept BEFORE UPDATE ON calls_round
    FOR EACH ROW EXECUTE FUNCTION calls_round_kept();
"""
CALLBACK_BACK = """
DROP TRIGGER round_verdict_kept ON calls_round;
DROP FUNCTION calls_round_kept();
DROP TRIGGER callback_kept ON calls_callback;
DROP FUNCTION calls_callback_kept();
DROP TRIGGER callback_by_another ON calls_callback;
DROP FUNCTION calls_callback_by_another();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("kernel", "0002_protection"),
        ("mandate", "0002_protection"),
        ("registry", "0002_protection"),
    ]

    operations = [
        protect(
            "calls_call",
            "calls_round",
            "calls_task",
            "calls_pause",
            "calls_callback",
            "calls_contact",
            "calls_dispute",
            "calls_note",
            "calls_visit",
            "calls_lapse",
        ),
        migrations.RunSQL(CLOSURE, CLOSURE_BACK),
        migrations.RunSQL(CALLBACK, CALLBACK_BACK),
    ]
