from django.db import migrations

from qiying.kernel.tenancy import protect

# A quote that the firm has answered stays as it was shown.
FROZEN = """
CREATE FUNCTION rescue_keep_quote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a quote is kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_quote_frozen';
    END IF;
    IF (NEW.total_cny, NEW.zone_cny, NEW.firm_cny, NEW.digest, NEW.job_id, NEW.public_percent,
        NEW.price_list_id)
       IS DISTINCT FROM (OLD.total_cny, OLD.zone_cny, OLD.firm_cny, OLD.digest, OLD.job_id,
        OLD.public_percent, OLD.price_list_id)
       OR (OLD.state <> 'shown' AND NOT (OLD.state = 'accepted' AND NEW.state = 'replaced')) THEN
        RAISE EXCEPTION 'a quote that was shown is not edited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_quote_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rescue_quote_frozen BEFORE UPDATE OR DELETE ON rescue_quote
    FOR EACH ROW EXECUTE FUNCTION rescue_keep_quote();

CREATE FUNCTION rescue_keep_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR EXISTS (SELECT 1 FROM rescue_quote q
        WHERE q.tenant_id = NEW.tenant_id AND q.id = NEW.quote_id AND q.state <> 'shown') THEN
        RAISE EXCEPTION 'the lines of a quote are written once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_lines_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rescue_lines_frozen BEFORE INSERT OR UPDATE OR DELETE ON rescue_quoteline
    FOR EACH ROW EXECUTE FUNCTION rescue_keep_lines();
"""
FROZEN_BACK = """
DROP TRIGGER rescue_lines_frozen ON rescue_quoteline;
DROP FUNCTION rescue_keep_lines();
DROP TRIGGER rescue_quote_frozen ON rescue_quote;
DROP FUNCTION rescue_keep_quote();
"""
# The ground of a state stands in other rows: only a trigger can look there.
GROUND = """
CREATE FUNCTION rescue_require_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'working' AND OLD.state <> 'working' THEN
        IF NEW.warranty_of_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM rescue_quote q WHERE q.tenant_id = NEW.tenant_id
               AND q.job_id = NEW.id AND q.state = 'accepted') THEN
            RAISE EXCEPTION 'nobody works before the firm has accepted the quote'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_quote_before_work';
        END IF;
        IF EXISTS (
            SELECT 1 FROM jsonb_array_elements_text(NEW.permits) AS wanted(kind)
             WHERE NOT EXISTS (SELECT 1 FROM rescue_permit p
                WHERE p.tenant_id = NEW.tenant_id AND p.job_id = NEW.id
                  AND p.kind = wanted.kind AND p.valid_until > NEW.updated_at)) THEN
            RAISE EXCEPTION 'nobody works without the permits that the job demands'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_permit_before_work';
        END IF;
    END IF;
    IF NEW.state = 'settled' AND NOT EXISTS (
        SELECT 1 FROM rescue_settlementline l
          JOIN rescue_settlement s ON s.id = l.settlement_id AND s.tenant_id = l.tenant_id
         WHERE l.tenant_id = NEW.tenant_id AND l.job_id = NEW.id
           AND s.state IN ('checked', 'paid')) THEN
        RAISE EXCEPTION 'a job is settled by a settlement that was checked'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_settled_by_settlement';
    END IF;
    IF OLD.promise_lost_at IS NOT NULL
       AND NEW.promise_lost_at IS DISTINCT FROM OLD.promise_lost_at THEN
        RAISE EXCEPTION 'a lost promise stays lost'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_promise_stays_lost';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rescue_ground BEFORE UPDATE ON rescue_job
    FOR EACH ROW EXECUTE FUNCTION rescue_require_ground();
"""
GROUND_BACK = """
DROP TRIGGER rescue_ground ON rescue_job;
DROP FUNCTION rescue_require_ground();
"""
# When a job is over or waits for somebody new, nobody may still be held by it.
SEATS = """
CREATE FUNCTION rescue_require_free_crew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM rescue_job j JOIN rescue_seat s
                   ON s.job_id = j.id AND s.tenant_id = j.tenant_id
                WHERE j.id = NEW.id AND j.tenant_id = NEW.tenant_id
                  AND j.state IN ('confirmed', 'settled', 'referred', 'withdrawn', 'false_alarm')
                  AND s.state IN ('offered', 'accepted', 'en_route', 'on_site', 'away')) THEN
        RAISE EXCEPTION 'a job that is over holds nobody'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_over_holds_nobody';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER rescue_over_holds_nobody
    AFTER UPDATE OF state ON rescue_job DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION rescue_require_free_crew();
"""
SEATS_BACK = """
DROP TRIGGER rescue_over_holds_nobody ON rescue_job;
DROP FUNCTION rescue_require_free_crew();
"""
# What the engine said, who chose otherwise and what a phone said are evidence.
KEPT = """
CREATE FUNCTION rescue_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this row is evidence and stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rescue_evidence_kept';
END $$;
CREATE TRIGGER rescue_proposal_kept BEFORE UPDATE OR DELETE ON rescue_proposal
    FOR EACH ROW EXECUTE FUNCTION rescue_keep();
CREATE TRIGGER rescue_override_kept BEFORE UPDATE OR DELETE ON rescue_override
    FOR EACH ROW EXECUTE FUNCTION rescue_keep();
CREATE TRIGGER rescue_track_kept BEFORE UPDATE OR DELETE ON rescue_track
    FOR EACH ROW EXECUTE FUNCTION rescue_keep();
"""
KEPT_BACK = """
DROP TRIGGER rescue_track_kept ON rescue_track;
DROP TRIGGER rescue_override_kept ON rescue_override;
DROP TRIGGER rescue_proposal_kept ON rescue_proposal;
DROP FUNCTION rescue_keep();
"""
# Rules are set anew, never edited: what was decided by them must stay explained.
SEAL = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON rescue_rescuerules FROM qiying_app;
    END IF;
END $$;
"""
UNSEAL = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        GRANT UPDATE, DELETE ON rescue_rescuerules TO qiying_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("rescue", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        protect(
            "rescue_equipmentclass",
            "rescue_equipment",
            "rescue_inspectiondue",
            "rescue_provider",
            "rescue_manager",
            "rescue_licence",
            "rescue_pricelist",
            "rescue_priceitem",
            "rescue_station",
            "rescue_technician",
            "rescue_certificate",
            "rescue_shift",
            "rescue_job",
            "rescue_note",
            "rescue_seat",
            "rescue_offer",
            "rescue_proposal",
            "rescue_override",
            "rescue_track",
            "rescue_diagnosis",
            "rescue_quote",
            "rescue_quoteline",
            "rescue_permit",
            "rescue_partused",
            "rescue_report",
            "rescue_rating",
            "rescue_budget",
            "rescue_settlement",
            "rescue_settlementline",
            "rescue_rescuerules",
            "rescue_retrofit",
            "rescue_reading",
        ),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
        migrations.RunSQL(GROUND, GROUND_BACK),
        migrations.RunSQL(SEATS, SEATS_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
        migrations.RunSQL(SEAL, UNSEAL),
    ]
