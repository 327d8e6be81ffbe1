"""What a browser has to fetch for a page with fifty comments, and what of it could hold it up."""

import gzip
import re
from pathlib import Path

import pytest

from tests.factories import make_post, make_published

pytestmark = pytest.mark.django_db

STATIC = Path(__file__).parents[2] / "static"
MOST = 60 * 1024
# As long as comments are: ninety words, hardly one of them twice, so that they pack as words do.
WORDS = [f"{a}{b}{c}" for a in ("be", "con", "de", "ex", "in", "pro", "re", "sub", "trans")
         for b in ("", "cei", "duc", "fer", "gre", "mit", "pos", "scri", "tain", "ver")
         for c in ("ve", "t", "red", "sion", "ting", "ment", "able")]  # fmt: skip


@pytest.fixture
def page(client):
    """Fifty comments, half of them replies."""
    post = make_post(slug="a-post", body="A paragraph of some words. " * 40)
    for n in range(25):
        text = " ".join(WORDS[(n * 37 + k * (7 + n)) % len(WORDS)] for k in range(90))
        root = make_published(post, text=text, name=f"Reader {n}")
        make_published(post, parent=root, text=f"{n}: {text[::-1]}", name=f"Reader {n + 30}")
    answer = client.get("/posts/a-post/", headers={"Accept-Encoding": "gzip"})
    return len(answer.content), gzip.decompress(answer.content).decode()


def test_the_page_with_all_that_it_needs_is_light(page):
    weight, html = page
    assert html.count('<article class="comment') == 50
    fetched = set(re.findall(r'(?:href|src)="/static/([^"]+)"', html))
    assert {"site.css", "comments.js"} <= fetched
    weight += sum(len(gzip.compress((STATIC / name).read_bytes())) for name in fetched)
    assert weight < MOST


def test_no_script_holds_the_page_up(page):
    _, html = page
    scripts = re.findall(r"<script[^>]*>", html)
    assert scripts
    for script in scripts:
        assert " defer" in script or "application/ld+json" in script


def test_what_takes_room_says_how_much(page):
    """Nothing on the page moves once it is there: no picture without measures, no font to come."""
    _, html = page
    assert "<img" not in html
    css = "".join(path.read_text() for path in STATIC.glob("*.css"))
    assert "@font-face" not in css
    assert "@import" not in css
