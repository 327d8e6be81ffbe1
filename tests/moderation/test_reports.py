"""Reports: sent by readers without a name, counted once each, answered by moderators."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import Post
from comments.errors import StatusConflict, TreeBusy
from comments.models import Comment
from core.guards import make_stamp
from core.models import SiteSettings
from core.site import save_site
from moderation import reports, services
from moderation.models import LogEntry, Report
from moderation.permissions import NotAllowed
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"
REPORTED = QUEUE + "?status=reported"


@pytest.fixture
def comment(db):
    return make_published(make_post(slug="a-post"), text="What it says")


def address(comment):
    return comment.get_absolute_url() + "report/"


def fields(comment, **changed):
    form = {"reason": "insult", "text": "", "stamp": make_stamp("report", comment.pk)}
    return {**form, **changed}


def report(comment, reporter="somebody", text="", reason="spam"):
    return reports.report_comment(
        comment_id=comment.pk, reason=reason, text=text, reporter=reporter
    )


def fresh(comment):
    return Comment.objects.get(pk=comment.pk)


def call(service, comment, by=None):
    return service(comment_id=comment.pk, version=fresh(comment).version, by=by or make_user())


def acts_on(comment):
    entries = LogEntry.objects.filter(comment_id=comment.pk).order_by("pk")
    return list(entries.values_list("act", flat=True))


# The form


def test_every_published_comment_has_a_link_to_report_it(client, comment):
    page = client.get("/posts/a-post/").content.decode()
    assert f'href="{address(comment)}"' in page


def test_a_tombstone_and_a_closed_post_show_what_can_be_reported(client, comment):
    Post.objects.update(comments_status="closed")
    assert address(comment) in client.get("/posts/a-post/").content.decode()
    call(services.remove_comment, comment)
    assert address(comment) not in client.get("/posts/a-post/").content.decode()


def test_a_reader_reports_a_comment_and_is_thanked(client, comment):
    page = client.get(address(comment)).content.decode()
    assert "What it says" in page
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    answer = client.post(
        address(comment), fields(comment, stamp=stamp, text="He calls me names."), follow=True
    )
    assert "Thank you" in answer.content.decode()
    assert "Until then it stays where it is" in answer.content.decode()
    assert not answer.cookies
    stored = Report.objects.get()
    assert (stored.comment, stored.reason, stored.text) == (comment, "insult", "He calls me names.")
    assert fresh(comment).is_published


def test_a_report_needs_no_csrf_cookie(comment):
    client = Client(enforce_csrf_checks=True)
    assert client.post(address(comment), fields(comment)).status_code == 302


def test_comments_under_pages_are_reported_too(client):
    comment = make_published(make_post(kind="page", slug="about-us"))
    assert address(comment) == "/about-us/c/1/report/"
    assert client.post(address(comment), fields(comment)).status_code == 302
    assert Report.objects.get().comment == comment


def test_opening_the_form_changes_nothing(client, comment):
    client.get(address(comment))
    client.get(address(comment) + "sent/")
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"reason": ""}, 400, "This field is required"),
        ({"reason": "boring"}, 400, "not one of the available choices"),
        ({"text": "Kept " + "x" * 1000}, 400, "1,005 characters; 1,000 are possible"),
        ({"stamp": "forged"}, 403, "older than 30 days"),
        ({"stamp": ""}, 403, "older than 30 days"),
    ],
)
def test_a_refused_report_comes_back_with_its_text(client, comment, changed, status, words):
    answer = client.post(address(comment), fields(comment, **{"text": "Kept", **changed}))
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert "Kept" in page
    assert not Report.objects.exists()


def test_a_report_that_came_back_is_good_for_the_next_try(client, comment):
    page = client.post(address(comment), fields(comment, stamp="forged")).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    assert client.post(address(comment), fields(comment, stamp=stamp)).status_code == 302


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_report_is_refused_with_its_text(client, comment, headers):
    answer = client.post(address(comment), fields(comment, text="Kept"), headers=headers)
    assert answer.status_code == 403
    assert "Kept" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_stamp_of_the_comment_form_or_another_comment_is_refused(client, comment):
    other = make_published(comment.post)
    for stamp in (make_stamp("comment", comment.pk), make_stamp("report", other.pk)):
        assert client.post(address(comment), fields(comment, stamp=stamp)).status_code == 403


def test_a_comment_removed_meanwhile_gives_the_report_back(client, comment):
    form = fields(comment, text="Kept")
    call(services.remove_comment, comment)
    answer = client.post(address(comment), form)
    assert answer.status_code == 409
    assert "Kept" in answer.content.decode()
    assert "What it says" not in answer.content.decode()


def test_what_the_public_does_not_see_is_not_there_to_report(client, comment):
    waiting = send(comment.post)
    with pytest.raises(reports.NothingToReport):
        report(waiting)
    Post.objects.update(status="draft")
    assert client.get(address(comment)).status_code == 404
    assert client.post(address(comment), fields(comment)).status_code == 404
    with pytest.raises(reports.NothingToReport):
        report(comment)


def test_where_the_author_hides_the_conversation_nothing_is_shown_to_report(client, comment):
    Post.objects.update(comments_status="hidden")
    for place in ("", "reply/", "report/", "report/sent/"):
        assert client.get(comment.get_absolute_url() + place).status_code == 404
    with pytest.raises(reports.NothingToReport):
        report(comment)


def test_a_network_sends_ten_reports_an_hour_and_the_eleventh_keeps_its_text(client, comment):
    comments = [comment] + [make_published(comment.post) for _ in range(10)]
    statuses = [client.post(address(c), fields(c)).status_code for c in comments[:10]]
    assert statuses == [302] * 10
    refused = client.post(address(comments[10]), fields(comments[10], text="Kept"))
    assert refused.status_code == 429
    assert "Kept" in refused.content.decode()
    assert "in 60 minutes" in refused.content.decode()
    elsewhere = client.post(address(comment), fields(comment), REMOTE_ADDR="192.0.2.9")
    assert elsewhere.status_code == 302
    assert Report.objects.count() == 11


def test_a_database_out_of_reach_gives_the_report_back(client, comment, monkeypatch):
    def fail(**words):
        raise OperationalError

    monkeypatch.setattr("moderation.public_views.report_comment", fail)
    answer = client.post(address(comment), fields(comment, text="Kept"))
    assert answer.status_code == 503
    assert "Kept" in answer.content.decode()


# What is stored


def test_the_same_reader_counts_once(client, comment):
    for text in ("first", "second"):
        assert client.post(address(comment), fields(comment, text=text)).status_code == 302
    assert Report.objects.get().text == "first"
    assert acts_on(comment).count("reported") == 1


def test_the_database_refuses_a_second_report_of_one_reader(comment):
    first = report(comment)
    with pytest.raises(IntegrityError):
        Report.objects.create(comment=comment, reporter=first.reporter, reason="spam")


def test_the_reports_of_one_reader_can_not_be_put_together(comment):
    other = make_published(comment.post)
    assert report(comment).reporter != report(other).reporter


def test_the_log_has_a_row_for_each_report_without_its_words(comment):
    report(comment, text="canary")
    entry = LogEntry.objects.latest("pk")
    assert (entry.act, entry.actor_id, entry.number) == ("reported", None, "1")
    assert (entry.status_before, entry.status_after) == ("published", "published")
    assert "canary" not in str(list(LogEntry.objects.values()))


def test_a_report_leaves_the_time_of_the_last_change_alone(comment):
    report(comment)
    assert fresh(comment).changed_at == comment.changed_at


# Holding


def test_reports_hide_nothing_unless_a_number_is_set(comment):
    for number in range(20):
        report(comment, reporter=str(number))
    assert fresh(comment).is_published


def test_enough_reporters_put_a_comment_back_among_what_waits(client, comment, settings):
    settings.COMMENT_REPORTS_TO_HOLD = 3
    for reporter in ("a", "b", "b", "b"):
        report(comment, reporter=reporter)
    assert fresh(comment).is_published
    report(comment, reporter="c")
    assert fresh(comment).status == "pending"
    held = LogEntry.objects.latest("pk")
    assert (held.act, held.actor_id) == ("held", None)
    assert (held.status_before, held.status_after) == ("published", "pending")
    assert "What it says" not in client.get("/posts/a-post/").content.decode()


def test_the_page_of_thanks_says_how_many_take_a_comment_back(client, comment, settings):
    settings.COMMENT_REPORTS_TO_HOLD = 3
    assert "If 3 readers report it" in client.get(address(comment) + "sent/").content.decode()


def test_the_number_of_the_sites_settings_holds_whatever_the_environment_says(
    client, comment, settings
):
    settings.COMMENT_REPORTS_TO_HOLD = 1
    site = SiteSettings.from_environment()
    site.reports_to_hold = 2
    save_site(site)
    assert "If 2 readers report it" in client.get(address(comment) + "sent/").content.decode()
    report(comment, reporter="a")
    assert fresh(comment).is_published
    report(comment, reporter="b")
    assert fresh(comment).status == "pending"


def test_after_an_answer_the_count_begins_anew(comment, settings):
    settings.COMMENT_REPORTS_TO_HOLD = 2
    report(comment, reporter="a")
    call(services.dismiss_reports, comment)
    report(comment, reporter="b")
    assert fresh(comment).is_published
    report(comment, reporter="c")
    assert fresh(comment).status == "pending"


@pytest.mark.django_db(transaction=True)
def test_a_hold_that_can_not_be_logged_leaves_no_report_either(comment, settings):
    settings.COMMENT_REPORTS_TO_HOLD = 1
    table = "ALTER TABLE moderation_logentry"
    with connection.cursor() as cursor:
        cursor.execute(f"{table} ADD CONSTRAINT no CHECK (act <> 'held') NOT VALID")
    try:
        with pytest.raises(TreeBusy):
            report(comment)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"{table} DROP CONSTRAINT no")
    assert fresh(comment).is_published
    assert not Report.objects.exists()


# Answering


@pytest.mark.parametrize(
    "service",
    [
        services.dismiss_reports,
        services.remove_comment,
        services.reject_comment,
        services.mark_spam,
        services.hold_comment,
    ],
)
def test_every_act_answers_the_reports(comment, service):
    first, second = report(comment, reporter="a"), report(comment, reporter="b")
    call(service, comment)
    answered = Report.objects.filter(answered_at__isnull=False)
    assert set(answered) == {first, second}


def test_an_act_answers_no_other_comments_reports(comment):
    other = make_published(comment.post)
    report(comment)
    report(other)
    call(services.dismiss_reports, comment)
    assert Report.objects.unanswered().get().comment == other


def test_keeping_changes_nothing_but_the_record(comment):
    report(comment)
    by = make_user()
    call(services.dismiss_reports, comment, by)
    entry = LogEntry.objects.latest("pk")
    assert (entry.act, entry.actor_id) == ("kept", by.pk)
    assert (entry.status_before, entry.status_after) == ("published", "published")
    assert fresh(comment).is_published


def test_of_two_moderators_the_second_is_told_even_when_the_first_kept_it(comment):
    report(comment)
    seen = fresh(comment).version
    call(services.dismiss_reports, comment)
    for service in (services.dismiss_reports, services.remove_comment):
        with pytest.raises(StatusConflict):
            service(comment_id=comment.pk, version=seen, by=make_user())
    assert fresh(comment).is_published


def test_a_report_that_came_meanwhile_is_not_dismissed_unseen(comment):
    report(comment, reporter="a")
    seen = fresh(comment).version
    report(comment, reporter="b")
    with pytest.raises(StatusConflict):
        services.dismiss_reports(comment_id=comment.pk, version=seen, by=make_user())
    assert Report.objects.unanswered().count() == 2


def test_without_a_report_there_is_nothing_to_keep(comment):
    with pytest.raises(StatusConflict):
        call(services.dismiss_reports, comment)


def test_an_author_answers_reports_under_own_posts_only(comment):
    report(comment)
    with pytest.raises(NotAllowed):
        call(services.dismiss_reports, comment, make_user("author"))
    call(services.dismiss_reports, comment, comment.post.author)
    assert not Report.objects.unanswered().exists()


# The queue


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def test_the_tab_shows_the_longest_reported_first_with_reasons_and_words(
    client, moderator, comment
):
    younger = make_published(comment.post, name="Younger report")
    older = make_published(comment.post, name="Older report")
    make_published(comment.post, name="Unreported")
    report(younger, text="Line one\n<b>two</b>")
    report(older, reason="personal data")
    Report.objects.filter(comment=older).update(reported_at=timezone.now() - timedelta(days=1))
    report(older, reporter="another")
    page = client.get(REPORTED).content.decode()
    assert page.index("Older report") < page.index("Younger report")
    assert "Unreported" not in page
    assert "2 reports" in page
    assert "Somebody&#x27;s personal data" in page
    assert "Line one<br>&lt;b&gt;two&lt;/b&gt;" in page


def test_one_click_keeps_a_comment_and_takes_it_off_the_tab(client, moderator, comment):
    report(comment)
    assert "act-keep" in client.get(REPORTED).content.decode()
    keep = reverse("moderation:act", args=[comment.pk, "keep"])
    form = {"version": fresh(comment).version, "status": "reported"}
    answer = client.post(keep, form, follow=True)
    assert answer.redirect_chain[-1][0] == REPORTED
    assert "Kept as it is." in answer.content.decode()
    assert "act-keep" not in answer.content.decode()


def test_a_published_comment_without_reports_can_not_be_kept(client, moderator, comment):
    assert "act-keep" not in client.get(QUEUE + "?status=published").content.decode()


def test_a_comment_held_by_reports_waits_with_them_in_view(client, moderator, comment, settings):
    settings.COMMENT_REPORTS_TO_HOLD = 1
    report(comment, text="Why it was held")
    page = client.get(QUEUE).content.decode()
    assert "Why it was held" in page
    assert "act-keep" not in page
    assert "What it says" not in client.get(REPORTED).content.decode()


def test_an_author_sees_reports_under_own_posts_only(client, comment):
    client.force_login(make_user("author"))
    report(comment, text="canary")
    assert "canary" not in client.get(REPORTED).content.decode()
    keep = reverse("moderation:act", args=[comment.pk, "keep"])
    assert client.post(keep, {"version": fresh(comment).version}).status_code == 404
    client.force_login(comment.post.author)
    assert "canary" in client.get(REPORTED).content.decode()


def test_what_was_reported_is_called_out_in_the_admin(client, moderator, comment):
    assert "been reported" not in client.get("/admin/").content.decode()
    report(comment)
    assert "1 published comment has been reported" in client.get("/admin/").content.decode()


def test_the_record_says_that_a_reader_reported(client, moderator, comment):
    report(comment)
    page = client.get(reverse("moderation:card", args=[comment.pk])).content.decode()
    assert re.search(r"<td>Reported</td><td>a reader</td>", page)


@pytest.mark.parametrize("many", [1, 20])
def test_the_tab_takes_the_same_queries_for_any_number_of_reports(
    client, moderator, comment, many, django_assert_num_queries
):
    for number in range(many):
        other = make_published(comment.post, parent=comment)
        for reporter in range(1 + number % 3):
            report(other, reporter=str(reporter))
    # session, user, permissions (2), counts, cards, reasons, reports, earlier texts, menu, clauses,
    # links, alike, owed, records, notes, sanctions, canned notes, done just now, rule of slow mode
    with django_assert_num_queries(21):
        client.get(REPORTED)


def test_reports_are_on_no_public_page(client, comment):
    report(comment, text="canary")
    for place in ("/", "/posts/a-post/", address(comment), address(comment) + "sent/"):
        assert "canary" not in client.get(place).content.decode()
