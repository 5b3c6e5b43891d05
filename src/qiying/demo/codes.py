"""Codes with check characters: the unified social credit code and the organisation code in it."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

#: Registered with the market authority (9) as a company (1) or an individual business (2).
COMPANY = "91"
INDIVIDUAL = "92"


def credit_code(kind: str, county: str, serial: int) -> str:
    """The 18-character code (GB 32100-2015) of the serial-th entity of a county.

    Parameters
    ----------
    kind
        `COMPANY` or `INDIVIDUAL`.
    county
        Six digits.
    serial
        0 or more; distinct serials give distinct codes.
    """
    body = kind + county + organisation_code(serial)
    total = sum(
        _ALPHABET.index(character) * weight
        for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return body + _ALPHABET[-total % 31]


def organisation_code(serial: int) -> str:
    """The nine-character organisation code (GB 11714-1997) in the series of new registrations."""
    digits = ""
    rest = serial
    for _ in range(5):
        rest, place = divmod(rest, 31)
        digits = _ALPHABET[place] + digits
    body = f"MAD{digits}"
    total = sum(
        _ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))
