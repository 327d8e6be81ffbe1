"""The conversation that the design was made for, held again in its own words.

Two top-level comments and fourteen replies under the first; the author answers in the thread,
splits an answer in two, is quoted back, points to where a source was dealt with, and one comment
in the middle is taken down.
"""

import re

import pytest

from comments.faults import find_faults
from comments.models import Comment
from comments.private_links import status_address
from core.guards import make_stamp
from moderation import services
from tests.factories import make_post, make_user, publish, send

pytestmark = pytest.mark.django_db

SCEPTIC, READER, GUEST = "Lucian", "Mirela", "Anonymous"


class Conversation:
    def __init__(self, client):
        self.client = client
        self.author = make_user("author", first_name="Paul", last_name="A.")
        self.post = make_post(slug="on-sovereignty", author=self.author)

    def says(self, who, text, under=""):
        """A published comment under the number given; its own number."""
        parent = Comment.objects.get(post=self.post, number=under) if under else None
        user = self.author if who == self.author else None
        name = "" if user else who
        return publish(send(self.post, text, parent, name=name or "Paul A.", user=user)).number

    def hold(self):
        author = self.author
        self.says(SCEPTIC, "You assume that sovereignty is indivisible. Grotius did not.")
        self.says(READER, "A reading list at the end of such posts would help.")
        self.says(author, "I do not assume it; I ascribe it to Bodin.", "1")
        self.says(SCEPTIC, "> I ascribe it to Bodin\n\nThen say so in the second paragraph.", "1.1")
        self.says(author, "It is in the second paragraph, in the words “for Bodin”.", "1.1.1")
        self.says(SCEPTIC, "Fair. But see http://example.org/grotius on divided rule.", "1")
        self.says(author, "That source was dealt with under #1.1. The point there stands.", "1.2")
        self.says(GUEST, "You people should read the news instead.", "1")
        self.says(READER, "That is not what this post is about.", "1.3")
        self.says(
            READER, "Could you translate the passage from the Republic, in #1.1.1.1?", "1.1.1.1"
        )
        self.says(author, "“Sovereignty is the absolute and perpetual power of a republic.”", "1")
        self.go_on("1.4", "[cont.] The Latin has “summa potestas”, which is weaker.")
        self.says(SCEPTIC, "> which is weaker\n\nSo #1.4.1 concedes my point in #1.", "1.4.1")
        self.says(
            author,
            "It concedes a word. Please see the comment guidelines on repetition.",
            "1.4.1.1",
        )
        self.says(READER, "Thank you for the translation.", "1.4")
        self.says(GUEST, "First!", "1")
        self.take_down("1.3")

    def go_on(self, number, text):
        """The author continues a comment of his own, by the form."""
        self.client.force_login(self.author)
        form = {"text": text, "continues": "on", "stamp": make_stamp("comment", self.post.pk)}
        self.client.post(f"/posts/on-sovereignty/c/{number}/reply/", form)
        self.client.logout()

    def take_down(self, number):
        comment = Comment.objects.get(post=self.post, number=number)
        services.remove_comment(comment_id=comment.pk, version=comment.version, by=self.author)


@pytest.fixture
def page(client):
    conversation = Conversation(client)
    conversation.hold()
    return client.get("/posts/on-sovereignty/").content.decode()


ORDER = "1 1.1 1.1.1 1.1.1.1 1.1.1.1.1 1.2 1.2.1 1.3 1.3.1 1.4 1.4.1 1.4.1.1 1.4.1.1.1 1.4.2 1.5 2"
NUMBERS = ORDER.split()


def element(page, number):
    anchor = number.replace(".", "-")
    return re.search(rf'<article[^>]* id="c-{anchor}">.*?</article>', page, re.S)[0]


def test_every_comment_has_its_number_in_its_place(page):
    assert [n.replace("-", ".") for n in re.findall(r'id="c-([\d-]+)"', page)] == NUMBERS
    assert len(NUMBERS) == 2 + 14
    assert '<h2 id="comments">15 comments</h2>' in page
    assert not list(find_faults())


def test_the_removed_one_leaves_a_tombstone_and_its_reply_stays(page):
    tombstone = element(page, "1.3")
    assert "Removed by a moderator" in tombstone
    assert "news instead" not in page
    assert "That is not what this post is about." in element(page, "1.3.1")


def test_the_continued_answer_is_joined_to_its_first_half(page):
    second_half = element(page, "1.4.1")
    assert 'class="comment continuation"' in second_half
    assert re.search(r'continued from <a href="#c-1-4">1.4</a>', second_half)


def test_a_quoted_answer_stands_as_a_quote_with_a_link_to_its_source(page):
    answer = element(page, "1.4.1.1")
    assert "<blockquote>\n<p>which is weaker</p>\n</blockquote>" in answer
    assert '<a class="reference" href="#c-1-4-1" title="Paul A.">#1.4.1</a>' in answer
    assert f'<a class="reference" href="#c-1" title="{SCEPTIC}">#1</a>' in answer


def test_what_is_referred_to_links_back(page):
    assert re.search(
        r'answered in <a href="#c-1-2-1" title="Paul A.">1.2.1</a>', element(page, "1.1")
    )
    assert "1.4.1.1" in element(page, "1").split("answered in")[1]


def test_each_reply_says_what_it_answers_at_every_depth(page):
    for number in NUMBERS:
        parent = number.rpartition(".")[0]
        if parent:
            assert f">{parent}</a>" in element(page, number).split("comment-text")[0]


def test_the_authors_answers_carry_the_badge_and_no_typed_name_does(page):
    for number in NUMBERS:
        if number != "1.3":
            by_author = number in {"1.1", "1.1.1.1", "1.2.1", "1.4", "1.4.1", "1.4.1.1.1"}
            assert ('class="badge"' in element(page, number)) is by_author


def test_the_status_page_of_each_leads_to_its_number(client, page):
    for comment in Comment.objects.filter(status="published"):
        private = client.get(status_address(comment)).content.decode()
        assert f'href="{comment.get_absolute_url()}"' in private
