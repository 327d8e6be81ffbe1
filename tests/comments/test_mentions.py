"""Other sites say that they link to a post: what is true waits for a moderator."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import intake, mentions
from comments.intake import Verdict
from comments.mentions import NotTaken, PageWaits, post_at, receive_mention
from comments.models import Comment, ReceivedMention
from comments.status import Status
from comments.views import mentions as views
from moderation.models import Act, LogEntry
from tests.core.conftest import worker
from tests.core.test_site import make_site
from tests.factories import make_post, make_user, publish
from tests.other_sites import elsewhere, moved

__all__ = ["elsewhere", "worker"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(db):
    make_site(takes_webmentions=True)
    return make_post(slug="argued")


def whole(post, settings):
    return settings.SITE_URL + post.get_absolute_url()


@pytest.fixture
def say(post, settings, run_jobs):
    """Say that a page links to the post, and have it looked at."""

    def said(source, target=None):
        target = whole(post, settings) if target is None else target
        response = Client().post("/webmention/", {"source": source, "target": target})
        run_jobs()
        return response

    return said


def page_with(link, words="I answer"):
    head = "<title>An *answer*</title><meta name=author content=Ada>"
    return f'{head}<p>{words} <a href="{link}">this</a>.'


def test_a_page_that_links_becomes_a_comment_that_waits(say, post, settings, elsewhere):
    elsewhere.pages = {"/answer": page_with(whole(post, settings))}
    response = say(elsewhere.url("/answer"))
    assert response.status_code == 202
    comment = Comment.objects.get()
    assert (comment.status, comment.name) == (Status.PENDING, "Ada (127.0.0.1)")
    assert elsewhere.url("/answer") in comment.text
    assert "An *answer*" in comment.html
    assert "<blockquote>\n<p>I answer this.</p>" in comment.html
    reason = comment.reasons.get(rule="webmention")
    assert (reason.effect, reason.evidence) == ("hold", {"page": elsewhere.url("/answer")})
    assert LogEntry.objects.get(comment_id=comment.pk).act == Act.RECEIVED
    assert ReceivedMention.objects.get().state == "taken"
    assert publish(comment).number == "1"


def test_the_queue_shows_it_with_its_reason(say, post, settings, elsewhere, client):
    elsewhere.pages = {"/answer": page_with(whole(post, settings))}
    say(elsewhere.url("/answer"))
    client.force_login(make_user())
    queue = client.get(reverse("moderation:queue")).content.decode()
    assert "such news waits for a person" in queue
    assert elsewhere.url("/answer") in queue


@pytest.fixture(params=["screener", "no rules", "no screener", "broken"])
def whoever_screens(request, settings, monkeypatch):
    by, screen = request.param, "moderation.screening.screener.Screener.screen"
    if by == "screener":
        monkeypatch.setattr(screen, lambda *args: Verdict(Status.PUBLISHED, ()))
    elif by == "broken":
        monkeypatch.setattr(screen, None)
    elif by == "no screener":
        settings.COMMENT_SCREENER = ""


@pytest.mark.usefixtures("whoever_screens")
def test_it_is_never_published_by_itself(say, post, settings, elsewhere):
    elsewhere.pages = {"/answer": page_with(whole(post, settings))}
    say(elsewhere.url("/answer"))
    comment = Comment.objects.get()
    assert comment.status == Status.PENDING
    assert comment.reasons.filter(rule="webmention").count() == 1


def test_said_twice_it_is_taken_once(say, post, settings, elsewhere):
    elsewhere.pages = {"/answer": page_with(whole(post, settings))}
    for _ in range(3):
        say(elsewhere.url("/answer"))
    say(elsewhere.url("/answer#part"))
    assert Comment.objects.count() == ReceivedMention.objects.count() == 1


def test_a_job_that_runs_twice_takes_it_once(post, settings, elsewhere):
    elsewhere.pages = {"/answer": page_with(whole(post, settings))}
    one = receive_mention(source=elsewhere.url("/answer"), target=whole(post, settings), network="")
    mentions.verify_mention(mention_id=one.pk)
    ReceivedMention.objects.update(state="waiting", comment=None)  # as if killed before its commit
    mentions.verify_mention(mention_id=one.pk)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    "page",
    [
        "<p>No link.",
        "<p>{target}",
        "<!-- <a href='{target}'>x</a> -->",
        "<a href='{target}x/'>nearly</a>",
        "<link rel=x href='{target}'>",
        "<script>'<a href={target}>'</script>",
        None,
    ],
)
def test_a_page_that_does_not_link_is_refused(say, post, settings, elsewhere, page):
    elsewhere.pages = {"/": page and page.format(target=whole(post, settings))}
    assert say(elsewhere.url("/")).status_code == 202
    assert not Comment.objects.exists()
    assert ReceivedMention.objects.get().state == "refused"


@pytest.mark.parametrize("status", ["waiting", "published"])
def test_a_page_that_links_no_longer_is_withdrawn(say, post, settings, elsewhere, status):
    elsewhere.pages = {"/answer": page_with(whole(post, settings))}
    say(elsewhere.url("/answer"))
    if status == "published":
        publish(Comment.objects.get())
    elsewhere.pages = {}
    say(elsewhere.url("/answer"))
    assert Comment.objects.get().is_withdrawn


def test_what_a_moderator_rejected_stays_rejected(say, post, settings, elsewhere):
    elsewhere.pages = {"/answer": page_with(whole(post, settings))}
    say(elsewhere.url("/answer"))
    Comment.objects.update(status=Status.REJECTED)
    say(elsewhere.url("/answer"))
    elsewhere.pages = {}
    say(elsewhere.url("/answer"))
    assert Comment.objects.get().status == Status.REJECTED


def test_a_page_behind_redirects_is_looked_at_where_it_is(say, post, settings, elsewhere):
    elsewhere.pages = {"/a": moved("/b"), "/b": page_with(whole(post, settings))}
    say(elsewhere.url("/a"))
    assert Comment.objects.count() == 1


def test_a_page_that_is_away_is_looked_at_again_and_then_given_up(say, post, elsewhere):
    elsewhere.pages = {"/": lambda handler: handler.send_error(503)}
    with pytest.raises(PageWaits):
        say(elsewhere.url("/"))
    one = ReceivedMention.objects.get()
    assert (one.state, one.attempts, one.answer) == ("waiting", 1, "The page answers 503.")
    for _ in range(2):
        with pytest.raises(PageWaits):
            mentions.verify_mention(mention_id=one.pk)
    mentions.verify_mention(mention_id=one.pk)
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("refused", 4)


def test_a_source_in_a_private_network_is_not_looked_at(say, post):
    say("http://10.0.0.1/secret")
    one = ReceivedMention.objects.get()
    assert (one.state, one.attempts) == ("refused", 1)
    assert "private network" in one.answer


def test_hostile_words_stay_words(say, post, settings, elsewhere):
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) #1 **b** <!-- \u202e"
    escaped = hostile.replace("<", "&lt;").replace(">", "&gt;")
    elsewhere.pages = {
        "/": f"<title>{escaped}</title><span class=p-author>{escaped}</span>"
        f"<p>{escaped} <a href='{whole(post, settings)}'>x</a>"
    }
    say(elsewhere.url("/"))
    html = Comment.objects.get().html
    assert "<img" not in html
    assert "javascript:alert(1)" in html  # as it was written
    assert 'href="javascript' not in html
    assert "<strong>" not in html
    assert html.count("<a ") == 1
    assert len(Comment.objects.get().name) <= 80


def test_the_post_page_says_where_only_while_mentions_are_taken(client, post):
    link = '<link rel="webmention" href="/webmention/">'
    assert link in client.get(post.get_absolute_url()).content.decode()
    post.comments_status = "closed"
    post.save()
    assert link not in client.get(post.get_absolute_url()).content.decode()
    post.comments_status = "open"
    post.save()
    make_site(takes_webmentions=False)
    assert link not in client.get(post.get_absolute_url()).content.decode()


def test_switched_off_there_is_nothing(client, settings, elsewhere, run_jobs):
    post = make_post()
    fields = {"source": elsewhere.url("/"), "target": whole(post, settings)}
    assert client.post("/webmention/", fields).status_code == 404
    make_site(takes_webmentions=True)
    assert client.post("/webmention/", fields).status_code == 202
    make_site(takes_webmentions=False)
    run_jobs()
    assert elsewhere.asked == []
    assert client.get("/webmention/").status_code == 405


@pytest.mark.parametrize(
    "fields",
    [{"status": "draft", "published_at": None}, {"published_at": "2999-01-01T00:00Z"},
     {"comments_status": "closed"}, {"comments_status": "hidden"}],
)  # fmt: skip
def test_a_post_that_takes_no_comments_takes_no_mention(client, settings, fields):
    make_site(takes_webmentions=True)
    post = make_post(**fields)
    sent = {"source": "https://x.example/", "target": whole(post, settings)}
    assert client.post("/webmention/", sent).status_code == 400
    sent["target"] = settings.SITE_URL + "/posts/nothing/"
    nothing = client.post("/webmention/", sent)
    assert nothing.status_code == 400  # the same answer: what is not public is not there
    assert not ReceivedMention.objects.exists()


@pytest.mark.parametrize(
    "source",
    ["", "x", "ftp://x.example/", "javascript:1", "http://u:p@x.example/", "http://[", "http://x\0/",
     "https://x.example/" + "x" * 1000, "{site}/posts/other/"],
)  # fmt: skip
def test_a_source_that_can_be_none_is_refused_at_once(client, post, settings, source):
    source = source.format(site=settings.SITE_URL)
    sent = {"source": source, "target": whole(post, settings)}
    assert client.post("/webmention/", sent).status_code == 400
    assert not ReceivedMention.objects.exists()


def test_a_body_that_can_not_be_read_is_a_400(client, post):
    response = client.post(
        "/webmention/", b"--x", content_type="multipart/form-data; boundary=\xe9"
    )
    assert response.status_code == 400


def test_where_a_target_leads(post, settings):
    post.slug = "now"
    post.save()
    mentions.Post.objects.get(pk=post.pk)
    from blog.old_addresses import leave_redirect

    leave_redirect(old_path="/posts/argued/", new_path=post.get_absolute_url())
    leave_redirect(old_path="/2020/01/old.html", new_path=post.get_absolute_url())
    site = settings.SITE_URL
    for path in ("/posts/now/", "/posts/now/#c-1", "/posts/argued/", "/2020/01/old.html"):
        assert post_at(site + path) == post, path
    page = make_post(kind="page", slug="über")
    assert post_at(f"{site}/%C3%BCber/") == page
    for nothing in ("/posts/now/c/1/", "/", "/nothing/", "/admin/", "/posts/now/comment/"):
        assert post_at(site + nothing) is None
    for other in ("https://x.example/posts/now/", "/posts/now/", "", "http://[", "x" * 2000):
        assert post_at(other) is None


@pytest.mark.parametrize("kind", ["network", "host", "all"])
def test_there_are_limits(client, post, settings, monkeypatch, kind):
    monkeypatch.setitem(views.LIMITS, kind, 2)
    sent = {"source": "https://x.example/1", "target": whole(post, settings)}
    statuses = [client.post("/webmention/", sent).status_code for _ in range(3)]
    assert statuses == [202, 202, 429]
    other = Client(REMOTE_ADDR="192.0.2.7")
    elsewhere_said = other.post("/webmention/", {**sent, "source": "https://y.example/"})
    assert elsewhere_said.status_code == (429 if kind == "all" else 202)


def test_they_do_not_eat_the_limits_of_readers(post, settings, elsewhere, say):
    """A flood of mentions from a network keeps none of its readers from writing."""
    for number in range(15):
        elsewhere.pages[f"/{number}"] = page_with(whole(post, settings))
        say(elsewhere.url(f"/{number}"))
    assert Comment.objects.count() == 15
    draft = intake.make_draft(
        post=post, parent=None, name="Reader", mail="", text="Hello there.",
        network=ReceivedMention.objects.first().network,
    )  # fmt: skip
    assert intake.receive(draft, sender="reader")


def test_old_rows_are_forgotten(post, settings, elsewhere, say, time_machine):
    time_machine.move_to("2027-01-01T00:00Z")
    elsewhere.pages = {"/a": page_with(whole(post, settings))}
    say(elsewhere.url("/a"))
    say(elsewhere.url("/b"))
    time_machine.move_to("2027-04-05T00:00Z")
    mentions.forget_mentions(0)
    one = ReceivedMention.objects.get()
    assert (one.source, one.network) == (elsewhere.url("/a"), "")


def test_a_sentence_says_why(post):
    with pytest.raises(NotTaken, match="no post here"):
        receive_mention(source="https://x.example/", target="https://y.example/", network="")


def broken(monkeypatch, error):
    """Looking at any page raises something that nobody thought of."""

    def read(*args, **options):
        raise error

    monkeypatch.setattr(mentions, "read_page", read)


def test_what_nobody_foresaw_is_tried_again_and_then_seen_as_failed(
    post, settings, elsewhere, worker, monkeypatch
):
    elsewhere.pages = {"/a": page_with(whole(post, settings))}
    said = {"source": elsewhere.url("/a"), "target": whole(post, settings)}
    client = Client()
    with monkeypatch.context() as patched:
        broken(patched, ZeroDivisionError("by\0 none " + "x" * 500))
        assert client.post("/webmention/", said).status_code == 202
        worker.run()
        one = ReceivedMention.objects.get()
        assert (one.state, one.attempts) == ("waiting", 1)
        assert "ZeroDivisionError: by" in one.answer
        for _ in range(4):
            worker.run_later()
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("failed", 4)
    assert worker.statuses() == [("failed", 1)]
    client.force_login(make_user())
    listed = client.get("/admin/comments/receivedmention/?state__exact=failed").content.decode()
    assert "ZeroDivisionError: by" in listed
    assert client.post("/webmention/", said).status_code == 202  # said again, it is looked at again
    worker.run()
    assert Comment.objects.count() == 1
    assert ReceivedMention.objects.get().answer == ""


def test_after_an_unforeseen_failure_that_passes_it_is_taken(
    say, post, settings, elsewhere, monkeypatch
):
    elsewhere.pages = {"/a": page_with(whole(post, settings))}
    with monkeypatch.context() as patched:
        broken(patched, RuntimeError("once"))
        with pytest.raises(RuntimeError):
            say(elsewhere.url("/a"))
    mentions.verify_mention(mention_id=ReceivedMention.objects.get().pk)
    one = ReceivedMention.objects.get()
    assert (one.state, one.answer, one.attempts) == ("taken", "", 2)


def test_one_whose_job_is_gone_is_looked_at_again(post, settings, elsewhere, run_jobs):
    """An earlier release left such; so does a job that ended before its mention did."""
    elsewhere.pages = {"/a": page_with(whole(post, settings))}
    ages_ago = timezone.now() - timedelta(days=3)
    one = ReceivedMention.objects.create(
        source=elsewhere.url("/a"), target=whole(post, settings), post=post, asked_at=ages_ago
    )
    mentions.look_again(0)
    mentions.look_again(0)
    assert ProcrastinateJob.objects.filter(args={"mention_id": one.pk}).count() == 1
    run_jobs()
    assert Comment.objects.count() == 1


def test_one_that_takes_its_worker_down_each_time_ends_as_failed(post, settings, elsewhere):
    one = ReceivedMention.objects.create(
        source=elsewhere.url("/a"), target=whole(post, settings), post=post, attempts=4
    )
    mentions.verify_mention(mention_id=one.pk)
    one.refresh_from_db()
    assert one.state == "failed"
    assert "ended" in one.answer
    assert elsewhere.asked == []


def test_each_try_is_counted_before_it_can_end_its_worker(post, settings, elsewhere, monkeypatch):
    class Killed(BaseException):
        pass

    one = receive_mention(source=elsewhere.url("/a"), target=whole(post, settings), network="")
    elsewhere.pages = {"/a": page_with(whole(post, settings))}
    broken(monkeypatch, Killed())
    with pytest.raises(Killed):
        mentions.verify_mention(mention_id=one.pk)
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("waiting", 1)
