"""Run beside a platform: make the small world of the tests and print what a client needs."""

import json
import os

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")
    django.setup()
    from django.utils import timezone  # noqa: PLC0415  after setup

    from qiying.kernel import people, tenancy  # noqa: PLC0415
    from qiying.slices.mandate import public as mandate  # noqa: PLC0415
    from tests.slices.world import INSIDE, make_world  # noqa: PLC0415

    world = make_world("lc")
    world.firm("宏达")
    key = people.issue_key(world.keeper, "承诺测试", now=timezone.now())[1]
    with tenancy.reading(world.system):
        codes = [
            m.code for m in mandate.matters(world.system, timezone.localdate()) if m.is_public
        ]
    print(json.dumps({"key": key, "code": codes[0], "lon": INSIDE[0], "lat": INSIDE[1]}))  # noqa: T201


if __name__ == "__main__":
    main()
