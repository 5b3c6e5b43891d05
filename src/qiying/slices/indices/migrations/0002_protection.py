from django.db import migrations

from qiying.kernel.tenancy import protect

# What a run looked at and found stays as it was; a value is followed, never changed.
KEPT = """
CREATE FUNCTION indices_keep_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'released'
       OR to_jsonb(NEW) - '{state,released_at,released_by_id}'::text[]
          <> to_jsonb(OLD) - '{state,released_at,released_by_id}'::text[] THEN
        RAISE EXCEPTION 'a run stays as it was reckoned'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'indices_run_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indices_run_kept BEFORE UPDATE OR DELETE ON indices_run
    FOR EACH ROW EXECUTE FUNCTION indices_keep_run();

CREATE FUNCTION indices_keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NOT OLD.is_current AND NEW.is_current)
       OR to_jsonb(NEW) - 'is_current' <> to_jsonb(OLD) - 'is_current' THEN
        RAISE EXCEPTION 'what was recorded is followed by another row, never changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'indices_row_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER indices_value_kept BEFORE UPDATE OR DELETE ON indices_value
    FOR EACH ROW EXECUTE FUNCTION indices_keep_row();
CREATE TRIGGER indices_indicator_kept BEFORE UPDATE OR DELETE ON indices_indicator
    FOR EACH ROW EXECUTE FUNCTION indices_keep_row();
"""
KEPT_BACK = """
DROP TRIGGER indices_indicator_kept ON indices_indicator;
DROP TRIGGER indices_value_kept ON indices_value;
DROP FUNCTION indices_keep_row();
DROP TRIGGER indices_run_kept ON indices_run;
DROP FUNCTION indices_keep_run();
"""


class Migration(migrations.Migration):
    dependencies = [("indices", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        protect(
            "indices_indicator",
            "indices_place",
            "indices_succession",
            "indices_delivery",
            "indices_value",
            "indices_edition",
            "indices_run",
        ),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
