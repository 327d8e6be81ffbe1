"""Moments in words are what Django's own filter says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from core.days import clock, day, minute, second, time_html

MOMENTS = [
    datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 0, 7, tzinfo=UTC),
    datetime(999, 1, 2, 3, 4, 5, tzinfo=UTC),
]


def filtered(moment, form):
    return Template(f"{{{{ moment|date:'{form}' }}}}").render(Context({"moment": moment}))


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_a_moment_is_said_as_django_says_it(moment, zone, language):
    with timezone.override(zone), translation.override(language):
        assert day(moment) == filtered(moment, "j M Y")
        assert clock(moment) == filtered(moment, "H:i")
        assert minute(moment) == filtered(moment, "j M Y, H:i")
        assert second(moment) == filtered(moment, "j M Y, H:i:s")
        exact = filtered(moment, "c")
        assert time_html(moment) == f'<time datetime="{exact}">{minute(moment)}</time>'


def test_words_beside_a_moment_are_escaped():
    assert time_html(MOMENTS[0], "<b>") == (
        f'<time datetime="{MOMENTS[0].isoformat()}">&lt;b&gt;</time>'
    )


def test_a_day_is_not_kept_for_another():
    assert day(MOMENTS[0]) != day(MOMENTS[0] + timedelta(days=1))
