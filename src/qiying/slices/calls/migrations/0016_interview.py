"""The interview with a unit on the last rung: its minutes, without which nobody is taken off it."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0015_terms'),
        ('kernel', '0006_roles_of_rescue'),
        ('registry', '0003_calendar_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='supervision',
            name='promised_on',
            field=models.DateField(blank=True, null=True, verbose_name='put right by'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='talk',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='calls.note'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='talked_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='minutes by'),
        ),
        migrations.AddField(
            model_name='supervision',
            name='talked_on',
            field=models.DateField(blank=True, null=True, verbose_name='day of the interview'),
        ),
        migrations.AddConstraint(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('promised_on', None), ('talked_by', None), ('talked_on', None)), models.Q(('level', 4), ('talked_by__isnull', False), ('talked_on__isnull', False)), _connector='OR'), name='supervision_talk_whole'),
        ),
        AddConstraintNotValid(
            model_name='supervision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('level', 4), ('state', 'removed'), _negated=True), ('talked_on__isnull', False), _connector='OR'), name='supervision_talked_before_removal'),
        ),
    ]
