"""What the mails to commenters look like to the programs that read them."""

import re
from html.parser import HTMLParser

import mailparser
import pytest
from django.conf import settings as django_settings
from django.core import mail as django_mail

from comments import markup, subscriptions
from comments.mails import make_one
from comments.models import Comment
from core.message import one_line
from core.models import Mail
from moderation import services
from moderation.models import DecisionNote
from tests.comments.mailing import Post, act, make_commenter, parsed, parts, say
from tests.core.test_mail import HOSTILE_LINES
from tests.factories import make_post, send
from tests.hostile import everything

pytestmark = pytest.mark.django_db

HEADERS = {
    "Content-Type",
    "MIME-Version",
    "Subject",
    "From",
    "To",
    "Message-ID",
    "Date",
    "Auto-Submitted",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
}
ALLOWED = {"html", "head", "meta", "title", "style", "body", "hr", "h2", "bdi", *markup.TAGS}

ATTRIBUTES = {"lang", "charset", "name", "content", "class", "href", "dir", "start"}


@pytest.fixture
def mails(run_jobs, time_machine):
    return Post(run_jobs, time_machine)


@pytest.fixture
def post(db):
    return make_post(title="On premises")


@pytest.fixture
def hanna(db):
    return make_commenter("hanna@mail.example")


@pytest.fixture
def asked(post, hanna, mails):
    comment = say(post, by=hanna)
    mails.later()
    return comment


class Page(HTMLParser):
    """Tags, and what leads or loads from somewhere."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.addresses = set(), set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value for name, value in attrs if name in {"href", "src"}]


def show_in(comment, words):
    """Put words where a stranger's stand, as they would be stored."""
    Comment.objects.filter(pk=comment.pk).update(
        text=markup.normalise(words), html=markup.render(markup.normalise(words))
    )


def test_two_parsers_read_the_same(mails, asked, post):
    say(post, "Grüße, *Hanna*.", parent=asked, name="Ötto")
    [mail] = mails.later()
    head, (text, html) = parsed(mail), parts(mail)
    other = mailparser.parse_from_bytes(mail.message().as_bytes())
    assert other.defects == []
    assert other.subject == head["Subject"] == "Re: On premises"
    assert other.to == [("", "hanna@mail.example")]
    assert other.message_id == head["Message-ID"]
    assert other.headers["References"].split() == head["References"].split()
    assert [part.strip() for part in other.text_plain] == [text.strip()]
    assert [part.strip() for part in other.text_html] == [html.strip()]
    assert "> Grüße, *Hanna*." in text
    assert "Grüße, <em>Hanna</em>." in html
    assert "<bdi>Ötto</bdi>" in html
    assert all(len(line) <= 998 for line in mail.message().as_bytes().splitlines())


def test_a_mail_program_threads_them_as_the_site_does(mails, asked, post, hanna):
    subscriptions.follow(by=hanna, post=post)
    below = say(post, parent=asked)
    deeper = say(post, parent=below)
    own = say(post, by=hanna, parent=below)
    beside = say(post)
    mails.later()
    sent = [parsed(one) for one in django_mail.outbox]
    by_id = {one["Message-ID"]: one for one in sent}
    assert len(by_id) == 5
    number = {one["Message-ID"]: re.search(r"\b(\d(?:\.\d)*):", body(one))[1] for one in sent}
    above = {number[key]: number.get(one["In-Reply-To"]) for key, one in by_id.items()}
    for comment in (asked, below, deeper, own, beside):
        comment.refresh_from_db()
    assert above == {
        asked.number: None,
        below.number: asked.number,
        deeper.number: below.number,
        own.number: below.number,
        beside.number: None,
    }
    deepest = next(one for one in sent if number[one["Message-ID"]] == deeper.number)
    named = [number.get(one) for one in deepest["References"].split()]
    assert named == [None, asked.number, below.number]
    assert len({one["References"].split()[0] for one in sent}) == 1


def body(one):
    return one.get_body(("plain",)).get_content()


def test_a_later_mail_about_a_comment_stands_below_the_first(mails, asked, post):
    [first] = django_mail.outbox
    act(services.remove_comment, asked)
    [removal] = mails.later()
    assert parsed(removal)["In-Reply-To"] == parsed(first)["Message-ID"]
    assert parsed(removal)["Message-ID"] != parsed(first)["Message-ID"]


def test_the_ids_name_nobody_and_differ_by_reader(mails, asked, post):
    vera = make_commenter("vera@mail.example")
    subscriptions.follow(by=vera, post=post)
    say(post, parent=asked)
    first, second = (parsed(one) for one in mails.later())
    assert first["Message-ID"] != second["Message-ID"]
    for head in (first, second):
        assert re.fullmatch(r"(<[0-9a-f]{32}@127\.0\.0\.1> ?)+", head["References"])


def test_a_deep_thread_has_references_of_bounded_length(mails, asked, post, hanna):
    subscriptions.follow(by=hanna, post=post)
    parent = asked
    for _ in range(25):
        parent = say(post, parent=parent)
    references = [parsed(one)["References"].split() for one in mails.later()]
    assert max(len(ids) for ids in references) == 21


@pytest.mark.parametrize("line", HOSTILE_LINES)
def test_a_name_or_title_adds_no_header(mails, asked, post, line):
    answer = say(post, parent=asked)
    stored = line.replace("\0", "").encode(errors="replace").decode()
    Comment.objects.filter(pk=answer.pk).update(name=stored[:80])
    type(post).objects.filter(pk=post.pk).update(title=stored[:200])
    [mail] = mails.later()
    assert set(parsed(mail).keys()) == HEADERS | {"Precedence"}
    assert parsed(mail).get_all("To") == ["hanna@mail.example"]
    assert mail.recipients() == ["hanna@mail.example"]
    assert parsed(mail)["Subject"].strip() == one_line(f"Re: {stored[:200]}")[:200].strip()
    assert Page(parts(mail)[1]).tags <= ALLOWED


def test_no_corpus_gets_html_a_link_or_a_header_into_a_mail(mails, asked, post, hanna):
    """Every payload as a text, name and moderator's note, in one mail of each kind."""
    answer = say(post, parent=asked)
    rejected = act(services.reject_comment, say(post, by=hanna, is_public=False), note="x")
    mails.later()
    rows = Mail.objects.filter(made_of__comment_id__in=[answer.pk, rejected.pk])
    of_answer, of_rejected = (rows.get(made_of__comment_id=one.pk) for one in (answer, rejected))
    here, payloads = f"{django_settings.SITE_URL}/", everything()
    step = max(len(payloads) // 300, 1)
    for payload in payloads[::step]:
        for comment in (answer, rejected):
            show_in(comment, payload)
            name = markup.plain_name(payload)[:80] or "x"
            Comment.objects.filter(pk=comment.pk).update(name=name)
        DecisionNote.objects.update(text=markup.normalise(payload)[:1000])
        for row in (of_answer, of_rejected):
            letter = make_one(mail=row, **row.made_of)
            page = Page(letter.html)
            assert page.tags <= ALLOWED, payload
            assert page.attributes <= ATTRIBUTES
            assert all(one.startswith(here) for one in page.addresses), payload
            assert "\n" not in "".join(letter.headers.values())


def test_a_strangers_link_is_spelled_and_leads_nowhere(mails, asked, post):
    say(post, "[my bank](https://evil.example/?a=1&b=2) https://plain.example/", parent=asked)
    [mail] = mails.later()
    text, html = parts(mail)
    assert "> [my bank](https://evil.example/?a=1&b=2) https://plain.example/" in text
    assert "(https://evil.example/?a=1&amp;b=2)" in html
    assert html.count("https://plain.example/") == 1
    assert not [a for a in Page(html).addresses if "evil" in a or "plain" in a]


def test_a_reference_is_plain_text_and_what_acts_unseen_is_shown(mails, asked, post):
    say(post, "#1 says \u202egnp.exe", parent=asked)
    [mail] = mails.later()
    text, html = parts(mail)
    for part in (text, html):
        assert "\u202e" not in part
        assert "⟨U+202E⟩" in part
    assert "data-comment" not in html


def test_nothing_is_loaded_or_counted(mails, asked, post):
    say(post, "![x](https://pixel.example/x.png)", parent=asked)
    [mail] = mails.later()
    page = Page(parts(mail)[1])
    assert page.tags.isdisjoint({"img", "script", "link", "iframe", "table"})
    assert "url(" not in parts(mail)[1]


def test_dates_are_in_the_sites_zone(mails, post, hanna, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    mails.clock.move_to("2030-03-02 20:00+00:00", tick=False)
    say(post, by=hanna)
    [mail] = mails.later()
    assert "3 March 2030, 05:00" in mail.body


def test_no_private_address_of_its_writer_is_in_a_mail_to_others(mails, asked, post):
    say(post, parent=asked)
    [mail] = mails.later()
    path = re.findall(r"/comments/[^/\s]+:[^/\s]+/", mail.body)
    assert path == []  # the status page's shape; what unsubscribes has a part more


def test_the_form_says_what_the_tick_does(client, post):
    page = client.get(post.get_absolute_url()).content.decode()
    assert "Tell me about answers" in page
    assert send(post)
