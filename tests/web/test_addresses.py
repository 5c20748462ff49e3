"""Whose address the ledger keeps: never what somebody claims about themselves."""

from __future__ import annotations

from typing import Any

import pytest

from halfsky.audit.models import Event
from halfsky.web.addresses import Proxies
from tests.web.conftest import visitor


@pytest.mark.parametrize(
    ("setting", "remote", "forwarded", "client"),
    [
        ("", "10.0.0.9", "1.2.3.4", "10.0.0.9"),  # no proxies: the header is hearsay
        ("1", "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("1", "10.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),  # what came before the proxy's own word is made up
        ("2", "10.0.0.1", "1.2.3.4, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("1", "10.0.0.1", "", "10.0.0.1"),
        ("1", "10.0.0.1", "nonsense", "10.0.0.1"),
        ("2", "10.0.0.1", "<script>, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.0/24", "10.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.0/24", "10.0.0.1", "1.2.3.4, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.0/24", "198.51.100.3", "1.2.3.4", "198.51.100.3"),  # who is no proxy of ours is not believed
        ("10.0.0.0/24, fd00::/8", "fd00::1", "2001:db8::5", "2001:db8::5"),
        ("10.0.0.5", "10.0.0.5", "203.0.113.7:51123", "203.0.113.7"),
        ("10.0.0.5", "10.0.0.5", '"[2001:db8::5]:443"', "2001:db8::5"),
        ("10.0.0.5", "::ffff:10.0.0.5", "203.0.113.7", "203.0.113.7"),
    ],
)
def test_the_address_is_of_whoever_spoke_to_the_outermost_proxy(
    setting: str, remote: str, forwarded: str, client: str
) -> None:
    assert Proxies.of(setting).client(remote, forwarded) == client


@pytest.mark.parametrize("setting", ["proxy.example.org", "10.0.0.0/33", "-1", "10.0.0.1;10.0.0.2"])
def test_a_setting_that_names_no_addresses_stops_the_start(setting: str) -> None:
    with pytest.raises(ValueError):
        Proxies.of(setting)


@pytest.mark.django_db
@pytest.mark.parametrize(("setting", "kept"), [("", "10.0.0.1"), ("1", "203.0.113.7"), ("10.0.0.1", "203.0.113.7")])
def test_the_ledger_keeps_the_address_behind_the_proxy_and_no_invention(settings: Any, setting: str, kept: str) -> None:
    settings.PROXIES = Proxies.of(setting)
    visitor().post("/sign-out/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="127.0.0.1, 203.0.113.7")
    assert Event.objects.get(action="session.sign-out").address == kept
