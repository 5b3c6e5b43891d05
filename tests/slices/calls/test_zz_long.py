import pytest
from tests.slices.calls.test_machine import drive

pytestmark = pytest.mark.django_db(transaction=True)


def test_long() -> None:
    import cProfile, pstats

    p = cProfile.Profile()
    p.enable()
    try:
        drive(40, 25)
    finally:
        p.disable()
        pstats.Stats(p).sort_stats("cumtime").print_stats(60)
