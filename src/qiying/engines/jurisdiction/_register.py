from dataclasses import dataclass, fields

from qiying.engines.jurisdiction._codes import GRADES, Basis, Status, UnitKind


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that may lead or co-handle."""

    code: str
    kind: UnitKind

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError("unit: the code is empty")
        object.__setattr__(self, "kind", UnitKind(self.kind))


@dataclass(frozen=True, slots=True)
class Matter:
    """One row of the register.

    Parameters
    ----------
    code, status, basis
        The matter, what the register says about its owner, and by what its lead is found.
    lead_inside, lead_outside
        Unit codes as they stand in the row's lead cell: the first leads, further ones are
        co-handlers. ``LOCAL_TOWNSHIP`` stands for the township that holds the object. Empty:
        the matter does not arise on that side.
    co_inside, co_outside
        Co-handlers by side, in the row's order.
    lead_before_reform
        Who led before the reform, normally the zone's unit; empty: the zone did not carry it.
    is_resident_matter
        By its nature a resident's matter, whatever the object is.
    is_public
        Carried for callers; no rule asks it.
    source, article, grade
        What the row rests on, carried into the reasons.
    """

    code: str
    status: Status
    basis: Basis
    lead_inside: tuple[str, ...] = ()
    lead_outside: tuple[str, ...] = ()
    co_inside: tuple[str, ...] = ()
    co_outside: tuple[str, ...] = ()
    lead_before_reform: tuple[str, ...] = ()
    is_resident_matter: bool = False
    is_public: bool = False
    source: str = ""
    grade: str = "D"
    article: str = ""

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError("matter: the code is empty")
        if self.grade not in GRADES:
            raise ValueError(f"matter {self.code}: unknown evidence grade {self.grade!r}")
        object.__setattr__(self, "status", Status(self.status))
        object.__setattr__(self, "basis", Basis(self.basis))
        for name in CELLS:
            _freeze_cell(self, name)
        if not self.lead_inside and not self.lead_outside:
            raise ValueError(f"matter {self.code}: nobody leads on either side")

    @property
    def is_department(self) -> bool:
        """A statutory department leads it wherever the object lies.

        What a statute places on the zone stays with it, whatever basis the row names.
        """
        is_by_basis = Basis.DEPT is self.basis and Status.LOCK is not self.status
        return Status.DEPT is self.status or is_by_basis

    @property
    def is_township(self) -> bool:
        """The township leads it on both sides of the wall."""
        return Status.STRIP is self.status or Basis.TOWNSHIP is self.basis

    @property
    def bars_companies(self) -> bool:
        """A company is never lead of a locked or a departmental matter."""
        return Status.LOCK is self.status or self.is_department


CELLS = tuple(field.name for field in fields(Matter) if field.name.startswith(("lead_", "co_")))


def _freeze_cell(matter: Matter, name: str) -> None:
    cell = getattr(matter, name)
    if isinstance(cell, str):
        # A bare string would otherwise be read as one unit per letter.
        raise ValueError(f"matter {matter.code}: {name} is a string, give a tuple of unit codes")
    codes = tuple(cell)
    if len(set(codes)) != len(codes) or not all(codes):
        raise ValueError(f"matter {matter.code}: {name} has an empty or repeated unit code")
    object.__setattr__(matter, name, codes)
