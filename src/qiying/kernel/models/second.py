"""The second factor of a person; it belongs to the person, whatever the tenant."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SecondFactor(models.Model):
    """The seed of an authenticator (TOTP); it counts once a first code confirmed it."""

    person = models.OneToOneField("kernel.User", models.CASCADE, related_name="+")
    secret = models.TextField(editable=False)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(_("in use since"), null=True)
    last_step = models.BigIntegerField(default=0)
    """The thirty seconds of the last code taken: a code opens once."""
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")

    def __str__(self) -> str:
        return f"{self.person_id}"


class RecoveryCode(models.Model):
    """A code for the day the telephone is lost; a digest, used once."""

    person = models.ForeignKey("kernel.User", models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["person", "digest"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"
