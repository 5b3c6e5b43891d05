"""The unified social credit code of legal persons and other organisations (GB 32100-2015)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def normalise(text: str) -> str:
    """The code as it is written officially: no blanks, capitals."""
    return "".join(text.split()).upper()


def check_character(body: str) -> str:
    """The 18th character for the first 17.

    Raises
    ------
    ValueError
        When the body does not hold 17 characters of the alphabet.
    """
    if len(body) != LENGTH - 1 or any(c not in _VALUE for c in body):
        raise ValueError("a body has 17 characters of the alphabet")
    total = sum(_VALUE[c] * weight for c, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def fault_of(code: str) -> str | None:
    """The problem's code, or None when the code is sound."""
    if len(code) != LENGTH:
        return "registry.credit_code.length"
    if any(c not in _VALUE for c in code):
        return "registry.credit_code.characters"
    if check_character(code[:-1]) != code[-1]:
        return "registry.credit_code.check"
    return None
