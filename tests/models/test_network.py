"""Which addresses may be called: public ones, and those an operator has listed."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Forbidden, Invalid, Unavailable
from recension.models import Network


def at(*addresses):
    return lambda _host, _port: list(addresses)


def test_the_connection_goes_to_the_address_that_was_checked():
    place = Network(resolve=at("93.184.215.14")).place("https://models.example/v1/")
    assert (place.origin, place.path, place.host, place.name) == (
        "https://93.184.215.14:443",
        "/v1",
        "models.example",
        "models.example",
    )
    place = Network(resolve=at("2606:4700::1111")).place("http://models.example:9090")
    assert (place.origin, place.host) == ("http://[2606:4700::1111]:9090", "models.example:9090")


INSIDE = "127.0.0.1 10.0.0.1 192.168.1.1 172.16.5.5 169.254.169.254 ::1 fe80::1%eth0 fd00::1 0.0.0.0"


@pytest.mark.parametrize("address", INSIDE.split())
def test_addresses_that_are_not_public_are_refused_unless_listed(address):
    with pytest.raises(Forbidden, match="not public"):
        Network(resolve=at(address)).place("http://models.example:9090")
    with pytest.raises(Forbidden):
        Network(resolve=at("93.184.215.14", address)).place("http://models.example:9090")
    listed = Network(("http://models.example:9090/",), at(address))
    assert listed.place("http://models.example:9090/predict-here").path == "/predict-here"
    with pytest.raises(Forbidden):
        listed.place("http://models.example:9091")
    with pytest.raises(Forbidden):
        listed.place("https://models.example:9090")


@given(st.ip_addresses())
def test_no_address_but_a_public_one_gets_through(address):
    network = Network(resolve=at(str(address)))
    try:
        network.place("http://models.example")
    except Forbidden:
        assert not ipaddress.ip_address(str(address)).is_global
    else:
        assert ipaddress.ip_address(str(address)).is_global


@pytest.mark.parametrize(
    "url",
    [
        "",
        "models.example",
        "ftp://models.example",
        "http://",
        "http://a:b@models.example",
        "http://x:99999",
        "http://x?y=1",
    ],
)
def test_what_is_no_url_of_a_backend_is_refused(url):
    with pytest.raises(Invalid):
        Network(resolve=at("93.184.215.14")).place(url)


def test_a_host_without_an_address_is_said_to_be_none():
    with pytest.raises(Unavailable):
        Network(resolve=at()).place("http://models.example")
    with pytest.raises(Unavailable, match="no such host"):
        Network().place("http://no-such-host.invalid")
