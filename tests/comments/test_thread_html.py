"""The conversation's HTML is written by hand: whatever stands in a row, it stays text."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse, set_script_prefix
from django.utils import timezone

from comments.intake import QuotedClause
from comments.models import Comment, Commenter
from comments.references import Target
from comments.shown import COLUMNS, Shown, columns_shown, read_shown
from comments.thread import arrange
from comments.thread_html import thread_html
from tests import hostile
from tests.factories import make_post, make_published

EVIL = """<script>alert(1)</script>"><img src=x onerror=alert(1)>'<b>&amp;"""
ELEMENTS = {
    "ol", "li", "article", "header", "h3", "svg", "path", "a", "bdi", "span", "time", "strong",
    "div", "p", "footer", "details", "summary", "input", "label",
}  # fmt: skip
ATTRIBUTES = {
    "class", "id", "rel", "title", "href", "data-address", "datetime", "dir", "viewbox", "d",
    "aria-hidden", "open", "type", "autocomplete", "for",
}  # fmt: skip


class Seen(HTMLParser):
    """What elements and attributes there are, and whether they close as they opened."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.attributes, self.open, self.words = set(), set(), [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


@pytest.fixture
def post(db):
    return make_post(slug="a-post")


def rows(name):
    """A comment of each kind with a name, each the parent of the next."""
    now = timezone.now()
    made = []
    for pk, (status, number) in enumerate(
        [
            ("published", "1"),
            ("published", "1.1"),
            ("removed", "1.1.1"),
            ("pending", "1.1.1.1"),
            ("pending", None),
        ],
        start=1,
    ):
        made.append(
            Comment(
                pk=pk,
                parent_id=pk - 1 or None,
                answers_id=pk - 1 or None,
                user_id=1 if pk == 2 else None,
                commenter_id=7,
                name=name,
                html="<p>Text.</p>",
                text="x" * 9000,
                status=status,
                number=number,
                ordinal=1 if number else None,
                published_at=now if number else None,
                edited_at=now,
                removed_by="moderator" if status == "removed" else "",
                continues=pk == 2,
            )
        )
    return made


def write(post, name):
    entries = arrange(rows(name), 3)
    clause = QuotedClause(number=1, title=name, html="", version=1, address="/policy/?" + name)
    for entry in entries:
        entry.html, entry.clause, entry.is_new = entry.comment.html, clause, True
        entry.back_links = [("2", Target("#c-2" + name, name))]
        entry.parent_href, entry.has_replies = "/x/" + name, True
    return thread_html(entries, post, Commenter(pk=7))


@pytest.mark.parametrize("name", [EVIL, *hostile.OWN])
def test_names_titles_and_addresses_stay_text(post, name):
    seen = Seen(write(post, name))
    assert seen.elements <= ELEMENTS
    assert seen.attributes <= ATTRIBUTES
    assert seen.open == []


def test_what_a_name_says_is_read(post):
    assert Seen(write(post, EVIL)).words.count(EVIL) >= 4


def test_the_address_of_the_site_stays_text(post, settings):
    settings.SITE_URL = 'https://x"><script>'
    assert "script" not in Seen(write(post, "A")).elements


def test_addresses_lead_to_the_comment_below_whatever_path_the_site_stands(post):
    row = make_published(post)
    set_script_prefix("/v9.9/")
    try:
        written = thread_html(arrange([row], 3), post)
        place = reverse("comments:permalink", args=[post.slug, row.number])
        about = {"kind": "post", "slug": post.slug, "number": row.number}
        report = reverse("reports:report", kwargs=about)
    finally:
        set_script_prefix("/")
    assert f'class="number" href="{place}"' in written
    assert f'href="{report}"' in written


@pytest.mark.parametrize("fold_from", [0, 100, 10_000])
def test_a_row_that_was_read_without_a_model_is_written_like_the_model(post, settings, fold_from):
    settings.COMMENT_FOLD_LENGTH = fold_from
    for _ in range(3):
        root = make_published(post, text="Line.\n\n" * 60)
        make_published(post, parent=root)
    models = list(Comment.objects.filter(post=post))
    shown = [Shown(*(getattr(one, name) for name in COLUMNS), one.is_long) for one in models]
    read = read_shown(columns_shown(Comment.objects.filter(post=post).order_by("pk")))
    assert read == sorted(shown, key=lambda row: row.pk)
    assert thread_html(arrange(models, 5), post) == thread_html(arrange(read, 5), post)
    for model, row in zip(sorted(models, key=lambda one: one.pk), read, strict=True):
        for name in ("is_published", "is_withdrawn", "is_long", "anchor"):
            assert getattr(model, name) == getattr(row, name)
