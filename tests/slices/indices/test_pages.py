"""Pages and interface of evaluations, in both languages, for those who may open them."""

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from docx import Document
from pypdf import PdfReader
from typer.testing import CliRunner

from qiying.config.cli import _platform, build
from qiying.kernel import documents, tenancy
from qiying.slices.indices import queries
from qiying.slices.indices.rules import plan_from
from tests.slices.indices import steps
from tests.slices.world import World

LANGUAGES = ("zh-hans", "en")


def browser(world: World, who: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


def text_of(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"indices:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


def workbook(*rows: list[Any]) -> SimpleUploadedFile:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("年鉴.xlsx", out.getvalue())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_both_languages(world: World, language: str) -> None:
    run = steps.released(world)
    for who in ("analyst", "leader", "desk"):
        client = browser(world, who, language)
        text_of(client, "home")
        text_of(client, "indicators")
        text_of(client, "edition", run.edition.public_id)
        page = text_of(client, "run", run.public_id)
        assert page.count('<rect class="tile tone-') >= 90
        text_of(client, "unit", run.public_id, "330825")
        text_of(client, "what-if", run.public_id)
    client = browser(world, "analyst", language)
    for name in ("new-indicator", "new-delivery", "new-edition", "deliveries"):
        text_of(client, name)


def test_who_is_not_an_analyst_or_approver_finds_no_run_that_is_not_released(
    world: World,
) -> None:
    run = steps.reckoned(world)
    for name, more in (("run", ()), ("what-if", ()), ("unit", ("330825",))):
        address = reverse(f"indices:{name}", args=[run.public_id, *more])
        assert browser(world, "desk").get(address).status_code == 404
        assert browser(world, "supervisor").get(address).status_code == 200
    api = f"/api/v1/indices/runs/{run.public_id}"
    assert browser(world, "auditor").get(api).status_code == 404
    assert run.content_hash not in text_of(
        browser(world, "desk"), "edition", run.edition.public_id
    )
    deliveries = reverse("indices:deliveries")
    assert browser(world, "desk").get(deliveries).status_code == 403


def test_a_workbook_comes_in_with_every_bad_cell_named_by_place_and_reason(world: World) -> None:
    client = browser(world, "analyst")
    file = workbook(
        ["地区", "年份", "地区生产总值（亿元）", "编造指标"],
        ["龙游县", "2025年", 330.5, 1],
        ["龙泉市", 2025, "约210", 1],
        ["江干区", 2025, 100, 1],
    )
    given = {"file": file, "kind": "statistics", "source": "虚构年鉴", "idempotency_key": "a"}
    answer = client.post(reverse("indices:new-delivery"), given)
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    for word in ("编造指标", "约210", "不是数值。", "该地区在当年年末不存在", "未写入任何数据"):
        assert word in page, page[page.index("<table") :][:3000]
    file.seek(0)
    good = {**given, "file": file, "is_good_only": "on", "idempotency_key": "b"}
    answer = client.post(reverse("indices:new-delivery"), good)
    assert "330.5" in client.get(answer["Location"]).content.decode()
    exported = client.get(answer["Location"], {"format": "csv"}).content.decode("utf-8-sig")
    assert "约210" in exported


def test_a_file_that_is_no_table_is_refused_at_its_field(world: World) -> None:
    file = SimpleUploadedFile("a.xlsx", b"nothing of the kind")
    given = {"file": file, "kind": "statistics", "source": "x", "idempotency_key": "c"}
    answer = browser(world, "analyst").post(reverse("indices:new-delivery"), given)
    assert answer.status_code == 200
    assert "error" in answer.content.decode()


def test_from_a_tree_to_a_released_ranking_by_forms(world: World) -> None:
    steps.bring(world, steps.rows(world))
    analyst, leader = browser(world, "analyst"), browser(world, "leader")
    given = {
        "name": "评价",
        "first_year": 2023,
        "last_year": 2025,
        "kinds": ["statistics"],
        "tree": steps.TREE,
        "plan": steps.PLAN,
        "idempotency_key": "e",
    }
    wrong = analyst.post(reverse("indices:new-edition"), {**given, "tree": "x"})
    assert wrong.status_code == 200
    assert "code,parent,weight" in wrong.content.decode()
    opened = analyst.post(reverse("indices:new-edition"), given)
    run_url = opened["Location"] + "run/"
    first = analyst.post(run_url, {"idempotency_key": "r"})
    again = analyst.post(run_url, {"idempotency_key": "r"})
    assert first.status_code == 303
    assert first["Location"] == again["Location"]
    assert analyst.post(first["Location"] + "release/").status_code == 403
    assert leader.post(first["Location"] + "release/").status_code == 303
    assert leader.post(first["Location"] + "release/").status_code == 409
    assert browser(world, "desk").get(first["Location"]).status_code == 200


def test_the_ranking_sorts_and_its_map_says_the_same(world: World) -> None:
    run = steps.released(world)
    client = browser(world, "desk")
    names = [s.name for s in queries.ranking(run)]
    page = text_of(client, "run", run.public_id)
    assert page.index(f"<b>{names[0]}</b>") < page.index(f"<b>{names[-1]}</b>")
    turned = text_of(client, "run", run.public_id, sort="-rank", year=2024, node="level")
    assert turned.index("data-rows") > 0
    best = queries.ranking(run)[0]
    assert f"{best.name} 1 · {best.score:.2f}" in page
    sheet = client.get(reverse("indices:run", args=[run.public_id]), {"format": "csv"})
    assert run.content_hash in sheet.content.decode("utf-8-sig")
    for odd in ("year=x", "year=99999", "node=%27", "sort=-nothing"):
        address = reverse("indices:run", args=[run.public_id])
        assert client.get(f"{address}?{odd}").status_code == 200


def test_other_weights_move_ranks_in_less_than_a_tenth_of_a_second(world: World) -> None:
    run = steps.released(world)
    client = browser(world, "desk")
    address = reverse("indices:what-if", args=[run.public_id])
    part = {"HX-Request": "true", "HX-Target": "moved"}
    found = client.get(address, {"w-level": "0"}, headers=part).content.decode()
    assert "<html" not in found
    first = next(s.adcode for s in queries.ranking(run, node="sharing") if s.rank == 1)
    assert found.index(f'data-place="{first}"') == found.index("data-place=")
    spent = []
    for weight in ("0.5", "1.5", "3", "4.5", "nan", "-3"):
        begun = time.process_time()
        queries.what_if(run, {"level": min(10.0, max(0.0, float(weight.replace("nan", "1"))))})
        spent.append(time.process_time() - begun)
        assert client.get(address, {"w-level": weight}, headers=part).status_code == 200
    assert min(spent) < 0.1


def test_the_interface_lists_what_every_file_brought(world: World) -> None:
    analyst = browser(world, "analyst")
    table = steps.rows(world)
    first = steps.bring(world, table)
    steps.bring(world, [[*table[0][:3], 9.5, *table[0][4:]]])
    kept = analyst.get("/api/v1/indices/values", {"size": 1}).json()
    assert [d["written"] for d in kept["items"]] == [1]
    older = analyst.get("/api/v1/indices/values", {"size": 1, "cursor": kept["next"]}).json()
    assert [d["id"] for d in older["items"]] == [str(first.public_id)]
    brought = f"/api/v1/indices/values/{first.public_id}/items"
    values = analyst.get(brought, {"size": 3}).json()
    assert [v["indicator"] for v in values["items"]] == list(steps.CODES[:3])
    assert [v["is_current"] for v in values["items"]] == [False, True, True]
    again = analyst.get(brought, {"size": 3, "cursor": values["next"]}).json()["items"]
    assert again[0]["indicator"] == steps.CODES[3]
    for path in ("/api/v1/indices/values", brought):
        assert browser(world, "desk").get(path).status_code == 403
        assert analyst.get(path, {"size": 1000}).status_code == 422


def test_the_interface_does_what_the_pages_do(world: World) -> None:
    analyst, leader = browser(world, "analyst"), browser(world, "leader")

    def post(client: Client, path: str, **body: Any) -> Any:
        return client.post(
            f"/api/v1/indices/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"X-Requested-With": "fetch"},
        )

    table = steps.rows(world)
    headings = ["行政区划代码", "地区", "年份", *steps.CODES]
    sent = {"name": "t", "kind": "statistics", "source": "虚构", "headings": headings}
    assert post(analyst, "values", **sent, rows=table).json()["written"] == len(table) * 4
    short = post(analyst, "values", **sent, rows=[["330825"]]).json()
    assert [f["code"] for f in short["faults"]] == ["indices.cell.year"]
    given = {"name": "评价", "first_year": 2023, "last_year": 2025, "kinds": ["statistics"]}
    opened = post(analyst, "editions", **given, tree=steps.TREE, plan=steps.PLAN).json()
    made = post(analyst, f"editions/{opened['id']}/runs")
    assert made.status_code == 201
    run_id = made.json()["id"]
    assert post(analyst, f"runs/{run_id}/release").status_code == 403
    assert post(leader, f"runs/{run_id}/release").json()["state"] == "released"
    desk = browser(world, "desk")
    ranking = desk.get(f"/api/v1/indices/runs/{run_id}").json()
    assert [p["rank"] for p in ranking["places"]] == list(range(1, 91))
    place = desk.get(f"/api/v1/indices/runs/{run_id}/places/330825").json()
    assert len(place["indicators"]) == 4
    assert desk.get(f"/api/v1/indices/runs/{run_id}/places/000000").status_code == 404
    moved = desk.get(f"/api/v1/indices/runs/{run_id}/what-if", {"weights": "level:0"}).json()
    assert sorted(moved["ranks"].values()) == list(range(1, 91))
    for wrong in ("level", "level:x", "nowhere:1", "level:-1", "level:nan"):
        answer = desk.get(f"/api/v1/indices/runs/{run_id}/what-if", {"weights": wrong})
        assert answer.status_code == 422
    assert desk.get("/api/v1/indices/indicators", {"q": "E16"}).json()["items"][0]["code"] == "E16"


def test_the_command_replays_kept_runs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = steps.released(world)
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    command = ["index", "replay", "--zone", world.tenant.code, "--json"]
    done = CliRunner().invoke(build(), command)
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert [line["kept"] for line in found["runs"]] == [run.content_hash]
    plan = steps.PLAN.replace("high = 100.0", "high = 90.0")
    monkeypatch.setattr(
        "qiying.slices.indices.queries._records.plan_from", lambda _text: plan_from(plan)
    )
    assert CliRunner().invoke(build(), command).exit_code == 1


def test_the_report_says_the_numbers_of_the_ranking_and_the_method_in_words(world: World) -> None:
    run = steps.released(world)
    with tenancy.reading(world.system), translation.override("zh-hans"):
        paper = queries.report(world.actor("desk"), run, {}, now=world.now)
    (ranks,) = [b for b in paper.blocks if getattr(b, "caption", "") == "各单位得分与位次"]
    assert isinstance(ranks, documents.Table)
    for row, standing in zip(ranks.rows, queries.ranking(run), strict=True):
        assert list(row[:3]) == [str(standing.rank), standing.name, f"{standing.score:.2f}"]
    said = "\n".join(b.text for b in paper.blocks if isinstance(b, documents.Paragraph))
    for word in ("政府统计", run.content_hash, "无量纲化：极差标准化", "合成：", "独立程序复核"):
        assert word in said
    assert "虚构数据" in "".join(paper.about)
    assert not [word for word in ("normalise", "minmax", "amean") if word in said]


def test_the_causes_of_the_report_add_up_to_what_the_score_moved(world: World) -> None:
    run = steps.released(world)
    with tenancy.reading(world.system), translation.override("en"):
        paper = queries.report(world.actor("desk"), run, {}, now=world.now)
    tables = [b for b in paper.blocks if isinstance(b, documents.Table)]
    (moves,) = [t for t in tables if t.caption.startswith("Places that rose")]
    for row in moves.rows:
        moved, *parts = (float(cell) for cell in row[2:])
        assert sum(parts) == pytest.approx(moved, abs=0.03)


def test_the_report_is_given_as_pdf_and_docx_by_page_and_command(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = steps.released(world)
    first = queries.ranking(run)[0]
    address = reverse("indices:report", args=[run.public_id])
    paper = browser(world, "desk").get(address)
    words = "".join(p.extract_text() for p in PdfReader(io.BytesIO(paper.content)).pages)
    assert f"{first.score:.2f}" in words.replace("\0", "")
    paper = browser(world, "desk").get(address, {"as": "docx"})
    cells = [c.text for t in Document(io.BytesIO(paper.content)).tables for c in t._cells]
    assert f"{first.score:.2f}" in cells

    monkeypatch.setattr(_platform, "start_django", lambda: None)
    command = ["index", "report", run.edition.number, "--zone", world.tenant.code]
    for name, opening in (("r.pdf", b"%PDF"), ("r.docx", b"PK")):
        done = CliRunner().invoke(build(), [*command, "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).read_bytes().startswith(opening)
    assert CliRunner().invoke(build(), [*command, "--out", "r.odt"]).exit_code == 2
    command[2] = "PJ-000000-001"
    missing = CliRunner().invoke(build(), [*command, "--out", str(tmp_path / "x.pdf")])
    assert missing.exit_code == 2
