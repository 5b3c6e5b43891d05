"""Want of co-operation: proposed by the desk, decided by somebody else; both stay on the call."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("calls", "0013_co_due"),
        ('kernel', '0006_roles_of_rescue'),
        ('mandate', '0005_presumption_and_stages'),
        ('registry', '0003_calendar_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='call',
            name='call_state_known',
        ),
        migrations.RemoveConstraint(
            model_name='note',
            name='note_kind_known',
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='call_open_due',
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='call_to_watch',
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='call_desk',
        ),
        migrations.AddField(
            model_name='call',
            name='refusal_approver',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who approved that it is not accepted'),
        ),
        migrations.AddField(
            model_name='call',
            name='refusal_proposer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who proposed not to accept it'),
        ),
        migrations.AlterField(
            model_name='call',
            name='state',
            field=models.CharField(choices=[('submitted', 'to be accepted'), ('need_info', "waiting for the firm's information"), ('refusal', 'not accepting it waits for approval'), ('declined', 'not accepted'), ('withdrawn', 'withdrawn by the firm'), ('triage', 'to be dispatched'), ('dispatched', 'to be signed for'), ('disputed', 'dispatch disputed'), ('working', 'in hand'), ('scheduled', 'followed through by milestones'), ('suspended', 'clock paused'), ('answered', 'answered, to be reviewed'), ('callback', 'to be called back'), ('reopened', 'to be redone'), ('closed', 'closed'), ('archived', 'archived')], default='submitted', max_length=10, verbose_name='state'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ['answered', 'callback', 'dispatched', 'disputed', 'need_info', 'refusal', 'reopened', 'scheduled', 'submitted', 'suspended', 'triage', 'working'])), fields=['tenant', 'due_at', 'id'], name='call_open_due'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ['answered', 'callback', 'dispatched', 'disputed', 'need_info', 'refusal', 'reopened', 'scheduled', 'submitted', 'suspended', 'triage', 'working'])), fields=['tenant', 'state', 'step_due_at', 'due_at', 'id'], include=('yellow_at', 'clock', 'supervision_level', 'complained_unit'), name='call_desk'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('state__in', ['answered', 'callback', 'dispatched', 'disputed', 'need_info', 'refusal', 'reopened', 'scheduled', 'submitted', 'suspended', 'triage', 'working']), ('supervision_level__lt', 3), models.Q(('urgency', 'danger'), ('current_round__gte', 3), _connector='OR')), fields=['tenant', 'id'], name='call_to_watch'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['answered', 'archived', 'callback', 'closed', 'declined', 'dispatched', 'disputed', 'need_info', 'refusal', 'reopened', 'scheduled', 'submitted', 'suspended', 'triage', 'withdrawn', 'working'])), name='call_state_known'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refusal'), _negated=True), models.Q(('refusal_approver', None), ('refusal_proposer__isnull', False)), _connector='OR'), name='call_refusal_proposed'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('refusal_approver', None), models.Q(('refusal_proposer__isnull', False), models.Q(('refusal_proposer', models.F('refusal_approver')), _negated=True)), _connector='OR'), name='call_refusal_by_another'),
        ),
        # What was decided before there was a proposal stays as it was.
        AddConstraintNotValid(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decline_code', 'UNCOOPERATIVE'), _negated=True), ('refusal_approver__isnull', False), _connector='OR'), name='call_uncooperative_approved'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['acceptance', 'adjudication', 'answer', 'callback', 'contact', 'decline', 'decline_reply', 'dispatch', 'dispute', 'duty', 'evidence', 'extension', 'extension_reply', 'information', 'meeting', 'message', 'milestone', 'note', 'pause', 'pause_refusal', 'plan', 'question', 'rating', 'removal', 'reopening', 'resumption', 'return', 'stage_report', 'supervision', 'told_path', 'visit', 'withdrawal'])), name='note_kind_known'),
        ),
    ]
