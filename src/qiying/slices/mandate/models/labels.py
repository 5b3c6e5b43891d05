"""Words for the codes of ``rules``, in the reader's language."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qiying.slices.mandate import rules


class Status(models.TextChoices):
    CORE = rules.Status.CORE.value, _("Zone's own business")
    SHARE = rules.Status.SHARE.value, _("Shared across the wall")
    LOCK = rules.Status.LOCK.value, _("Placed on the zone by statute")
    DEPT = rules.Status.DEPT.value, _("Department's statutory power")
    STRIP = rules.Status.STRIP.value, _("Handed to the locality")


class Basis(models.TextChoices):
    WALL = rules.Basis.WALL.value, _("By the side of the wall")
    ZONE = rules.Basis.ZONE.value, _("By the zone the firm belongs to")
    DEPT = rules.Basis.DEPT.value, _("By the department, wherever it is")
    TOWNSHIP = rules.Basis.TOWNSHIP.value, _("By the local township")
    LINEAR = rules.Basis.LINEAR.value, _("By the owner of the segment")


class Nature(models.TextChoices):
    ENQUIRY = rules.Nature.ENQUIRY.value, _("Enquiry")
    HELP = rules.Nature.HELP.value, _("Request for help")
    COMPLAINT = rules.Nature.COMPLAINT.value, _("Complaint")
    REPORT = rules.Nature.REPORT.value, _("Report of a breach")
    SUGGESTION = rules.Nature.SUGGESTION.value, _("Suggestion")
    RESOURCE = rules.Nature.RESOURCE.value, _("Need of resources")


class TimeKind(models.TextChoices):
    WORKING_DAYS = rules.TimeKind.WORKING_DAYS.value, _("working days")
    CALENDAR_DAYS = rules.TimeKind.CALENDAR_DAYS.value, _("calendar days")
    HOURS = rules.TimeKind.HOURS.value, _("hours")


class Power(models.TextChoices):
    LICENSING = rules.Power.LICENSING.value, _("Licensing")
    PENALTY = rules.Power.PENALTY.value, _("Penalty")
    COERCION = rules.Power.COERCION.value, _("Coercive measure")
    LEVY = rules.Power.LEVY.value, _("Levy")
    PAYMENT = rules.Power.PAYMENT.value, _("Payment")
    ADJUDICATION = rules.Power.ADJUDICATION.value, _("Adjudication")
    CONFIRMATION = rules.Power.CONFIRMATION.value, _("Confirmation")
    REWARD = rules.Power.REWARD.value, _("Reward")
    INSPECTION = rules.Power.INSPECTION.value, _("Supervision and inspection")
    OTHER = rules.Power.OTHER.value, _("Other power")
    PUBLIC_SERVICE = rules.Power.PUBLIC_SERVICE.value, _("Public service")
    ECONOMIC = rules.Power.ECONOMIC.value, _("Economic management")
    SOCIAL = rules.Power.SOCIAL.value, _("Social affairs")


class Duty(models.TextChoices):
    INVEST = rules.Duty.INVEST.value, _("Investment-promotion services")
    BUILD = rules.Duty.BUILD.value, _("Financing and construction")
    ECONOMY = rules.Duty.ECONOMY.value, _("Economic development")
    SOCIAL = rules.Duty.SOCIAL.value, _("Social management")
    INTERNAL = rules.Duty.INTERNAL.value, _("Internal administration")


class Side(models.TextChoices):
    INSIDE = rules.Side.INSIDE.value, _("inside the wall")
    OUTSIDE = rules.Side.OUTSIDE.value, _("outside the wall")


class Part(models.TextChoices):
    LEAD = rules.Part.LEAD.value, _("lead")
    CO = rules.Part.CO.value, _("co-handler")


class DelegationKind(models.TextChoices):
    STATUTORY = rules.DelegationKind.STATUTORY.value, _("By statute")
    AUTHORISED = rules.DelegationKind.AUTHORISED.value, _("Authorised")
    ENTRUSTED = rules.DelegationKind.ENTRUSTED.value, _("Entrusted")
    OUTPOSTED = rules.DelegationKind.OUTPOSTED.value, _("Outposted branch")


class EditionKind(models.TextChoices):
    BEFORE_REFORM = rules.EditionKind.BEFORE_REFORM.value, _("before the reform")
    REFORM = rules.EditionKind.REFORM.value, _("the reform")
    REVISION = rules.EditionKind.REVISION.value, _("revised edition")


class Category(models.TextChoices):
    CORE = "01", _("Core economy")
    SAFETY = "02", _("Safety and emergency")
    ENVIRONMENT = "03", _("Environment")
    ORDER = "04", _("Public safety and order")
    LAW = "05", _("Rule of law and enforcement")
    CITY = "06", _("Traffic and city management")
    MARKET = "07", _("Market supervision")
    SANITATION = "08", _("Sanitation")
    LIVELIHOOD = "09", _("Livelihood")
    SERVICE = "10", _("Education, culture and health")
    COMMUNITY = "11", _("Population and communities")
    PARTY = "12", _("Party, unions and people's congress")
    LAND = "13", _("Land, expropriation and planning")
    RURAL = "14", _("Agriculture, villages and water")
    STATISTICS = "15", _("Statistics and other")


class HandoverState(models.TextChoices):
    SURVEY = "survey", _("Survey of the neighbourhood")
    LISTS = "lists", _("Five lists")
    AGREEMENT = "agreement", _("Hand-over agreement")
    NOTICE = "notice", _("Public notice")
    TRANSFER = "transfer", _("Handed over, to be run together")
    DUAL_RUN = "dual_run", _("Dual run")
    ACCEPT = "accept", _("Accepted by both sides")
    CLOSED = "closed", _("Hand-over closed")
    DISPUTE = "dispute", _("Hand-over in dispute")


class ObjectKind(models.TextChoices):
    ENTERPRISE_PREMISES = rules.ObjectKind.ENTERPRISE_PREMISES.value, _("Enterprise premises")
    WORKSHOP = rules.ObjectKind.WORKSHOP.value, _("Workshop")
    ENTERPRISE_DORMITORY = rules.ObjectKind.ENTERPRISE_DORMITORY.value, _("Enterprise dormitory")
    PORT_YARD = rules.ObjectKind.PORT_YARD.value, _("Port yard")
    CONSTRUCTION_SITE = rules.ObjectKind.CONSTRUCTION_SITE.value, _("Construction site")
    RESIDENTIAL_NEIGHBOURHOOD = (
        rules.ObjectKind.RESIDENTIAL_NEIGHBOURHOOD.value,
        _("Residential neighbourhood"),
    )
    RESIDENT_MATTER = rules.ObjectKind.RESIDENT_MATTER.value, _("A resident's own matter")
    PUBLIC_PLACE = rules.ObjectKind.PUBLIC_PLACE.value, _("Public place")
    SEGMENT = rules.ObjectKind.SEGMENT.value, _("Segment of a road, pipe or river")


LOCAL_TOWNSHIP = _("local township")
"""Stands in a seat for the township that holds the place (属地乡镇)."""

FIELDS = {
    "name_zh": _("Chinese name"),
    "name_en": _("English name"),
    "status": _("Status"),
    "basis": _("Lead found"),
    "nature": _("Nature"),
    "power": _("Class of power"),
    "duty": _("Duty"),
    "grade": _("Evidence"),
    "legal_basis": _("Legal basis"),
    "basis_text": _("Basis as cited"),
    "time_kind": _("Time counted in"),
    "time_amount": _("Time limit"),
    "time_source": _("Source of the time limit"),
    "extension_max": _("Longest extension"),
    "co_amount": _("Co-handler's limit"),
    "is_public": _("Shown to the public"),
    "is_resident_matter": _("A resident's matter"),
    "lead_before_reform": _("Lead before the reform"),
    "office_code": _("Handling office"),
    "keywords_zh": _("Keywords (Chinese)"),
    "keywords_en": _("Keywords (English)"),
    "note_zh": _("Note (Chinese)"),
    "note_en": _("Note (English)"),
    "lead_inside": _("Lead inside the wall"),
    "co_inside": _("Co-handlers inside the wall"),
    "lead_outside": _("Lead outside the wall"),
    "co_outside": _("Co-handlers outside the wall"),
}
CHOICES: dict[str, type[models.TextChoices]] = {
    "status": Status,
    "basis": Basis,
    "nature": Nature,
    "power": Power,
    "duty": Duty,
    "time_kind": TimeKind,
}
STATUS_TONES = {"CORE": "done", "SHARE": "check", "LOCK": "fix", "DEPT": "sent", "STRIP": "way"}
HANDOVER_STEPS = {
    "list": _("Lists drawn up"),
    "agree": _("Agreement signed"),
    "announce": _("Announced to residents"),
    "transfer": _("Hand over"),
    "run_both": _("Begin the dual run"),
    "accept": _("Accept the hand-over"),
    "close": _("Close the hand-over"),
    "extend": _("Extend the dual run"),
    "dispute": _("Raise a dispute"),
    "settle": _("Settle the dispute"),
}
HANDOVER_TONES = {
    "survey": "new",
    "lists": "new",
    "agreement": "sent",
    "notice": "sent",
    "transfer": "way",
    "dual_run": "fix",
    "accept": "check",
    "closed": "done",
    "dispute": "listed",
}
LISTS = {
    "people": _("staff and people"),
    "assets": _("assets handed over"),
    "archives": _("archives and data"),
    "money": _("money and funds"),
    "contracts": _("contracts and open matters"),
}
EVIDENCE = {
    "A": _("the text of the law or an official page was read"),
    "A*": _("law of another province, used by analogy"),
    "B": _("official text on another site, or two independent pages agree"),
    "C": _("one third-party page only"),
    "D": _("our own proposal, no outside rule was found"),
    "K": _("general knowledge, not confirmed"),
    "R": _("a reported figure whose source was not read"),
}
SIDES = {
    "band": _("within the boundary band"),
    "crossing": _("across the boundary"),
    "uncertain": _("too inaccurate to say"),
    "unknown": _("no place"),
}
GROUPS = {
    "zone": _("the zone"),
    "company": _("its company"),
    "community": _("the enterprise community"),
    "department": _("a county department"),
    "utility": _("a utility"),
    "township": _("a township"),
}
"""Leads as a comparison of editions groups them."""
VERSIONS = {"engine": _("engine"), "register": _("register"), "boundaries": _("boundaries")}
TEXTS = {
    "北京市接诉即办工作条例": "Beijing Regulations on Handling Complaints at Once",
    "潍坊市12345政务服务便民热线条例": "Weifang Regulations on the 12345 Hotline",
    "济南市12345市民服务热线条例": "Jinan Regulations on the 12345 Hotline",
    "山东省经济开发区条例": "Shandong Regulations on Economic Development Zones",
    "信访工作条例": "Regulations on Petition Work",
}
"""English names of the texts that the engine itself rests on."""
