"""A co-handler's part has a due time and a weight of its own, given once and kept.

Before, a weight was a bare number of one up; it stands from now on for per cents of the
responsibility. What was never chosen (one), or cannot be a share, becomes an equal share.
"""

from django.db import migrations, models
from django.db.models import F, Q

# Row-level security binds the owner, too: the rows are those of one zone at a time.
IN_EACH_ZONE = """
DO $$
DECLARE zone bigint;
BEGIN
    FOR zone IN SELECT id FROM kernel_tenant LOOP
        PERFORM set_config('app.tenant_id', zone::text, true);
        %s
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true);
END $$;
"""
TO_SHARES = (
    IN_EACH_ZONE
    % """
        UPDATE calls_task t SET weight = NULL
         WHERE t.is_lead OR t.weight <= 1 OR t.weight > 99
            OR 100 <= (SELECT sum(o.weight) FROM calls_task o
                        WHERE o.round_id = t.round_id AND NOT o.is_lead
                          AND o.state <> 'withdrawn');
"""
)
TO_NUMBERS = IN_EACH_ZONE % "UPDATE calls_task SET weight = 1 WHERE weight IS NULL;"
GUARDS = """
CREATE TRIGGER task_terms_kept BEFORE UPDATE ON calls_task FOR EACH ROW
    WHEN ((NEW.weight, NEW.set_due_at, NEW.duty_id)
          IS DISTINCT FROM (OLD.weight, OLD.set_due_at, OLD.duty_id))
    EXECUTE FUNCTION calls_refuse('what a unit was given to do is taken back, not edited');

CREATE FUNCTION calls_weights_leave_the_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF 100 <= (SELECT sum(t.weight) FROM calls_task t
                WHERE t.tenant_id = NEW.tenant_id AND t.round_id = NEW.round_id
                  AND t.state <> 'withdrawn') THEN
        RAISE EXCEPTION 'the weights of the co-handlers leave the lead a share'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'task_weights_leave_the_lead';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER task_weights_leave_the_lead AFTER INSERT ON calls_task FOR EACH ROW
    WHEN (NEW.weight IS NOT NULL) EXECUTE FUNCTION calls_weights_leave_the_lead();
"""
NO_GUARDS = """
DROP TRIGGER task_weights_leave_the_lead ON calls_task;
DROP FUNCTION calls_weights_leave_the_lead();
DROP TRIGGER task_terms_kept ON calls_task;
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0012_words")]

    operations = [
        migrations.RemoveConstraint(model_name="task", name="task_weight"),
        migrations.AlterField(
            model_name="task",
            name="weight",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="weight"),
        ),
        migrations.RunSQL(TO_SHARES, TO_NUMBERS),
        migrations.AddField(
            model_name="task",
            name="set_due_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="due time set by the desk"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=Q(weight=None) | Q(weight__range=(1, 99), is_lead=False),
                name="task_weight",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=Q(set_due_at=None) | Q(set_due_at__gt=F("sent_at"), is_lead=False),
                name="task_due_set_ahead",
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
