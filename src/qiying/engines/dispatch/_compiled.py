"""The kernel as plain Python or, where numba is installed, compiled from the same lines."""

import importlib
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from qiying.engines.dispatch import _kernel

_found: dict[str, Any] = {}


def is_available() -> bool:
    """Whether the compiled kernel can be had."""
    return _numba() is not None


def kernel(*, compiled: bool | None = None) -> Any:
    """Return the kernel's functions; without a wish the compiled ones where they can be had."""
    if compiled is None:
        compiled = is_available()
    if not compiled:
        return _kernel
    if "kernel" not in _found:
        _found["kernel"] = _translate(_kernel, _numba())
    return _found["kernel"]


def _numba() -> Any:
    if "numba" not in _found:
        try:
            _found["numba"] = importlib.import_module("numba")
        except ImportError:
            _found["numba"] = None
    return _found["numba"]


def _translate(module: ModuleType, numba: Any) -> SimpleNamespace:
    """Give every function of a module a compiled twin whose callees are compiled too."""
    if numba is None:
        raise ModuleNotFoundError("numba")
    names = dict(vars(module))
    own = [f for f in names.values() if isinstance(f, FunctionType)]
    for f in own:
        twin = FunctionType(f.__code__, names, f.__name__, f.__defaults__)
        twin.__module__ = f.__module__
        twin.__qualname__ = f.__qualname__
        names[f.__name__] = numba.njit(cache=True)(twin)
    return SimpleNamespace(
        **{f.__name__: names[f.__name__] for f in own}, INF=names["INF"], HUGE=names["HUGE"]
    )
