"""The ways an operation can say no. Interfaces translate them once; codes, never sentences."""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):  # noqa: N818
    """Base of every refusal: a stable code, and numbers or names for the sentence.

    ``code`` is looked up in ``kernel.problems`` (and in the slices' own tables) to find the
    sentence in the reader's language; ``params`` fill it.
    """

    status = 400

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Any] = params


class Invalid(Problem):
    """The input itself is wrong (422). ``fields`` names the places: {field: code}."""

    status = 422

    def __init__(self, code: str, fields: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.fields = dict(fields or {})


class Refused(Problem):
    """The rules do not allow it now (409)."""

    status = 409


class Denied(Problem):
    """This actor may not do it (403)."""

    status = 403


class NotFound(Problem):
    """No such record, or not visible to this actor (404)."""

    status = 404


class Throttled(Problem):
    """Too many attempts; try again later (429)."""

    status = 429
