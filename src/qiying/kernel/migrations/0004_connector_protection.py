"""Row-level security of the connectors; what came back from an endpoint cannot be rewritten."""

from django.db import migrations

from qiying.kernel.tenancy import TENANT, protect

CREDENTIAL = "(select nullif(current_setting('app.credential', true), ''))"
SIGN_IN = "(select current_setting('app.sign_in', true)) = '1'"

REFUSE = """
CREATE FUNCTION kernel_attempt_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'attempts are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER kernel_attempt_no_change BEFORE UPDATE OR DELETE ON kernel_webhookattempt
    FOR EACH ROW EXECUTE FUNCTION kernel_attempt_is_append_only();
"""
UNDO = """
DROP TRIGGER kernel_attempt_no_change ON kernel_webhookattempt;
DROP FUNCTION kernel_attempt_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_connectors")]

    operations = [
        protect(
            "kernel_webhookendpoint",
            "kernel_webhookdelivery",
            "kernel_webhookattempt",
            "kernel_linkedidentity",
        ),
        # the page where people sign in names the providers before a tenant is known
        protect("kernel_identityprovider", rule=f"tenant_id = {TENANT} OR {SIGN_IN}"),
        # an invitation and a calendar are found by the digest of what the address holds
        protect("kernel_linkinvitation", rule=f"tenant_id = {TENANT} OR digest = {CREDENTIAL}"),
        protect("kernel_calendarfeed", rule=f"tenant_id = {TENANT} OR digest = {CREDENTIAL}"),
        migrations.RunSQL(REFUSE, UNDO),
    ]
