import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiying.kernel.tenancy import protect

# What was once set explains every deadline that it gave: a row is added, none is edited. Only the
# moment in which the running clocks were derived again is written afterwards, and once.
SEAL = """
CREATE TRIGGER term_kept BEFORE UPDATE ON calls_zoneterm FOR EACH ROW
    WHEN (OLD.applied_at IS NOT NULL
          OR to_jsonb(NEW) - 'applied_at' <> to_jsonb(OLD) - 'applied_at')
    EXECUTE FUNCTION calls_refuse('a time limit of the zone is set anew, never edited');
CREATE TRIGGER term_never_removed BEFORE DELETE ON calls_zoneterm FOR EACH ROW
    EXECUTE FUNCTION calls_refuse('a time limit of the zone is never removed');
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON calls_zoneterm FROM qiying_app;
        GRANT UPDATE (applied_at) ON calls_zoneterm TO qiying_app;
    END IF;
END $$;
"""
UNSEAL = """
DROP TRIGGER term_kept ON calls_zoneterm;
DROP TRIGGER term_never_removed ON calls_zoneterm;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qiying_app') THEN
        GRANT UPDATE, DELETE ON calls_zoneterm TO qiying_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("calls", "0014_refusal"),
        ('kernel', '0006_roles_of_rescue'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='supervision',
            name='skip_reason',
            field=models.CharField(blank=True, choices=[('overdue', 'overdue'), ('long_overdue', 'overdue for long'), ('third_round', 'third round'), ('danger', 'danger to life or property'), ('repeated', 'the firm called again and again'), ('pause_cap', 'pauses used up'), ('limit_over', 'the limit of the rung ran out'), ('mark', 'marked by a leader'), ('by_hand', 'chased by hand')], max_length=14, verbose_name='why rungs were passed over'),
        ),
        migrations.AlterField(
            model_name='supervision',
            name='trigger',
            field=models.CharField(choices=[('overdue', 'overdue'), ('long_overdue', 'overdue for long'), ('third_round', 'third round'), ('danger', 'danger to life or property'), ('repeated', 'the firm called again and again'), ('pause_cap', 'pauses used up'), ('limit_over', 'the limit of the rung ran out'), ('mark', 'marked by a leader'), ('by_hand', 'chased by hand')], max_length=14, verbose_name='why'),
        ),
        migrations.CreateModel(
            name='ZoneTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clock', models.CharField(max_length=12, verbose_name='time limit of')),
                ('case', models.CharField(blank=True, max_length=20, verbose_name='which case')),
                ('rule_kind', models.CharField(max_length=13, verbose_name='counted in')),
                ('rule_amount', models.PositiveSmallIntegerField(verbose_name='time limit')),
                ('valid_from', models.DateField(verbose_name='in force from')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='document or source')),
                ('grade', models.CharField(max_length=2, verbose_name='evidence')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('set_at', models.DateTimeField(verbose_name='set at')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='running clocks derived again at')),
                ('set_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.tenant')),
            ],
            options={
                'verbose_name': 'time limit of the zone',
                'verbose_name_plural': 'time limits of the zone',
                'indexes': [models.Index(fields=['tenant', 'clock', 'case', '-id'], name='term_history'), models.Index(condition=models.Q(('applied_at', None)), fields=['tenant', 'valid_from'], name='term_to_apply')],
                'constraints': [models.CheckConstraint(condition=models.Q(('clock__in', ['accept', 'adjudicate', 'answer', 'callback', 'contact', 'dispatch', 'dispute', 'extension', 'info', 'limit', 'long_overdue', 'milestone', 'note', 'pause', 'pause_cap', 'redo', 'sign', 'task'])), name='term_clock_known'), models.CheckConstraint(condition=models.Q(('rule_amount__range', (1, 1440)), ('rule_kind__in', ['hours', 'natural_days', 'working_days', 'working_hours'])), name='term_rule_sound'), models.CheckConstraint(condition=models.Q(('grade__in', ['A', 'A*', 'B', 'C', 'D', 'K']), models.Q(('reason', ''), _negated=True)), name='term_says_why')],
            },
        ),
        protect("calls_zoneterm"),
        migrations.RunSQL(SEAL, UNSEAL),
    ]
