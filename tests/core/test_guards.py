"""Stamps, senders and headers."""

import pytest
from django.test import RequestFactory, override_settings

from core.guards import comes_from_here, is_stamped, make_stamp
from core.network import client_address, network_digest


def request(**headers):
    return RequestFactory().post("/", headers=headers)


def test_a_stamp_holds_for_its_purpose_and_subject_only():
    stamp = make_stamp("comment", 7)
    assert is_stamped(stamp, "comment", 7)
    assert not is_stamped(stamp, "comment", 8)
    assert not is_stamped(stamp, "report", 7)
    assert not is_stamped(stamp + "x", "comment", 7)
    assert not is_stamped("", "comment", 7)


def test_a_stamp_from_before_a_key_was_rotated_holds():
    with override_settings(SECRET_KEY="old"):
        stamp = make_stamp("comment", 7)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert is_stamped(stamp, "comment", 7)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "http://TESTSERVER"}, True),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "http://testserver:81"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://[::1"}, False),
        ({"Origin": "http://[x]:99999999"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
    ],
)
def test_where_a_form_comes_from(headers, ours):
    assert comes_from_here(request(**headers)) is ours


def test_a_plain_page_sends_nothing_to_a_secure_site():
    secure = RequestFactory().post("/", secure=True, headers={"Origin": "http://testserver"})
    assert not comes_from_here(secure)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, "9.9.9.9", "9.9.9.9"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (2, "9.9.9.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_trusted_proxies_say_who_sent_it(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request(**{"X-Forwarded-For": forwarded})) == address


def digest(address):
    return network_digest(RequestFactory().post("/", REMOTE_ADDR=address))


def test_the_digest_tells_networks_apart_and_no_address():
    assert digest("10.0.0.1") != digest("10.0.0.2")
    assert digest("2001:db8::1") == digest("2001:db8::2")
    assert digest("2001:db8::1") != digest("2001:db8:0:1::1")
    assert "10.0.0.1" not in digest("10.0.0.1")


def test_an_address_that_is_none_is_a_network_too():
    assert digest("") == digest("")
