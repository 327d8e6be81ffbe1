"""Which comments stand in which tab, what a search finds, what a card shows beside the words."""

import logging
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from comments import intake, own
from comments.models import Comment, Commenter, RecordedReason
from moderation import services
from moderation.desk import queue
from moderation.models import (
    Act,
    Band,
    Clause,
    FollowUp,
    Likeness,
    LogEntry,
    PersonNote,
    Report,
    Sanction,
    Source,
)
from moderation.traces import record_traces
from tests.factories import make_post, make_published, make_user, publish, send

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def in_tab(client, tab, **query):
    """The ids of the cards in a tab, in order."""
    page = client.get(QUEUE, {"status": tab, **query})
    return [card.comment.pk for card in page.context["cards"]]


def decide(service, comment, by):
    comment.refresh_from_db()
    return service(comment_id=comment.pk, version=comment.version, by=by)


def test_each_tab_has_what_asks_for_it(client, moderator):
    post = make_post()
    waits, reported, appealed, edited, spam, owed = (send(post) for _ in range(6))
    for comment in (reported, edited, owed):
        publish(comment)
    Report.objects.create(comment=reported, reporter="x", reason="insult")
    decide(services.reject_comment, appealed, moderator)
    appealed.refresh_from_db()
    own.appeal_decision(comment_id=appealed.pk, version=appealed.version, text="Why?")
    edited.refresh_from_db()
    own.edit_comment(comment_id=edited.pk, version=edited.version, text=f"{edited.text}!")
    Likeness.objects.create(comment=spam, score=2, band=Band.SPAM, words=[])
    client.post(reverse("moderation:act", args=[owed.pk, "owe"]), {
        "version": Comment.objects.get(pk=owed.pk).version
    })  # fmt: skip
    assert in_tab(client, "pending") == [waits.pk, appealed.pk, spam.pk]
    assert in_tab(client, "reported") == [reported.pk]
    assert in_tab(client, "appeals") == [appealed.pk]
    assert in_tab(client, "edited") == [edited.pk]
    assert in_tab(client, "likely-spam") == [spam.pk]
    assert in_tab(client, "owed") == [owed.pk]
    assert len(in_tab(client, "all")) == 6
    counts = {tab: count for tab, _, count in queue.counts(moderator)}
    assert counts["appeals"] == counts["edited"] == counts["owed"] == counts["reported"] == 1
    assert counts["pending"] == 3
    page = client.get("/admin/").content.decode()
    assert "3 comments wait" in page
    assert "1 of them is an appeal" in page


def test_what_was_edited_is_looked_at_once(client, moderator):
    comment = make_published(make_post())
    edited = own.edit_comment(comment_id=comment.pk, version=comment.version, text="Other words")
    assert in_tab(client, "edited") == [comment.pk]
    decide(services.dismiss_reports, edited, moderator)
    assert in_tab(client, "edited") == []


def test_an_author_counts_and_finds_own_posts_only(client):
    author = make_user("author")
    client.force_login(author)
    mine, theirs = send(make_post(author=author), "canary one"), send(make_post(), "canary two")
    assert in_tab(client, "all", q="canary") == [mine.pk]
    assert in_tab(client, "all", person=theirs.pk) in ([], [mine.pk])
    assert queue.count_tabs(author, "pending") == {"pending": 1}


@pytest.mark.parametrize(
    "words",
    ["Habermas", "HABERMAS", "rahel@mail.example", "mail.example", "0123abcd", "0123abcd" * 4,
     "journal.example", "www.journal.example", "discourse ethics", '"ethics of"', "Rahel"],
)  # fmt: skip
def test_a_search_finds_name_mail_address_hash_host_and_words(client, moderator, words):
    post = make_post()
    text = "Habermas on discourse ethics of [old](https://www.journal.example/a/b)."
    found = send(post, text, name="Rahel")
    Comment.objects.filter(pk=found.pk).update(
        mail="rahel@mail.example", network="0123abcd" * 4, status="spam"
    )
    send(post, "Something else of somebody.")
    assert in_tab(client, "all", q=words) == [found.pk]


@pytest.mark.parametrize("words", ["'", '"', "&|!", "\0", "-", "a:*", "(" * 50, "%", "é" * 300])
def test_no_search_fails(client, moderator, words):
    send(make_post())
    assert client.get(QUEUE, {"status": "all", "q": words}).status_code == 200


def test_a_new_text_is_found_and_the_old_one_is_not(client, moderator):
    comment = send(make_post(), "before")
    own.edit_comment(comment_id=comment.pk, version=comment.version, text="afterwards")
    assert in_tab(client, "all", q="before") == []
    assert in_tab(client, "all", q="afterwards") == [comment.pk]


def test_filters_by_post_person_and_reason(client, moderator):
    one, other = make_post(), make_post()
    person = Commenter.objects.create(name="Rahel")
    first, second, third = send(one), send(other), send(other, "With https://a.example link.")
    Comment.objects.filter(pk__in=[first.pk, third.pk]).update(commenter=person)
    RecordedReason.objects.create(comment=second, rule="odd", effect="hold", sentence="Odd.")
    assert in_tab(client, "pending", post=other.pk) == [second.pk, third.pk]
    assert in_tab(client, "all", person=first.pk) == [third.pk, first.pk]
    assert in_tab(client, "pending", reason="odd") == [second.pk]


@pytest.mark.parametrize(
    "query", [{"status": "x"}, {"order": "x"}, {"post": "x"}, {"person": "-1"}, {"post": "9" * 30}]
)
def test_an_address_that_makes_no_sense_is_not_found(client, moderator, query):
    assert client.get(QUEUE, query).status_code == 404


def test_the_evidence_is_marked_in_the_text_alone(client, moderator):
    comment = send(make_post(), "A <b>lout</b>! See [lout](https://lout.example/lout).")
    evidence = {"matches": [{"part": "text", "found": "lout", "listed": "lout"},
                            {"part": "text", "found": "<b>", "listed": "<b>"}]}  # fmt: skip
    RecordedReason.objects.create(
        comment=comment, rule="words", effect="hold", sentence="A word.", evidence=evidence
    )
    page = client.get(QUEUE).content.decode()
    assert "<mark>&lt;b&gt;</mark><mark>lout</mark>" in page
    assert 'href="https://lout.example/lout"' in page


def test_a_link_says_where_it_was_posted_and_how_it_was_answered(client, moderator):
    post = make_post(title="On trust")
    first = make_published(post, text="See https://journal.example/a for that.")
    author = post.author
    draft = intake.make_draft(post=post, parent=first, name="A", mail="", user=author,
                              text="That paper is *weak*.\n\nIts sample is small.")  # fmt: skip
    answer = intake.receive(draft, sender="a")
    again = send(make_post(), "Once more: https://www.journal.example/a#x")
    Source.objects.filter(host="journal.example").update(note="Dealt with.", dealt_with="#1.1")
    page = client.get(QUEUE).content.decode()
    assert "posted 1 time before" in page
    assert "answered at" in page
    assert "On trust 1.1" in page
    assert "Dealt with." in page
    card = client.get(reverse("moderation:card", args=[again.pk]), {"quote": answer.pk})
    quoted = card.context["desk"].quoted
    assert "> That paper is *weak*." in quoted
    assert "[#1.1 under “On trust”](" in quoted
    assert answer.get_absolute_url() in quoted


def test_what_is_not_public_is_not_quoted(client, moderator):
    comment = send(make_post(), "secret words")
    card = client.get(reverse("moderation:card", args=[comment.pk]), {"quote": comment.pk})
    assert card.context["desk"].quoted == ""


def test_near_duplicates_are_named(client, moderator):
    text = "Nobody has ever shown that a majority of people want what the essay takes for granted."
    make_published(make_post(title="Elsewhere"), text=text, name="Copy")
    send(make_post(), text + " Really.")
    page = client.get(QUEUE).content.decode()
    assert "Much like" in page
    assert "Elsewhere" in page


def test_the_record_of_a_person(client, moderator):
    post, person = make_post(), Commenter.objects.create(name="Rahel")
    comments = [send(post, name=name) for name in ("Rahel", "R.", "Rahel", "Rahel")]
    Comment.objects.filter(pk__in=[one.pk for one in comments]).update(commenter=person)
    publish(comments[0])
    client.post(reverse("moderation:act", args=[comments[1].pk, "reject"]), {
        "version": 1, "clause": queue_clause(2).pk
    })  # fmt: skip
    Sanction.objects.create(effect="hold", target="identity", commenter=person, made_by=moderator)
    client.post(reverse("moderation:note", args=[comments[2].pk]), {"text": "Means well."})
    assert LogEntry.objects.filter(comment_id=comments[2].pk).latest("pk").act == Act.NOTED
    page = client.get(QUEUE).content.decode()
    for words in ("1 published, 1 rejected", f"({queue_clause(2)}: 1)", "Also as <bdi>R.</bdi>",
                  "Means well.", moderator.username, "Hold: every comment waits"):  # fmt: skip
        assert words in page, words


def queue_clause(number):
    return Clause.objects.current().get(number=number)


@pytest.mark.parametrize("text", ["", " ", "x" * 1001])
def test_a_note_that_is_none_is_not_kept(client, moderator, text):
    comment = send(make_post())
    client.post(reverse("moderation:note", args=[comment.pk]), {"text": text})
    assert not PersonNote.objects.exists()


def test_of_anothers_post_nobody_is_noted(client):
    client.force_login(make_user("author"))
    comment = send(make_post())
    address = reverse("moderation:note", args=[comment.pk])
    assert client.post(address, {"text": "x"}).status_code == 404


@pytest.mark.parametrize("many", [2, 20])
def test_full_cards_take_the_same_queries_for_any_number(
    client, many, moderator, django_assert_max_num_queries
):
    post, root = make_post(), make_published(make_post())
    for number in range(many):
        person = Commenter.objects.create(name=f"Reader {number}")
        comment = send(post, f"Nobody ever saw https://a.example/{number % 3} in all these years.")
        Comment.objects.filter(pk=comment.pk).update(
            commenter=person, mail=f"{number}@a.example", network=f"{number:032x}"
        )
        record_traces(comment)
        PersonNote.objects.create(whose=f"commenter {person.pk}", text="Seen.")
    assert root.pk
    LogEntry.objects.filter(at__lt=timezone.now() - timedelta(1)).count()
    # session, user, two of permissions, learned, counts, cards, reasons, reports, earlier texts,
    # clauses twice, links, alike, owed, records, notes, sanctions, brakes, canned notes,
    # done just now, the rule of slow mode
    with django_assert_max_num_queries(22) as captured:
        client.get(QUEUE)
    assert len(captured) >= 15


@pytest.mark.parametrize("field", ["q", "reason"])
def test_nothing_is_looked_for_by_what_the_database_cannot_hold(client, field):
    client.force_login(make_user())
    send(make_post())
    assert client.get("/admin/queue/", {field: "a\0b"}).status_code == 200


def test_a_card_asks_for_nothing_that_no_page_says(client, moderator, caplog):
    """Each such look-up takes a template longer than most that it writes. Left are those of rows
    that a comment may not have.
    """
    send(make_post())
    client.get(QUEUE)
    with caplog.at_level(logging.DEBUG, logger="django.template"):
        assert client.get(QUEUE).status_code == 200
    asked = {record.args[0] for record in caplog.records if record.name == "django.template"}
    assert asked <= {"claim", "appeal", "likeness", "subtitle"}


def test_the_counts_follow_the_clock(author_with_a_reply_to_give):
    """Their statement is made once: the moment must not stand still in it."""
    author, owed = author_with_a_reply_to_give
    for snoozed_until, count in [
        (None, 1),
        (timezone.now() + timedelta(days=1), 0),
        (timezone.now() - timedelta(seconds=1), 1),
    ]:
        FollowUp.objects.filter(pk=owed.pk).update(snoozed_until=snoozed_until)
        assert queue.count_tabs(author, "owed", "pending") == {"owed": count, "pending": 0}
    other = make_user("author")
    assert queue.count_tabs(other, "owed", "pending") == {"owed": 0, "pending": 0}


@pytest.fixture
def author_with_a_reply_to_give():
    author = make_user("author")
    comment = make_published(make_post(author=author))
    owed = FollowUp.objects.create(comment=comment, owed_by=author, owed_at=timezone.now())
    return author, owed
