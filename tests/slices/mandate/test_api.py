"""The same answers for machines, and as commands."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from typer.testing import CliRunner

from qiying.config.cli import _platform
from qiying.config.cli import mandate as command
from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.slices.mandate import models, operations, public, rules
from tests.slices.mandate.conftest import NOW, REFORM, TODAY, TOWN_EAST, WALL

BASE = "/api/v1/mandate"


@pytest.fixture
def machine(zone: Actor) -> Client:
    _row, secret = people.issue_key(zone, "partner", now=NOW)
    return Client(headers={"X-API-Key": secret, "Accept-Language": "en"})


def question(code: str = "M016", at: tuple[float, float] = WALL, **more: Any) -> dict[str, Any]:
    return {"matter": code, "longitude": at[0], "latitude": at[1], "on": "2026-11-22", **more}


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(f"{BASE}{path}", body, content_type="application/json", headers=headers)


def test_a_machine_asks_whose_job_it_is(machine: Client) -> None:
    answer = post(machine, "/decide", question())
    found = answer.json()
    assert answer.status_code == 200
    assert (found["lead"], found["lead_name"]) == ("ZONE", "Zone Administrative Committee")
    assert found["id"] is None
    assert found["reasons"][1]["sentence"].startswith("A statute places this duty")
    assert post(machine, "/decide", question(at=TOWN_EAST)).json()["lead"] == "TE"


def test_a_kept_decision_is_made_once_per_key_and_replays(zone: Actor, machine: Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = post(machine, "/decisions", question(), **headers)
    again = post(machine, "/decisions", question(), **headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    listed = machine.get(f"{BASE}/decisions").json()["items"]
    assert [row["id"] for row in listed] == [first.json()["id"]]
    one = machine.get(f"{BASE}/decisions/{first.json()['id']}").json()
    assert one["digest"] == first.json()["digest"]
    assert machine.get(f"{BASE}/decisions/{one['id']}/replay").json()["holds"] is True


def test_the_register_is_open_to_machines_by_day_and_publicity(machine: Client) -> None:
    now = machine.get(f"{BASE}/matters", {"on": "2026-11-22"}).json()
    before = machine.get(f"{BASE}/matters", {"on": "2020-01-01"}).json()
    assert len(now) == len(before) == 139
    assert before[71]["inside"]["lead"] == ["ZONE"]
    assert now[71]["inside"]["lead"] == ["LOCAL_TOWNSHIP"]
    shown = machine.get(f"{BASE}/matters", {"public": "true"}).json()
    assert 0 < len(shown) < 139
    assert machine.get(f"{BASE}/matters/M016").json()["legal_basis"][0]["article"] == "9"
    assert machine.get(f"{BASE}/lint", {"on": "2026-11-22"}).json() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"matter": "M999"}, 404),
        ({"longitude": 999}, 422),
        ({"object_kind": "castle"}, 422),
        ({"geometry": {"type": "Circle"}}, 422),
        ({"owner": "NOBODY"}, 422),
        ({"matter": "x" * 40}, 422),
    ],
)
def test_a_faulty_question_gets_a_problem_document(
    machine: Client, body: dict[str, Any], status: int
) -> None:
    answer = post(machine, "/decide", {**question(), **body})
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_strangers_and_firms_do_not_reach_what_is_the_staffs(zone: Actor) -> None:
    assert post(Client(), "/decide", question()).status_code in {401, 403}
    _row, secret = people.issue_key(
        zone, "firm", now=NOW, roles=[Role.ENTERPRISE], enterprise_id=1
    )
    firm = Client(headers={"X-API-Key": secret})
    assert post(firm, "/decide", question()).status_code == 200
    assert firm.get(f"{BASE}/decisions").status_code == 403
    assert firm.get(f"{BASE}/lint").status_code == 403


def test_a_file_of_points_is_decided_as_each_point_would_be(zone: Actor) -> None:
    chance = np.random.default_rng(7)
    codes = [c.code for c in public.matters(zone, TODAY)]
    kinds = list(rules.ObjectKind)
    lines = [
        [
            str(i),
            codes[chance.integers(len(codes))],
            f"{chance.uniform(119.1, 119.3):.6f}",
            f"{chance.uniform(28.95, 29.05):.6f}",
            ["2020-05-01", "2026-11-22", ""][chance.integers(3)],
            kinds[chance.integers(len(kinds))].value,
            ["5", "60", ""][chance.integers(3)],
            ["是", "no", ""][chance.integers(3)],
            ["ZONE_SOE", ""][chance.integers(2)],
            ["1", "", "0"][chance.integers(3)],
        ]
        for i in range(300)
    ]
    head = ["id", "matter", "lon", "lat", "on", "object_kind", "accuracy_m", "belongs_to_zone"]
    head += ["owner", "is_danger"]
    source, sink = io.StringIO(), io.StringIO()
    csv.writer(source).writerows([head, *lines])
    source.seek(0)
    assert operations.decide_file(zone, source, sink, on=TODAY) == 300
    sink.seek(0)
    for row in csv.DictReader(sink):
        found = public.propose(
            zone,
            matter_code=row["matter"],
            on=date.fromisoformat(row["on"] or TODAY.isoformat()),
            longitude=float(row["lon"]),
            latitude=float(row["lat"]),
            object_kind=row["object_kind"],
            accuracy_m=float(row["accuracy_m"] or 5),
            belongs_to_zone={"是": True, "no": False, "": None}[row["belongs_to_zone"]],
            owner_unit_code=row["owner"] or None,
            is_danger=row["is_danger"] == "1",
        )
        if found.rule == "J5" and not row["owner"]:
            continue  # asked one by one, the owner of a road is looked up on the map
        assert (row["lead"], row["rule"]) == (found.lead_code or "", found.rule), row
        assert row["co"] == ";".join(found.co_codes)
        assert row["needs_confirmation"] == str(int(found.needs_confirmation))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("matter,lon\nM001,1\n", "mandate.file_columns", None),
        ("", "mandate.file_columns", None),
        ("matter,lon,lat\nM001,119.2,29\nM999,119.2,29\n", "mandate.file_line", 3),
        ("matter,lon,lat\nM001,119.2,x\n", "mandate.file_line", 2),
        ("matter,lon,lat,on\nM001,119.2,29,yesterday\n", "mandate.file_line", 2),
        ("matter,lon,lat,is_danger\nM001,119.2,29,perhaps\n", "mandate.file_line", 2),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(
    zone: Actor, text: str, code: str, line: int | None
) -> None:
    with pytest.raises(Invalid) as caught:
        operations.decide_file(zone, io.StringIO(text), io.StringIO(), on=TODAY)
    assert caught.value.code == code
    assert caught.value.params.get("line") == line


@pytest.fixture
def run(zone: Actor, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    return lambda *arguments: CliRunner().invoke(command.app, list(map(str, arguments)))


def test_the_command_decides_in_json_and_in_words(run: Any) -> None:
    place = ("--lon", WALL[0], "--lat", WALL[1], "--on", "2026-11-22")
    done = run("decide", "--matter", "M001", *place, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["lead"] == "ZONE"
    assert "[A]" in run("decide", "--matter", "M016", *place).stdout
    assert run("decide", "--matter", "M999", *place).exit_code == 1
    assert run("decide", "--matter", "M001", "--on", "soon").exit_code == 2
    assert run("decide").exit_code == 2


def test_the_command_decides_a_file(run: Any, tmp_path: Path) -> None:
    source, target = tmp_path / "points.csv", tmp_path / "answers.csv"
    source.write_text(f"matter,lon,lat\nM016,{WALL[0]},{WALL[1]}\n")
    done = run("decide", "--file", source, "--out", target, "--on", "2026-11-22")
    assert done.exit_code == 0, done.output
    assert target.read_text().splitlines()[1].endswith(",ZONE,EMB;ETB,inside,J3,0,0")


def test_the_command_lints_compares_and_replays(zone: Actor, desk: Actor, run: Any) -> None:
    assert run("lint", "--on", "2026-11-22").exit_code == 0
    changed = json.loads(run("diff", "2020-01-01", "2026-11-22", "--json").stdout)["changed"]
    assert {c["field"] for c in changed["M072"]} >= {"status", "lead_inside"}
    assert "M072" in run("diff", "2020-01-01", "2026-11-22").stdout
    kept = public.decide(
        desk, matter_code="M001", on=TODAY, now=NOW, longitude=119.2, latitude=29.0
    )
    assert json.loads(run("replay", "--json").stdout) == {
        "decisions": 1,
        "differ": [],
        "holds": True,
    }
    assert run("replay", kept.public_id).exit_code == 0
    operations.revise(
        zone, "M016", effective_on=date(2025, 1, 1), values={"lead_inside": ("EMB",)},
        reason="x", now=NOW,
    )  # fmt: skip
    assert run("lint", "--on", "2026-11-22", "--json").exit_code == 1


def test_the_command_loads_a_file_of_rows(zone: Actor, run: Any, tmp_path: Path) -> None:
    seeds = json.loads(
        (Path(models.__file__).parents[1] / "seeds/matters.json").read_text("utf-8")
    )
    seeds[71]["time"]["amount"] = 8
    seeds.append({**seeds[0], "code": "M140", "name_en": "Another"})
    source = tmp_path / "rows.json"
    source.write_text(json.dumps(seeds), encoding="utf-8")
    assert run("load").exit_code == 1  # the register is not empty
    done = run("load", source, "--on", "2026-12-01", "--reason", "修订")
    assert done.exit_code == 0, done.output
    with tenancy.reading(zone):
        assert models.Matter.objects.count() == 140
    assert public.matter(zone, "M072", date(2026, 12, 1)).time_amount == 8
    assert public.matter(zone, "M072", REFORM).time_amount == 10
    del seeds[5]["code"]
    source.write_text(json.dumps(seeds), encoding="utf-8")
    assert "6" in run("load", source, "--on", "2026-12-02").stderr


def test_figures_follow_from_the_records(zone: Actor) -> None:
    period = (date(2026, 1, 1), date(2027, 1, 1))
    with tenancy.reading(zone):
        before = public.figures(zone, period)
    assert before["A05"] == 102
    assert "A06" not in before
    public.record_handover(
        zone,
        area_key="N1",
        to_unit_code="TE",
        moments=dict.fromkeys(("open", *rules.HANDOVER.steps), NOW),
        lists=dict.fromkeys(rules.LISTS, 3),
        document="协议1号",
    )
    with tenancy.reading(zone):
        found = public.figures(zone, period)
    assert (found["A06"], found["A06.households"], found["A06.residents"]) == (1, 620, 1800)
    assert found["A07"] == 1
    assert found["A08.invest"] > 0
    assert found["A08.build"] > 0
    assert found["A08.social"] < before["A05"]
