"""Whom a request is counted for: the client, not the proxy in front, and not what a client says of itself."""

from typing import Any

import pytest
from django.test import Client

from imports.models import Usage
from imports.web.client_address import behind_proxies, network

PEER = "10.0.0.9"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("198.51.100.7", 0, PEER),
        ("198.51.100.7", 1, "198.51.100.7"),
        ("203.0.113.66, 198.51.100.7", 1, "198.51.100.7"),  # the first was sent by the client
        ("203.0.113.66, 198.51.100.7, 10.0.0.8", 2, "198.51.100.7"),
        ("198.51.100.7", 2, PEER),
        ("", 1, PEER),
        ("198.51.100.7, ", 1, PEER),
        ("unknown", 1, PEER),
        ("198.51.100.7:50123", 1, "198.51.100.7"),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("[2001:DB8::7]:50123", 1, "2001:db8::7"),
        ("[2001:db8::7]", 1, "2001:db8::7"),
        ("::ffff:198.51.100.7", 1, "198.51.100.7"),
        ("[::ffff:198.51.100.7]:80", 1, "198.51.100.7"),
        ("fe80::1%eth0", 1, "fe80::1"),
        ("'; drop table", 1, PEER),
    ],
)
def test_the_client_is_whom_the_outermost_trusted_proxy_saw(forwarded: str, proxies: int, address: str) -> None:
    assert behind_proxies(PEER, forwarded, proxies) == address


@pytest.mark.parametrize(("peer", "address"), [("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("", "")])
def test_the_peer_itself_is_read_alike(peer: str, address: str) -> None:
    assert behind_proxies(peer, "203.0.113.66", 0) == address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("", ""),
    ],
)
def test_an_ipv6_address_counts_by_its_network(address: str, counted: str) -> None:
    assert network(address) == counted


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "counted"), [(0, "127.0.0.1"), (1, "2001:db8:1:2::")])
def test_a_request_is_known_by_its_clients_address(client: Client, settings: Any, proxies: int, counted: str) -> None:
    settings.PROXY_COUNT = proxies
    client.post("/imports/sample/", headers={"X-Forwarded-For": "203.0.113.66, [2001:db8:1:2::9]:1234"})
    assert Usage.objects.get().address == counted
