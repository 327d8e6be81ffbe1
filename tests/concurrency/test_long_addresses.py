"""Addresses that are too long, at gunicorn as it is configured: each gets a sentence."""

from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.core.test_site import make_site

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_long_search_is_answered_by_us_and_an_endless_address_by_gunicorn(serve):
    make_site()
    with serve() as here:
        for asked in ("search/?q=", "?s=", "search/"):
            for words in ("word " * 1_000, "ä" * 1_300):
                end = "/" if asked == "search/" else ""
                with urlopen(f"{here}{asked}{quote(words.strip())}{end}") as answer:  # noqa: S310
                    page = answer.read().decode()
                assert "A search takes 200 characters at most" in page, (asked, words[:5])
                assert 'maxlength="200"' in page
        # Where the answer's address is the longer one, it still is one that gunicorn takes.
        with urlopen(f"{here}?s={quote('ä' * 1_362)}") as answer:  # noqa: S310
            assert "A search takes 200" in answer.read().decode()
        for where in ("x", "search/?q=", "posts/<script>alert(1)</script>"):
            with pytest.raises(HTTPError) as refused:
                urlopen(f"{here}{where}{'x' * 10_000}")  # noqa: S310 (our own address)
            assert refused.value.code == 414
            said = refused.value.read().decode()
            assert "Request Line is too large" in said
            assert "xxx" not in said
            assert "script" not in said
