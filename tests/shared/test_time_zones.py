"""Which names are time zones, and that their rules come from the package and not from the machine."""

from datetime import UTC, datetime

import pytest

from shared.models.schedule import check_timezone
from shared.time_zones import machine_zone, time_zone, time_zone_names


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Shanghai", "America/Argentina/Ushuaia", "GMT+0"])
def test_a_zone_is_known_by_its_name(name: str) -> None:
    assert check_timezone(name) == name
    assert time_zone(name).key == name


@pytest.mark.parametrize(
    "name", ["localtime", "Factory", "posixrules", "", "europe/berlin", "../etc/passwd", "Europe", "Mars/Olympus", "\0"]
)
def test_what_is_no_zone_on_every_machine_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="use an IANA name such as UTC"):
        check_timezone(name)


def test_every_name_can_be_loaded() -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    assert all(now.astimezone(time_zone(name)) == now for name in time_zone_names())


def test_the_machine_has_a_zone_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Europe/Paris")
    assert machine_zone() == "Europe/Paris"
    monkeypatch.setenv("TZ", "localtime")
    assert machine_zone() in time_zone_names()
