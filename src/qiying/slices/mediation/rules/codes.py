"""The codes of a mediation. What the law says of them stands in ``law``."""

from enum import StrEnum


class Kind(StrEnum):
    """What a dispute is about."""

    CONTRACT = "contract"
    LABOUR = "labour"
    ARREARS = "arrears"
    SUPPLY = "supply"
    LEASE = "lease"
    LAND = "land"
    NEIGHBOUR = "neighbour"
    HARM = "harm"
    OTHER = "other"


class State(StrEnum):
    REGISTERED = "registered"
    DECLINED = "declined"
    MEDIATING = "mediating"
    REAPPOINTING = "reappointing"
    DRAFTED = "drafted"
    EFFECTIVE = "effective"
    BREACHED = "breached"
    PERFORMED = "performed"
    FAILED = "failed"
    ARCHIVED = "archived"


class Side(StrEnum):
    APPLICANT = "applicant"
    RESPONDENT = "respondent"
    THIRD = "third"


class Consent(StrEnum):
    """Whether a party wants to be mediated; nobody is taken for willing."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Way(StrEnum):
    """How consent or signature was given."""

    ONLINE = "online"
    SIGNATURE = "signature"
    SEAL = "seal"
    FINGERPRINT = "fingerprint"
    ORAL = "oral"


class Form(StrEnum):
    WRITTEN = "written"
    ORAL = "oral"


class SessionState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class TermState(StrEnum):
    OPEN = "open"
    PERFORMED = "performed"
    BROKEN = "broken"


class Confirmation(StrEnum):
    """Judicial confirmation of the agreement."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Decline(StrEnum):
    """Why a dispute cannot be mediated here."""

    IN_COURT = "in_court"
    IN_ARBITRATION = "in_arbitration"
    CRIMINAL = "criminal"
    ADMINISTRATIVE = "administrative"
    NOT_OURS = "not_ours"


class Recusal(StrEnum):
    """Why a mediator stands back."""

    RELATIVE = "relative"
    INTEREST = "interest"
    RELATION = "relation"
    PARTY_ASKED = "party_asked"
    OTHER = "other"


class Failure(StrEnum):
    """Why a mediation ended without an agreement."""

    REFUSED = "refused"
    STOPPED = "stopped"
    NO_AGREEMENT = "no_agreement"


class Path(StrEnum):
    """Where a party can go instead."""

    LABOUR_ARBITRATION = "labour_arbitration"
    ARBITRATION = "arbitration"
    LAND_ARBITRATION = "land_arbitration"
    COURT = "court"
    PAYMENT_ORDER = "payment_order"
    ENFORCEMENT = "enforcement"
    ADMINISTRATION = "administration"
    POLICE = "police"


class Capacity(StrEnum):
    """In what capacity somebody takes a step; one person has one in a case."""

    PARTY = "party"
    MEDIATOR = "mediator"
    DESK = "desk"
    OPENER = "opener"
    CALLER = "caller"


class Audience(StrEnum):
    """Who reads a note: everybody in the case, or the house."""

    ALL = "all"
    HOUSE = "house"


TALKING = frozenset({State.REGISTERED, State.MEDIATING, State.REAPPOINTING, State.DRAFTED})
"""Before an agreement is in force."""
SETTLED = frozenset({State.EFFECTIVE, State.BREACHED, State.PERFORMED})
OVER = frozenset({State.DECLINED, State.PERFORMED, State.BREACHED, State.FAILED})
"""Nothing more is mediated; the papers can be put away."""
ENDED = OVER | {State.ARCHIVED}
FOUNDED_ON_CONSENT = frozenset(State) - {
    State.REGISTERED,
    State.DECLINED,
    State.FAILED,
    State.ARCHIVED,
}
"""States that a case reaches only when every party agreed to be mediated."""
MAX_TITLE, MAX_TEXT, MAX_PARTIES, MAX_TERMS = 80, 4000, 12, 20
