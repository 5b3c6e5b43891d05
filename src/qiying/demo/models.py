"""The one table of the demonstration: what was loaded, and with what it can be entered."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Demonstration(models.Model):
    """A demonstration zone in this database; finished when ``loaded_at`` is set.

    The password and the key stand here in the open because they are printed anyway; they open
    nothing unless ``QIYING_DEMO`` is on (password) or the zone's administrator leaves the key in
    force.
    """

    tenant_code = models.SlugField(_("code of the tenant"), unique=True)
    seed = models.PositiveIntegerField(_("seed"))
    as_of = models.DateField(_("as of"))
    is_small = models.BooleanField(_("small"), default=False)
    accounts = models.JSONField(_("accounts"), default=list)
    password = models.CharField(_("password"), max_length=64, blank=True)
    api_key = models.CharField(_("API key"), max_length=100, blank=True)
    begun_at = models.DateTimeField(_("begun at"))
    loaded_at = models.DateTimeField(_("loaded at"), null=True, blank=True)

    class Meta:
        verbose_name = _("demonstration zone")
        verbose_name_plural = _("demonstration zones")

    def __str__(self) -> str:
        return self.tenant_code
