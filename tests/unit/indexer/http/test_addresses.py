import ipaddress

import pytest

from indexer.errors import AddressRefused
from indexer.http.addresses import AddressGuard


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.168.1.1",
        "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
        "64:ff9b::a00:1", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:20::1",
        "2001:db8::1",         "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    ],
)  # fmt: skip
def test_what_is_not_on_the_internet_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused, match="not on the internet"):
        AddressGuard().check(address, 80, "host.example")


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "192.167.255.255",
        "198.17.255.255", "198.20.0.1", "223.255.255.254",
        "2606:4700::1111", "2a00:1450:4007::1", "2400:cb00::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1",
    ],
)  # fmt: skip
def test_what_is_on_the_internet_is_not(address: str) -> None:
    AddressGuard().check(address, 443, "host.example")


@pytest.mark.parametrize("port", [0, 21, 22, 25, 81, 3306, 5432, 6379, 8080, 9200, 65535])
def test_other_ports_than_those_of_the_web_are_refused(port: int) -> None:
    with pytest.raises(AddressRefused, match=f"port {port};"):
        AddressGuard().check("1.1.1.1", port, "host.example")


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_an_allowed_network_may_be_asked_at_any_port(address: str) -> None:
    guard = AddressGuard([ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/8")])

    guard.check(address, 8080, "host.example")
    guard.check("fd00::1", 8080, "host.example")
    with pytest.raises(AddressRefused):
        guard.check("10.0.0.1", 80, "host.example")


def test_a_name_that_stands_for_this_machine_is_resolved_and_refused() -> None:
    with pytest.raises(AddressRefused, match="localhost leads to"):
        AddressGuard().resolve("localhost", 80)
