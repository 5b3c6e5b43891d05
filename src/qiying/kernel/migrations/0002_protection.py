"""Row-level security in force, and an event table that nobody can rewrite."""

from django.db import migrations

from qiying.kernel.tenancy import PERSON, TENANT, protect

CREDENTIAL = "(select nullif(current_setting('app.credential', true), ''))"

REFUSE = """
CREATE FUNCTION kernel_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER kernel_event_no_change BEFORE UPDATE OR DELETE ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION kernel_event_is_append_only();
CREATE TRIGGER kernel_event_no_truncate BEFORE TRUNCATE ON kernel_event
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_event_is_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON kernel_event FROM qiying_app;
        REVOKE DELETE, TRUNCATE ON kernel_chain FROM qiying_app;
    END IF;
END $$;
"""
UNDO = """
DROP TRIGGER kernel_event_no_change ON kernel_event;
DROP TRIGGER kernel_event_no_truncate ON kernel_event;
DROP FUNCTION kernel_event_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        protect(
            "kernel_event",
            "kernel_chain",
            "kernel_counter",
            "kernel_idempotencyrecord",
            "kernel_attachment",
            "kernel_notification",
            "kernel_message",
            "kernel_savedview",
        ),
        # a person's own grants and a key's own row are read before a tenant is known
        protect("kernel_grant", rule=f"tenant_id = {TENANT} OR person_id = {PERSON}"),
        protect("kernel_apikey", rule=f"tenant_id = {TENANT} OR digest = {CREDENTIAL}"),
        migrations.RunSQL(REFUSE, UNDO),
    ]
