"""An address put together from pieces is what Django's reverse gives."""

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, reverse, set_script_prefix

from core.routes import address_of

PERMALINK = "comments:permalink"


@pytest.fixture
def elsewhere():
    set_script_prefix("/blog9/9/")
    yield
    set_script_prefix("/")


@pytest.mark.parametrize(
    ("route", "parts"),
    [
        ("blog:post", ("on-trust",)),
        ("blog:page", ("9",)),
        ("blog:tag", ("9-to-5_9",)),
        ("moderation:card", (1909,)),
        ("moderation:snooze", (9,)),
        (PERMALINK, ("9-9", "9.19.9")),
        (PERMALINK, ("über-träume", "1")),
        ("comments:page-permalink", ("a", "1")),
    ],
)
def test_an_address_is_the_one_that_reverse_gives(route, parts):
    for _ in range(2):  # the second time from pieces
        assert address_of(route, *parts) == reverse(route, args=parts)


def test_it_follows_where_the_site_is_mounted(elsewhere):
    assert address_of(PERMALINK, "a", "1.2") == reverse(PERMALINK, args=["a", "1.2"])
    assert address_of("moderation:card", 7).startswith("/blog9/9/")
    set_script_prefix("/")
    assert not address_of("moderation:card", 7).startswith("/blog9/")


def test_it_follows_another_map_of_addresses():
    address_of("blog:post", "a")
    with override_settings(ROOT_URLCONF="core.urls"), pytest.raises(NoReverseMatch):
        address_of("blog:post", "a")


@pytest.mark.parametrize("parts", [(), ("",), ("a b/c",), ("a", "b")])
def test_what_reverse_refuses_is_refused(parts):
    with pytest.raises(NoReverseMatch):
        reverse("blog:post", args=parts)
    with pytest.raises(NoReverseMatch):
        address_of("blog:post", *parts)


def test_nothing_slips_through_as_plain():
    hostile = '"><script>alert(1)</script>'
    with pytest.raises(NoReverseMatch):
        address_of("blog:post", hostile)
    assert "\n" not in address_of("blog:post", "a")
    with pytest.raises(NoReverseMatch):
        address_of("blog:post", "a\n")
