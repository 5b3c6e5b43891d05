"""The standard door, asked over a live server by clients that nobody here wrote."""

import io
import itertools
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import Open311Client, ValidationError
from civicbot.registry import Endpoint
from django.utils import timezone
from georeport import GeoReport
from PIL import Image

from qiying.kernel import files, people, tenancy
from qiying.kernel.access import Role, stand_in
from qiying.slices.calls import operations
from qiying.slices.calls.models import Call
from tests.slices.world import INSIDE, MATTERS, World, make_world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
LON, LAT = INSIDE


@dataclass
class Door:
    url: str
    key: str
    world: World
    code: str

    @property
    def v2(self) -> str:
        return f"{self.url}/open311/v2"

    def file(self, text: str = "路灯不亮", **more: Any) -> str:
        body = {"service_code": self.code, "lat": LAT, "long": LON, "description": text}
        body |= {"api_key": self.key, "jurisdiction_id": "lc", **more}
        reply = httpx.post(f"{self.v2}/requests.json", data=body)
        assert reply.status_code == 200, reply.text
        return str(reply.json()[0]["service_request_id"])

    def accept(self) -> None:
        """The desk takes on what was filed: from then on everybody may read of it."""
        with tenancy.reading(self.world.system):
            waiting = list(Call.objects.filter(accepted_at=None))
        for call in waiting:
            operations.accept(stand_in(call.tenant_id, Role.DESK), call.pk, now=timezone.now())

    def calls(self) -> int:
        with tenancy.reading(self.world.system):
            return Call.objects.count()


@pytest.fixture
def door(live_server: Any) -> Door:
    world = make_world(matters=(*MATTERS, "M078"))
    _row, key = people.issue_key(world.keeper, "测试客户端", now=timezone.now())
    services = httpx.get(f"{live_server.url}/open311/v2/services.json").json()
    return Door(live_server.url, key, world, services[0]["service_code"])


@pytest.mark.parametrize("fmt", ["json", "xml"])
def test_georeport_reads_services_definitions_and_requests(door: Door, fmt: str) -> None:
    first, second = door.file("一号路路灯不亮"), door.file("二号路路灯不亮")
    door.accept()
    client = GeoReport(door.v2, jurisdiction="lc", output_format=fmt)
    codes = [s["service_code"] for s in client.get_service_list()]
    assert door.code in codes
    assert client.get_service_definition(door.code)["service_code"] == door.code
    found = {r["service_request_id"] for r in client.get_service_requests()}
    assert {first, second} <= found
    one = client.get_service_request(first)
    assert one["service_request_id"] == first
    assert one["status"] == "open"


@pytest.fixture
def civic(door: Door) -> Open311Client:
    endpoint = Endpoint(id="lc", name="澜川", base_url=door.v2, write=True)
    transport = HttpTransport(rate_limiter=RateLimiter(0))
    return Open311Client(endpoint, transport, jurisdiction_id="lc")


def test_civicbot_files_a_request_after_validating_it_against_us(
    door: Door, civic: Open311Client
) -> None:
    sent = civic.create_request(
        door.code,
        lat=LAT,
        lng=LON,
        description="厂区门口路灯不亮",
        attributes={"URGENCY": "urgent", "OBJECT_KIND": "public_place"},
        first_name="张",
        last_name="三",
        api_key=door.key,
        dry_run=False,
        confirm="SEND",
        validate_remote=True,
    )
    number = sent.response[0]["service_request_id"]
    door.accept()
    assert civic.get_request(number)["service_request_id"] == number
    assert civic.get_token(number)[0]["service_request_id"] == number
    assert [r["service_request_id"] for r in civic.list_requests(status="open")] == [number]
    assert civic.list_requests(status="closed") == []
    with tenancy.reading(door.world.system):
        call = Call.objects.get()
    assert (call.contact_name, call.urgency, call.object_kind) == (
        "张三",
        "urgent",
        "public_place",
    )


def test_civicbot_refuses_what_our_definition_does_not_offer(
    door: Door, civic: Open311Client
) -> None:
    with pytest.raises(ValidationError):
        civic.create_request(
            door.code,
            lat=LAT,
            lng=LON,
            attributes={"URGENCY": "whenever"},
            validate_remote=True,
        )


def test_civicbot_is_refused_with_a_wrong_key(door: Door, civic: Open311Client) -> None:
    with pytest.raises(HttpError) as error:
        civic.create_request(
            door.code, lat=LAT, lng=LON, api_key="wrong", dry_run=False, confirm="SEND"
        )
    assert error.value.status == 403
    assert '"code"' in error.value.body
    assert door.calls() == 0


def test_chicagorequests_pages_through_everything(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    import chicagorequests  # noqa: PLC0415  heavy, for this test only

    numbers = [door.file(f"第{n}盏路灯") for n in range(5)]
    door.accept()
    monkeypatch.setattr(chicagorequests.Downloader, "BASE_URL", f"{door.v2}/requests.json")
    now = datetime.now(UTC)
    fetch = chicagorequests.Downloader(
        updated_start_date=(now - timedelta(days=1)).isoformat(),
        updated_end_date=(now + timedelta(days=1)).isoformat(),
    )
    rows = fetch((now - timedelta(days=1), now + timedelta(hours=1)))
    assert [r["service_request_id"] for r in rows] == numbers


def test_three_files_with_a_picture_and_reads_back(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``three`` of 2013 imports a name that Python 3 dropped; one line gives it back."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    from three import Three  # noqa: PLC0415  after the shim

    client = Three(f"{door.url}/open311/v2", api_key=door.key, jurisdiction="lc")
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    picture.name = "lamp.png"
    picture.seek(0)
    posted = client.post(
        door.code, lat=LAT, long=LON, description="路灯不亮", name="三 张", media=picture
    )
    number = posted[0]["service_request_id"]
    door.accept()
    assert client.discovery()["endpoints"][0]["url"] == door.v2
    assert [s["service_code"] for s in client.services()]
    assert client.services(door.code)["service_code"] == door.code
    assert client.request(number)[0]["service_request_id"] == number
    assert client.requests(door.code)[0]["service_request_id"] == number
    assert client.token(number)[0]["service_request_id"] == number
    with tenancy.reading(door.world.system):
        call = Call.objects.get()
        assert len(files.list_for(door.world.system, call)) == 1
    assert call.contact_name == "三张"
    refused = client.post("NOPE", lat=LAT, long=LON)
    assert refused[0]["code"] == "404"


def test_discovery_is_exact_where_validators_compare(door: Door) -> None:
    for path in ("/open311/discovery", "/open311/v2/discovery"):
        for fmt, kind in (("xml", "text/xml"), ("json", "application/json")):
            reply = httpx.get(f"{door.url}{path}.{fmt}")
            assert reply.headers["Content-Type"] == kind
    found = httpx.get(f"{door.url}/open311/discovery.json").json()
    assert len(found["endpoints"]) == 2
    assert {e["specification"] for e in found["endpoints"]} == {
        "http://wiki.open311.org/GeoReport_v2"
    }
    assert not found["endpoints"][0]["url"].endswith("/")


def test_a_definition_has_no_empty_element(door: Door) -> None:
    root = ET.fromstring(httpx.get(f"{door.v2}/services/{door.code}.xml").content)  # noqa: S314
    assert root.tag == "service_definition"
    for element in root.iter():
        assert len(element) or (element.text or "").strip(), element.tag


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests/QY-000000-999.json", 404),
        ("services/NOPE.json", 404),
        ("requests.json?jurisdiction_id=elsewhere", 404),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?end_date=0001-01-01", 400),
        ("requests.json?end_date=0001-01-01T00:00:00%2B08:00", 400),
        ("requests.json?updated_after=9999-12-31T23:59:59-12:00", 400),
        ("tokens/none.json", 404),
    ],
)
def test_every_error_has_a_body_in_the_format_asked(door: Door, path: str, status: int) -> None:
    reply = httpx.get(f"{door.v2}/{path}")
    assert reply.status_code == status
    assert reply.json()[0]["description"]
    as_xml = httpx.get(f"{door.v2}/{path.replace('.json', '.xml')}")
    assert ET.fromstring(as_xml.content).find("error/description") is not None  # noqa: S314


def test_every_fault_of_a_request_is_told_at_once(door: Door) -> None:
    body = {"api_key": door.key, "lat": "x", "description": "长" * 4001}
    reply = httpx.post(f"{door.v2}/requests.json", data=body)
    assert reply.status_code == 400
    assert len(reply.json()) >= 3


def test_past_the_end_is_an_empty_list(door: Door) -> None:
    door.file()
    reply = httpx.get(f"{door.v2}/requests.json?page=9&page_size=1")
    assert (reply.status_code, reply.json()) == (200, [])
    assert httpx.get(f"{door.v2}/requests.xml?page=9&page_size=1").text.endswith(
        "<service_requests />"
    )


def test_parameters_may_stand_in_the_query_or_the_body(door: Door) -> None:
    body = {"service_code": door.code, "lat": LAT, "long": LON, "unknown": "x", "email": ""}
    reply = httpx.post(f"{door.v2}/requests.json?jurisdiction_id=lc&api_key={door.key}", data=body)
    assert reply.status_code == 200


def test_a_repeated_key_files_once(door: Door) -> None:
    body = {"service_code": door.code, "lat": LAT, "long": LON, "api_key": door.key}
    replies = [
        httpx.post(f"{door.v2}/requests.json", data=body, headers={"Idempotency-Key": "k1"})
        for _ in range(3)
    ]
    assert len({r.json()[0]["service_request_id"] for r in replies}) == 1
    assert door.calls() == 1


def test_contact_data_and_words_stay_with_the_key_that_filed(door: Door) -> None:
    number = door.file(
        "第一行\n联系我 13900001234", phone="13900001234", first_name="张", last_name="三"
    )
    door.accept()
    public = httpx.get(f"{door.v2}/requests/{number}.json").text
    assert number in public
    for secret in ("13900001234", "张三", "第一行"):
        assert secret not in public, secret
    own = httpx.get(f"{door.v2}/requests/{number}.json?api_key={door.key}").text
    assert "联系我" in own
    assert "张三" not in own


def test_times_are_utc_in_whole_seconds_and_places_are_numbers(door: Door) -> None:
    number = door.file()
    door.accept()
    row = httpx.get(f"{door.v2}/requests/{number}.json").json()[0]
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        datetime.strptime(row[name], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
    assert (row["lat"], row["long"]) == (LAT, LON)
    assert all(isinstance(row[n], str) for n in ("service_request_id", "service_code"))


def test_nothing_is_listed_before_it_was_accepted(door: Door) -> None:
    number = door.file()
    for path in (f"requests/{number}.json", f"tokens/{number}.json"):
        assert httpx.get(f"{door.v2}/{path}").status_code == 404
        assert httpx.get(f"{door.v2}/{path}?api_key={door.key}").status_code == 200
    assert httpx.get(f"{door.v2}/requests.json").json() == []
    assert httpx.get(f"{door.v2}/requests.json?service_request_id={number}").json() == []
    door.accept()
    assert [r["service_request_id"] for r in httpx.get(f"{door.v2}/requests.json").json()] == [
        number
    ]


def test_a_firm_that_calls_shows_the_public_its_matter_only(door: Door) -> None:
    """A call that a firm raised itself: nobody but its key reads words, address or exact place."""
    firm = {"longitude": 119.2063, "latitude": 29.0041, "address": "创业路 18 号"}
    door.world.firm("宏达", None, **firm)
    boss = door.world.person("boss", Role.ENTERPRISE, firm="宏达")
    call = operations.receive(
        boss,
        enterprise_id=door.world.firms["宏达"],
        title="宏达门口塌陷",
        text="宏达公司门口路面塌陷，货车出不去",
        matter_code=door.code,
        now=timezone.now(),
    )
    assert call.is_public
    assert call.position_source == "registered"
    door.accept()
    reply = httpx.get(f"{door.v2}/requests/{call.number}.json")
    row = reply.json()[0]
    assert row["description"] == row["service_name"]
    assert (row["lat"], row["long"]) == (29.005, 119.205)
    for secret in ("宏达", "塌陷", "创业路", "119.2063"):
        assert secret not in reply.text, secret


def test_the_key_reads_back_what_it_filed(door: Door) -> None:
    number = door.file("一号路路灯不亮", address_string="一号路 3 号")
    row = httpx.get(f"{door.v2}/requests/{number}.json?api_key={door.key}").json()[0]
    assert (row["description"], row["address"]) == ("一号路路灯不亮", "一号路 3 号")
    assert (row["lat"], row["long"]) == (LAT, LON)
