"""Settings of the database: what they mean, and the sentence when they mean nothing."""

from pathlib import Path

import pytest

from qiying.config.database import databases, is_embedded
from qiying.config.database._address import SOCKET_FILE, SOCKET_PATH_LIMIT, socket_folder
from qiying.config.environment import Environment, SettingError


def given(**values: str) -> Environment:
    return Environment({f"QIYING_{name}": value for name, value in values.items()})


def test_without_an_address_both_roles_use_the_embedded_server(tmp_path: Path) -> None:
    environment = given(VAR=str(tmp_path))
    described = databases(environment)
    assert is_embedded(environment)
    assert {alias: each["USER"] for alias, each in described.items()} == {
        "default": "qiying_app",
        "owner": "qiying_owner",
    }
    assert described["default"]["HOST"] == described["owner"]["HOST"] == str(tmp_path / "postgres")
    assert not (tmp_path / "postgres").exists(), "describing must not start or make anything"


def test_an_address_is_read_with_its_escapes_and_options() -> None:
    described = databases(
        given(DATABASE_URL="postgresql://ap%40p:s%3Acret@db.example:6432/zo%2Fne?sslmode=require")
    )["default"]
    assert (described["USER"], described["PASSWORD"]) == ("ap@p", "s:cret")
    assert (described["HOST"], described["PORT"]) == ("db.example", "6432")
    assert described["NAME"] == "zo/ne"
    assert described["OPTIONS"]["sslmode"] == "require"


def test_an_address_may_name_a_socket() -> None:
    described = databases(
        given(DATABASE_URL="postgresql://app@/zone?host=/run/postgresql&port=5433")
    )["default"]
    assert (described["HOST"], described["PORT"]) == ("/run/postgresql", "5433")
    assert "host" not in described["OPTIONS"]


def test_the_owner_has_an_address_of_its_own_or_the_same() -> None:
    app = "postgresql://app@h/zone"
    assert databases(given(DATABASE_URL=app))["owner"]["USER"] == "app"
    both = databases(given(DATABASE_URL=app, DATABASE_OWNER_URL="postgresql://own@h/zone"))
    assert both["owner"]["USER"] == "own"


def test_only_the_application_is_limited_in_time_and_pooled() -> None:
    described = databases(given(DATABASE_POOL="6"))
    assert "statement_timeout=15s" in described["default"]["OPTIONS"]["options"]
    assert described["default"]["OPTIONS"]["pool"]["max_size"] == 6
    assert described["owner"]["OPTIONS"] == {}
    assert "pool" not in databases(given())["default"]["OPTIONS"]


@pytest.mark.parametrize(
    "address",
    [
        "mysql://app@h/zone",
        "app:secret@h/zone",
        "postgresql://app:secret@h:port/zone",
        "postgresql://app:secret@h:99999/zone",
        "postgresql://app:secret@[h/zone",
        "postgresql://h/zone",
        "postgresql://app:secret@h",
        "postgresql://app:secret@h/",
    ],
)
def test_a_malformed_address_stops_with_a_sentence_that_shows_no_password(
    address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with pytest.raises(SettingError) as caught:
        databases(given(DATABASE_URL=address))
    said = capsys.readouterr().err
    assert caught.value.code == 2
    assert "QIYING_DATABASE_URL" in said
    assert "postgresql://user:password@host:5432/name" in said
    assert "secret" not in said


@pytest.mark.parametrize("text", ["-1", "many", "1.5", "201"])
def test_a_malformed_pool_stops_with_a_sentence(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingError):
        databases(given(DATABASE_POOL=text))
    assert "QIYING_DATABASE_POOL" in capsys.readouterr().err


def test_the_sentence_is_chinese_in_a_chinese_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SettingError):
        databases(given(DATABASE_URL="mysql://app@h/zone"))
    assert "请写成" in capsys.readouterr().err


def test_an_unknown_setting_stops_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingError):
        given(DATABSE_URL="postgresql://app@h/zone")
    assert "QIYING_DATABASE_URL" in capsys.readouterr().err


def test_a_long_folder_gets_its_socket_in_a_short_one(tmp_path: Path) -> None:
    short, long = Path("/srv/qiying/postgres"), tmp_path / ("x" * 120)
    assert socket_folder(short) == short
    assert socket_folder(long) != long
    assert socket_folder(long) == socket_folder(long)
    assert socket_folder(long) != socket_folder(tmp_path / ("y" * 120))
    assert len(bytes(socket_folder(long) / SOCKET_FILE)) <= SOCKET_PATH_LIMIT
