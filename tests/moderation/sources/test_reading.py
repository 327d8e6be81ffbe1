"""How an address is read at the desk: in its own letters, short, and never deceiving."""

import pytest

from moderation.sources.reading import LONGEST, read_address

HOSTS = {
    "example.org": ("example.org", ""),
    "xn--bcher-kva.example": ("bücher.example", ""),
    "xn--e1afmkfd.xn--p1ai": ("пример.рф", ""),
    # Latin with one letter of another script, and a word of lookalikes alone
    "xn--pypal-4ve.example": ("p\u0430ypal.example", "xn--pypal-4ve.example"),
    "xn--80ak6aa92e.com": ("\u0430\u0440\u0440\u04cf\u0435.com", "xn--80ak6aa92e.com"),
    "xn--nothing-such-": ("xn--nothing-such-", ""),
    "xn--.example": ("xn--.example", ""),
    "[2001:db8::1]": ("[2001:db8::1]", ""),
    "": ("", ""),
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("address", ["{}", "https://{}", "https://{}:8080/a?b=c", "{}/xn--a"])
def test_a_host_is_read_in_its_letters_and_as_it_is_where_they_deceive(host, address):
    letters, raw = HOSTS[host]
    assert read_address(address.format(host)) == (address.format(letters), "", raw)


@pytest.mark.parametrize("typed", ["http://p\u0430ypal.example/x", "HTTP://P\u0410YPAL.example/x"])
def test_letters_that_deceive_as_they_were_typed_have_the_host_beside_them(typed):
    assert read_address(typed).raw_host == "xn--pypal-4ve.example"


def test_ascii_stays_as_it_was_typed():
    assert read_address("HTTP://WWW.Example.org/A%20b").text == "HTTP://WWW.Example.org/A%20b"


@pytest.mark.parametrize(("length", "is_whole"), [(LONGEST, True), (LONGEST + 1, False)])
def test_a_long_one_keeps_beginning_and_end(length, is_whole):
    address = "https://example.org/" + "x" * (length - 24) + "/end"
    read = read_address(address)
    assert len(read.text) == LONGEST
    assert (read.text == address, read.whole == "") == (is_whole, is_whole)
    assert read.text.startswith("https://example.org/x")
    assert read.text.endswith("/end")
    assert is_whole or read.whole == address


def test_what_cannot_be_seen_is_shown():
    assert "\u202e" not in read_address("https://a.example/\u202etxt.exe").text


@pytest.mark.parametrize("address", ["https://a\n.example/\nb", "://", "?", "https://" + "." * 300])
def test_nothing_is_too_odd_to_be_read(address):
    assert read_address(address).text
