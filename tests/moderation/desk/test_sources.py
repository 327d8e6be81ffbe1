"""The sources at the desk: found, counted, paged; and the note that stands at one."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moderation import services
from moderation.desk import source_list
from moderation.models import LogEntry, Source
from tests.factories import make_post, make_published, make_user, send

LINK = "https://example.org/a"
SOURCES = "/admin/queue/sources/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator", username="mo")
    client.force_login(user)
    return user


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def page_of(source=None):
    return f"{SOURCES}{(source or Source.objects.get()).pk}/"


def test_each_is_listed_with_what_became_of_its_uses(client, moderator):
    post = make_post()
    for url in (LINK, "http://www.example.org/a?utm_source=x"):
        make_published(post, text=f"See {url}")
    rejected = send(post, f"And {LINK}")
    services.reject_comment(comment_id=rejected.pk, version=1, by=moderator)
    send(post, f"Once more {LINK}")
    page = text(client, SOURCES)
    assert "example.org/a</bdi>" in page
    assert "posted 4 times: 2 published, 1 rejected, 1 waiting." in page


def test_the_page_of_one_tells_where_by_whom_and_how_it_was_answered(client, moderator):
    post = make_post(title="On trust")
    asked = make_published(post, text=f"See {LINK}?utm_source=x", name="Rahel")
    answer = make_published(post, parent=asked, text="It is weak.", user=post.author)
    waiting = send(make_post(title="On hope"), f"> {LINK}\n\nYes.", name="Simon")
    page = text(client, page_of())
    for words in ("#1 under “On trust”", "<bdi>Rahel</bdi>", "published, answered at"):
        assert words in page
    assert f'<a href="{answer.get_absolute_url()}">#1.1</a>' in page
    assert f"?status=all&amp;person={asked.pk}" in page
    assert f"<code>{LINK}?utm_source=x</code>" in page
    assert "a comment under “On hope”" in page
    assert "<bdi>Simon</bdi></a>, pending, only in a quote" in page
    assert page.index("On hope") < page.index("On trust")
    assert str(waiting.pk) in page


def test_they_are_found_by_words_of_address_and_note_and_by_host(client, moderator):
    send(make_post(), f"{LINK}/Some-Thing https://other.example/b https://example.org/z?x=thing")
    Source.objects.filter(host="other.example").update(note="Weak statistics.")
    for q, found in {
        "example.org": {"example.org/a/Some-Thing", "example.org/z?x=thing"},
        "thing exam": {"example.org/a/Some-Thing", "example.org/z?x=thing"},
        "statist": {"other.example/b"},
        "www.other.example": {"other.example/b"},
        "nothing": set(),
        "' | ! & <->": {"example.org/a/Some-Thing", "example.org/z?x=thing", "other.example/b"},
    }.items():
        page = client.get(SOURCES, {"q": q}).content.decode()
        assert set(re.findall(r"/\d+/\"><bdi>([^<]+)</bdi>", page)) == found, q
    page = text(client, SOURCES + "?by=host")
    assert "example.org</bdi></a>: 2 addresses, posted 2 times" in page
    assert "other.example</bdi></a>: 1 address, posted 1 time: 0 published, 0 rejected" in page
    page = text(client, SOURCES + "?host=other.example")
    assert "other.example/b" in page
    assert "Some-Thing" not in page


LONG = f"https://example.org/{'long-' * 180}end"


def test_a_long_address_is_short_wherever_it_stands_and_whole_on_demand(client, moderator):
    send(make_post(), f"See {LONG}")
    short = "long-" * 10
    listed = text(client, SOURCES)
    assert f'title="{LONG.removeprefix("https://")}"' in listed
    for page in (text(client, page_of()), text(client, "/admin/queue/")):
        whole = f"<summary>All of it</summary><code>{LONG}</code>"
        assert whole in page
        listed += page.replace(whole, "").replace(f'href="{LONG}"', "")
    shown = re.sub(
        r' title="[^"]*"|<div class="card-text".*?</div>|<textarea.*?</textarea>', "", listed
    )
    assert short in shown
    assert "long-" * 100 not in shown


HOSTS = {
    "xn--bcher-kva.example": ("bücher.example", False),
    "xn--pypal-4ve.example": ("p\u0430ypal.example", True),
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_shown_in_one_form_everywhere(client, moderator, host):
    letters, deceives = HOSTS[host]
    send(make_post(), f"See https://{host}/a")
    beside = f" (<code>{host}</code>)" if deceives else ""
    for address in (SOURCES, f"{SOURCES}?by=host", f"{SOURCES}?host={host}"):
        page = text(client, address)
        assert f"{letters}{'' if 'by=' in address else '/a'}</bdi></a>{beside}" in page
        assert "?host" not in address or f" on <bdi>{letters}</bdi>{beside}. <a" in page
    for address in (page_of(), "/admin/queue/"):
        assert f"<code>https://{letters}/a</code>{beside}" in text(client, address)


def test_a_host_is_found_by_its_letters(client, moderator):
    send(make_post(), "https://xn--bcher-kva.example/a https://else.test/a")
    Source.objects.filter(host="else.test").update(note="Über Bücher.")
    for q, count in {"bücher": 2, "bücher.example": 1, "büch über": 1, "xn--bcher": 1}.items():
        page = client.get(SOURCES, {"q": q}).content.decode()
        assert page.count('<li><a href="/admin/queue/sources/') == count, q


def follow(client, address):
    found = []
    while address:
        page = client.get(SOURCES + address).content.decode()
        found.append(re.findall(r'<li><a href="[^"]+"><bdi>([^<]+)</bdi>', page))
        links = re.findall(r'rel="next" href="([^"]+)"', page)
        address = links[0].replace("&amp;", "&") if links else ""
    return found


@pytest.mark.parametrize("address", ["?", "?by=host", "?q=h"])
def test_pages_follow_each_other_without_gap_or_double(client, moderator, monkeypatch, address):
    monkeypatch.setattr(source_list, "ON_A_PAGE", 4)
    send(make_post(), " ".join(f"https://h{n}.example/a" for n in range(10)))
    pages = follow(client, address)
    assert [len(page) for page in pages] == [4, 4, 2]
    assert len({name for page in pages for name in page}) == 10


def test_the_uses_of_one_are_paged_too(client, moderator, monkeypatch):
    monkeypatch.setattr(source_list, "ON_A_PAGE", 2)
    for n in range(3):
        send(make_post(title=f"Under {n}"), LINK, name=f"N{n}")
    page = client.get(page_of()).content.decode()
    assert ("Under 2" in page, "Under 0" in page) == (True, False)
    [after] = re.findall(r'rel="next" href="([^"]+)"', page)
    page = client.get(page_of() + after).content.decode()
    assert ("Under 2" in page, "Under 0" in page) == (False, True)


NOTE = {"note": "Weak.", "dealt_with": "/posts/r/c/1.8/", "tell_writers": "on"}


def note(client, seen_at="", **fields):
    return client.post(page_of(), {**NOTE, "seen_at": seen_at, **fields}, follow=True)


def test_a_note_is_kept_and_stands_in_the_queue_and_is_told_to_the_next_writer(client, moderator):
    send(make_post(), LINK)
    assert "The note is kept." in note(client).content.decode()
    source = Source.objects.get()
    assert (source.address, source.note, source.tell_writers) == (LINK, "Weak.", True)
    assert source.noted_by == moderator
    entry = LogEntry.objects.latest("pk")
    assert (entry.act, entry.source_id, entry.actor_id) == ("source noted", source.pk, moderator.pk)
    assert "Weak. Dealt with at /posts/r/c/1.8/." in text(client, "/admin/queue/")
    assert "Last written by <bdi>mo</bdi>" in text(client, page_of())
    assert f'href="{page_of()}">source {source.pk}</a>' in text(client, "/admin/queue/record/")
    post = make_post()
    preview = {"name": "N", "text": f"But {LINK}", "preview": "1"}
    form = Client().get(post.get_absolute_url())
    [stamp] = set(re.findall(r'name="stamp" value="([^"]+)"', form.content.decode()))
    answer = Client().post(f"{post.get_absolute_url()}comment/", {**preview, "stamp": stamp})
    assert "was dealt with at /posts/r/c/1.8/: Weak." in answer.content.decode()


def test_a_stale_form_overwrites_no_note_and_gives_the_words_back(client, moderator):
    send(make_post(), LINK)
    note(client, note="First.")
    page = note(client, note="Second.").content.decode()
    assert "Somebody else changed the note" in page
    assert "Second." in page
    assert Source.objects.get().note == "First."
    assert LogEntry.objects.filter(act="source noted").count() == 1
    seen = Source.objects.get().noted_at.isoformat()
    note(client, seen, note="")
    assert Source.objects.get().note == ""


@pytest.mark.parametrize("seen_at", ["nonsense", "2026-99-99T00:00:00", "2026-01-01T00:00:00Z"])
def test_a_moment_that_was_none_is_a_stale_form(client, moderator, seen_at):
    send(make_post(), LINK)
    note(client, note="First.")
    assert "Somebody else changed" in note(client, seen_at).content.decode()


def test_a_note_that_is_too_long_is_given_back(client, moderator):
    send(make_post(), LINK)
    page = note(client, note="x" * 1001).content.decode()
    assert "x" * 1001 in page
    assert Source.objects.get().note == ""


def test_an_author_sees_and_notes_only_what_stands_under_own_posts(client):
    author = make_user("author")
    own = send(make_post(author=author), f"{LINK} https://own.example/")
    others = send(make_post(), f"{LINK} https://theirs.example/ {'more ' * 3}", name="Stranger")
    client.force_login(author)
    page = text(client, SOURCES)
    assert "own.example" in page
    assert "theirs.example" not in page
    assert "posted 1 time: 0 published" in page
    page = text(client, page_of(Source.objects.get(address=LINK)))
    assert own.post.title in page
    assert "Stranger" not in page
    assert others.post.title not in page
    theirs = page_of(Source.objects.get(host="theirs.example"))
    assert client.get(theirs).status_code == 404
    assert client.post(theirs, NOTE).status_code == 404
    assert "theirs.example" not in text(client, SOURCES + "?by=host")
    assert not Source.objects.exclude(note="").exists()


def test_who_decides_on_nothing_finds_none(client):
    send(make_post(), LINK)
    client.force_login(make_staff())
    assert client.get(SOURCES).status_code == 404
    assert client.get(page_of()).status_code == 404


def make_staff():
    user = make_user()
    user.is_superuser = False
    user.save()
    return user


@pytest.mark.parametrize("address", ["", "?by=host", "?q=example", "?host=h1.example", "one"])
def test_as_many_queries_for_many_as_for_few(client, moderator, address):
    counted = []
    post = make_post()
    for size in (2, 30):
        for n in range(size):
            parent = make_published(post, text=f"{LINK} https://h{n}.example/{size} {n} {size}")
            make_published(post, parent=parent, text=f"No {n} {size}", user=post.author)
        path = page_of(Source.objects.get(address=LINK)) if address == "one" else SOURCES + address
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 10


def test_the_words_are_looked_up_by_their_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plan = source_list.found(Source.objects.all(), "example").explain()
    assert "moderation_source_words" in plan


@pytest.mark.parametrize("field", ["q", "host", "after"])
def test_a_source_is_not_looked_for_by_what_the_database_cannot_hold(client, field):
    client.force_login(make_user())
    assert client.get("/admin/queue/sources/", {field: "a\0b"}).status_code == 200
