from django.db import migrations

from qiying.kernel.tenancy import protect

# Consent, signatures and performance stand in other rows: only a trigger can look there.
STATE = """
CREATE FUNCTION mediation_require_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NEW.state IN ('mediating', 'reappointing', 'drafted', 'effective', 'breached', 'performed')
       AND (NOT EXISTS (SELECT 1 FROM mediation_party p
                         WHERE p.tenant_id = NEW.tenant_id AND p.case_id = NEW.id)
            OR EXISTS (SELECT 1 FROM mediation_party p
                        WHERE p.tenant_id = NEW.tenant_id AND p.case_id = NEW.id
                          AND p.consent <> 'given')) THEN
        RAISE EXCEPTION 'nobody is mediated against their will'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mediation_by_consent';
    END IF;
    IF NEW.state IN ('effective', 'breached', 'performed') AND NOT EXISTS (
        SELECT 1 FROM mediation_agreement a
         WHERE a.tenant_id = NEW.tenant_id AND a.case_id = NEW.id AND a.is_current
           AND a.attested_at IS NOT NULL AND a.effective_on IS NOT NULL
           AND (a.form = 'written' OR NEW.kind <> 'labour')
           AND NOT EXISTS (SELECT 1 FROM mediation_party p
                            WHERE p.tenant_id = NEW.tenant_id AND p.case_id = NEW.id
                              AND NOT EXISTS (SELECT 1 FROM mediation_signature s
                                               WHERE s.agreement_id = a.id AND s.party_id = p.id))
    ) THEN
        RAISE EXCEPTION 'an agreement is in force when every party and the mediator signed it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mediation_agreement_signed';
    END IF;
    IF NEW.state = 'performed' AND EXISTS (
        SELECT 1 FROM mediation_term t JOIN mediation_agreement a ON a.id = t.agreement_id
         WHERE t.tenant_id = NEW.tenant_id AND t.case_id = NEW.id AND a.is_current
           AND t.state <> 'performed') THEN
        RAISE EXCEPTION 'performed means every term'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mediation_all_performed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mediation_ground BEFORE INSERT OR UPDATE OF state ON mediation_case
    FOR EACH ROW EXECUTE FUNCTION mediation_require_ground();

CREATE FUNCTION mediation_window() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.confirmation_asked_on IS NOT NULL
       AND (NEW.confirmation_asked_on < NEW.effective_on
            OR (NEW.confirmation_asked_on::timestamp AT TIME ZONE 'Asia/Shanghai')
               >= NEW.confirm_due_at) THEN
        RAISE EXCEPTION 'confirmation is asked for within the window'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mediation_within_window';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mediation_within_window
    BEFORE INSERT OR UPDATE OF confirmation_asked_on ON mediation_case
    FOR EACH ROW WHEN (NEW.confirmation_asked_on IS NOT NULL)
    EXECUTE FUNCTION mediation_window();
"""
STATE_BACK = """
DROP TRIGGER mediation_within_window ON mediation_case;
DROP FUNCTION mediation_window();
DROP TRIGGER mediation_ground ON mediation_case;
DROP FUNCTION mediation_require_ground();
"""
# What somebody signed stays as it was signed.
KEPT = """
CREATE FUNCTION mediation_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signature stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'mediation_signature_kept';
END $$;
CREATE TRIGGER mediation_signature_kept BEFORE UPDATE OR DELETE ON mediation_signature
    FOR EACH ROW EXECUTE FUNCTION mediation_keep();

CREATE FUNCTION mediation_keep_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.effective_on IS NOT NULL AND (
        NEW.form <> OLD.form OR NEW.effective_on IS DISTINCT FROM OLD.effective_on
        OR (NEW.text <> OLD.text AND NEW.text <> '')) THEN
        RAISE EXCEPTION 'an agreement in force is not edited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mediation_agreement_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mediation_agreement_kept BEFORE UPDATE ON mediation_agreement
    FOR EACH ROW EXECUTE FUNCTION mediation_keep_agreement();
"""
KEPT_BACK = """
DROP TRIGGER mediation_agreement_kept ON mediation_agreement;
DROP FUNCTION mediation_keep_agreement();
DROP TRIGGER mediation_signature_kept ON mediation_signature;
DROP FUNCTION mediation_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("mediation", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        protect(
            "mediation_mediator",
            "mediation_case",
            "mediation_party",
            "mediation_appointment",
            "mediation_note",
            "mediation_session",
            "mediation_attendance",
            "mediation_agreement",
            "mediation_term",
            "mediation_signature",
        ),
        migrations.RunSQL(STATE, STATE_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
