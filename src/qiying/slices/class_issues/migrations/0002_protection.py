from django.db import migrations

from qiying.kernel.tenancy import protect

# A measure lands with evidence, and the evidence stands in another table: a trigger looks there.
EVIDENCE = """
CREATE FUNCTION class_issues_require_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM kernel_attachment a
          JOIN class_issues_report r ON r.id = a.subject_id AND r.tenant_id = a.tenant_id
         WHERE a.tenant_id = NEW.tenant_id AND a.subject_type = 'class_issues.report'
           AND r.id = NEW.landing_id AND r.issue_id = NEW.id) THEN
        RAISE EXCEPTION 'a measure lands with evidence'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'class_landed_with_evidence';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER class_landed_with_evidence
    BEFORE INSERT OR UPDATE OF state, landing_id ON class_issues_issue
    FOR EACH ROW WHEN (NEW.state IN ('landed', 'effective', 'not_effective', 'closed'))
    EXECUTE FUNCTION class_issues_require_evidence();
"""
EVIDENCE_BACK = """
DROP TRIGGER class_landed_with_evidence ON class_issues_issue;
DROP FUNCTION class_issues_require_evidence();
"""
# Thresholds are set anew, never edited: what was decided by them must stay explained.
SEAL = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON class_issues_threshold FROM qiying_app;
    END IF;
END $$;
"""
UNSEAL = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        GRANT UPDATE, DELETE ON class_issues_threshold TO qiying_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("class_issues", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        protect(
            "class_issues_issue",
            "class_issues_member",
            "class_issues_report",
            "class_issues_milestone",
            "class_issues_finding",
            "class_issues_look",
            "class_issues_threshold",
        ),
        migrations.RunSQL(EVIDENCE, EVIDENCE_BACK),
        migrations.RunSQL(SEAL, UNSEAL),
    ]
