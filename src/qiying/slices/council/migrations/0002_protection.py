from django.db import migrations

from qiying.kernel.tenancy import protect

# A suggestion ends with an answer that its maker judged; an answer once judged stays.
ANSWERED = """
CREATE FUNCTION council_require_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM council_answer a
                    WHERE a.tenant_id = NEW.tenant_id AND a.suggestion_id = NEW.id
                      AND a.round = NEW.round
                      AND (NEW.state = 'answered' OR a.satisfaction <> '')) THEN
        RAISE EXCEPTION 'a suggestion is concluded by an answer that its maker judged'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'council_concluded_by_answer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER council_concluded_by_answer BEFORE INSERT OR UPDATE OF state
    ON council_suggestion FOR EACH ROW
    WHEN (NEW.state IN ('answered', 'concluded', 'published'))
    EXECUTE FUNCTION council_require_answer();

CREATE FUNCTION council_keep_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.satisfaction <> '' AND (NEW.satisfaction <> OLD.satisfaction OR NEW.text <> OLD.text)
    THEN
        RAISE EXCEPTION 'what the deputy said of an answer stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'council_verdict_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER council_verdict_kept BEFORE UPDATE ON council_answer
    FOR EACH ROW EXECUTE FUNCTION council_keep_verdict();
"""
ANSWERED_BACK = """
DROP TRIGGER council_verdict_kept ON council_answer;
DROP FUNCTION council_keep_verdict();
DROP TRIGGER council_concluded_by_answer ON council_suggestion;
DROP FUNCTION council_require_answer();
"""
# Half of those invited must have come before a meeting counts as held.
QUORUM = """
CREATE FUNCTION council_require_quorum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('held', 'published') THEN
        RETURN NEW;
    END IF;
    IF (SELECT count(*) FILTER (WHERE i.is_present) * 2 < count(*) OR count(*) = 0
          FROM council_invitation i
         WHERE i.tenant_id = NEW.tenant_id AND i.meeting_id = NEW.id) THEN
        RAISE EXCEPTION 'a meeting is held with half of the members invited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'council_quorum';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER council_quorum BEFORE INSERT OR UPDATE OF state ON council_meeting
    FOR EACH ROW WHEN (NEW.state IN ('held', 'published'))
    EXECUTE FUNCTION council_require_quorum();
"""
QUORUM_BACK = """
DROP TRIGGER council_quorum ON council_meeting;
DROP FUNCTION council_require_quorum();
"""


class Migration(migrations.Migration):
    dependencies = [("council", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        protect(
            "council_member",
            "council_meeting",
            "council_invitation",
            "council_topic",
            "council_topiccall",
            "council_support",
            "council_opinion",
            "council_suggestion",
            "council_cohandler",
            "council_answer",
            "council_remark",
        ),
        migrations.RunSQL(ANSWERED, ANSWERED_BACK),
        migrations.RunSQL(QUORUM, QUORUM_BACK),
    ]
