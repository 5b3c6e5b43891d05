"""Boundaries for maps: matched, simplified together, refused feature by feature, drawn."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qiying.kernel import tenancy
from qiying.kernel.errors import Denied, Invalid
from qiying.slices.indices import operations, queries
from qiying.slices.indices.rules.boundaries import NoDrawingError, drawn
from tests.slices.indices import steps
from tests.slices.world import World

PLACES = {"330102": "上城区", "330825": "龙游县", "330881": "江山市"}


def square(west: float, south: float, **properties: Any) -> dict[str, Any]:
    east, north = west + 1, south + 1
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


GOOD = (square(119, 29, adcode=330825), square(120, 29, name="江山市"))


def test_places_are_matched_by_code_or_name_and_keep_their_common_line() -> None:
    drawing, faults = drawn(collection(*GOOD), PLACES)
    assert drawing is not None
    assert not faults
    assert set(drawing.paths) == {"330825", "330881"}
    assert drawing.paths["330825"].count("500") == 2
    assert drawing.paths["330881"].count("500") == 2
    assert 560 < drawing.height < 580


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        (square(119, 29, adcode="999999"), "indices.cell.place"),
        (square(119, 29), "indices.cell.place"),
        ("x", "indices.cell.place"),
        (square(219, 29, adcode=330102), "indices.boundary.degrees"),
        ({**GOOD[0], "geometry": {"type": "Point", "coordinates": [1, 2]}}, "indices.boundary.kind"),
        ({**GOOD[0], "geometry": {"type": "Polygon", "coordinates": [[[1]]]}}, "indices.boundary.shape"),
        ({**GOOD[0], "geometry": {"type": "Polygon"}}, "indices.boundary.shape"),
        ({**GOOD[0], "geometry": None}, "indices.boundary.kind"),
        (GOOD[1], "indices.boundary.twice"),
    ],
)  # fmt: skip
def test_a_feature_that_cannot_be_used_is_named_with_its_number(feature: Any, code: str) -> None:
    _drawing, faults = drawn(collection(GOOD[1], feature), PLACES)
    assert [(f.row, f.code) for f in faults] == [(2, code)]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"features": 3}', '{"features": []}', "[" * 10**5]
)
def test_what_is_no_collection_is_refused(text: str) -> None:
    with pytest.raises(NoDrawingError):
        drawn(text, PLACES)


def bring(world: World, text: str, who: str = "analyst", **more: Any) -> Any:
    given = {"source": "虚构底图", "approval": "GS(2024)0650号", **more}
    return operations.bring_boundaries(
        world.actor(who), file_name="边界.geojson", text=text, now=world.now, **given
    )


def test_with_one_bad_feature_nothing_is_drawn_unless_the_good_ones_are_wanted(
    world: World,
) -> None:
    bad = collection(*GOOD, square(119, 29, name="别处"))
    refused = bring(world, bad)
    assert (refused.is_current, refused.paths, len(refused.faults)) == (False, {}, 1)
    with tenancy.reading(world.system):
        assert queries.boundaries(world.system) is None
    kept = bring(world, bad, is_good_only=True)
    assert (kept.is_current, set(kept.paths)) == (True, {"330825", "330881"})
    again = bring(world, collection(GOOD[0]))
    with tenancy.reading(world.system):
        found = queries.boundaries(world.system)
    assert found is not None
    assert (found.pk, set(found.paths)) == (again.pk, {"330825"})


def test_without_an_approval_or_a_known_place_nothing_is_kept(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        bring(world, collection(*GOOD), approval=" ")
    assert set(caught.value.fields) == {"approval"}
    with pytest.raises(Invalid) as caught:
        bring(world, collection(square(119, 29, name="别处")), is_good_only=True)
    assert caught.value.fields == {"file": "indices.boundary.none"}
    with pytest.raises(Denied):
        bring(world, collection(*GOOD), who="desk")


def test_the_map_of_a_run_is_drawn_by_boundaries_with_their_approval(world: World) -> None:
    steps.bring(world, steps.rows(world))
    run = operations.run_edition(world.actor("analyst"), steps.edition(world).pk, now=world.now)
    client = Client()
    client.force_login(world.user("analyst"), backend="django.contrib.auth.backends.ModelBackend")
    address = f"/indices/runs/{run.public_id}/"
    assert "boundaries" not in client.get(address).context["map"]
    assert not client.get(address, {"map": "boundaries"}).context["has_boundaries"]
    given = {"source": "虚构底图", "approval": "GS(2024)0650号"}
    file = SimpleUploadedFile("边界.geojson", collection(*GOOD).encode())
    made = client.post("/indices/boundaries/new/", {**given, "file": file})
    assert "龙游县" in client.get(made["Location"]).content.decode()
    page = client.get(address, {"map": "boundaries"})
    assert page.context["map"].count("<path") == 2
    assert "GS(2024)0650号" in page.content.decode()
    plain = client.get("/api/v1/indices/boundaries").json()
    assert set(plain["paths"]) == {"330825", "330881"}
    torn = SimpleUploadedFile("边界.geojson", b"\xff\xfe\x00")
    assert client.post("/indices/boundaries/new/", {**given, "file": torn}).context["form"].errors
