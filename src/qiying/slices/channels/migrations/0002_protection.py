from django.db import migrations

from qiying.kernel.tenancy import protect

# The first call about a problem follows no other one: chains would hide where a problem began.
SAME = """
CREATE FUNCTION channels_same_is_flat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.unlinked_at IS NULL AND (
        EXISTS (SELECT 1 FROM channels_sameproblem s WHERE s.tenant_id = NEW.tenant_id
                 AND s.call_id = NEW.main_id AND s.unlinked_at IS NULL)
        OR EXISTS (SELECT 1 FROM channels_sameproblem s WHERE s.tenant_id = NEW.tenant_id
                 AND s.main_id = NEW.call_id AND s.unlinked_at IS NULL AND s.id <> NEW.id)
    ) THEN
        RAISE EXCEPTION 'the first call about a problem follows no other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'same_problem_is_flat';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER same_problem_is_flat BEFORE INSERT OR UPDATE ON channels_sameproblem
    FOR EACH ROW EXECUTE FUNCTION channels_same_is_flat();
"""
SAME_BACK = """
DROP TRIGGER same_problem_is_flat ON channels_sameproblem;
DROP FUNCTION channels_same_is_flat();
"""
# What was said between systems, and what was sent, is not rewritten; words alone can be erased.
KEPT = """
CREATE FUNCTION channels_update_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.text = ''
       AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what was said between systems stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'update_kept';
END $$;
CREATE TRIGGER update_kept BEFORE UPDATE OR DELETE ON channels_update
    FOR EACH ROW EXECUTE FUNCTION channels_update_kept();

CREATE FUNCTION channels_delivery_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'sent' AND NEW.state <> 'sent' THEN
        RAISE EXCEPTION 'what was sent is not sent again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delivery_kept BEFORE UPDATE ON channels_delivery
    FOR EACH ROW EXECUTE FUNCTION channels_delivery_kept();
"""
KEPT_BACK = """
DROP TRIGGER delivery_kept ON channels_delivery;
DROP FUNCTION channels_delivery_kept();
DROP TRIGGER update_kept ON channels_update;
DROP FUNCTION channels_update_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]

    operations = [
        protect(
            "channels_batch",
            "channels_batchline",
            "channels_delivery",
            "channels_endpoint",
            "channels_extension",
            "channels_forward",
            "channels_mail",
            "channels_referral",
            "channels_sameproblem",
            "channels_sender",
            "channels_signal",
            "channels_update",
            "channels_workorder",
        ),
        migrations.RunSQL(SAME, SAME_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
