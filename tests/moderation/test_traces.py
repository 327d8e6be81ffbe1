"""What is kept of each text, and what a later one is told by it."""

from io import StringIO

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import IntegrityError, transaction

from comments import intake, own
from comments.models import Comment, Commenter
from moderation import services, trace_jobs, traces
from moderation.models import Fingerprint, Source, SourceUse
from tests.factories import make_post, make_published, make_user, send

LINK = "https://example.org/a"
TEXT = (
    "The argument rests on a premise that nobody has defended since, and yet every reply takes it"
    " for granted; which is why I keep asking what would follow if it were false."
)

pytestmark = pytest.mark.django_db


def sources_of(comment):
    uses = SourceUse.objects.filter(comment=comment).order_by("source__address")
    return list(uses.values_list("source__address", "address", "is_quoted"))


def reasons(comment):
    return {one.rule: one for one in comment.reasons.filter(revision=None)}


def send_as(post, text, commenter=None, parent=None, network="", **fields):
    draft = intake.make_draft(
        post=post, parent=parent, name="Hanna", mail="", text=text, commenter=commenter,
        network=network,
    )  # fmt: skip
    return intake.receive(draft, sender=f"{commenter}{network}{text}")


def test_a_source_is_kept_once_with_every_use():
    post = make_post()
    first = send(post, "See http://www.example.org/a/?utm_source=x and https://example.org/a#2")
    second = send(post, f"> {LINK}\n\nAnd https://b.example/ too, and [mail](mailto:a@b.example)")
    assert sources_of(first) == [(LINK, "http://www.example.org/a/?utm_source=x", False)]
    assert sources_of(second) == [
        ("https://b.example", "https://b.example/", False),
        (LINK, LINK, True),
    ]
    assert list(Source.objects.order_by("host").values_list("host", flat=True)) == [
        "b.example",
        "example.org",
    ]


def test_what_is_quoted_and_said_as_well_is_said():
    comment = send(make_post(), f"> {LINK}\n\nIndeed: {LINK}")
    assert sources_of(comment) == [(LINK, LINK, False)]


def test_rows_follow_an_edit_and_a_resubmission():
    post = make_post()
    comment = send(post, f"{TEXT} {LINK}")
    before = comment.fingerprint.digest
    own.edit_comment(comment_id=comment.pk, version=1, text="Only https://b.example/ now")
    assert sources_of(comment) == [("https://b.example", "https://b.example/", False)]
    assert Fingerprint.objects.get(comment=comment).digest != before
    services.reject_comment(comment_id=comment.pk, version=2, by=make_user())
    own.resubmit_comment(comment_id=comment.pk, version=3, text="No link at all.")
    assert sources_of(comment) == []
    assert Source.objects.count() == 2


def test_rows_are_kept_with_the_text_or_not_at_all(monkeypatch):
    def fail(comment):
        raise ZeroDivisionError

    monkeypatch.setattr("moderation.screening.screener.record_traces", fail)
    with pytest.raises(ZeroDivisionError):
        send(make_post(), LINK)
    assert not Comment.objects.exists()
    assert not Source.objects.exists()


def test_traces_go_with_a_comment_that_is_deleted():
    from comments.tree import delete_leaf

    comment = send(make_post(), f"{TEXT} {LINK}")
    delete_leaf(comment.pk)
    assert not Fingerprint.objects.exists()
    assert not SourceUse.objects.exists()


def test_an_address_of_any_length_is_kept():
    long = f"{LINK}?{'x' * 15_000}"
    one, other = send(make_post(), f"See {long}1"), send(make_post(), f"See {long}2")
    assert sources_of(one)[0][0].endswith("1")
    assert sources_of(other)[0][0].endswith("2")


def test_one_address_has_one_row():
    row = {"digest": traces.digest_of(LINK), "address": LINK, "host": "example.org"}
    Source.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.create(**row)


def test_a_source_posted_before_is_noted_with_its_places():
    first, second = make_post(), make_post()
    earlier = make_published(first, text=f"See {LINK}")
    comment = send(second, "See http://www.example.org/a?fbclid=1")
    reason = reasons(comment)["repeated source"]
    assert reason.effect == "note"
    (source,) = reason.evidence["sources"]
    assert source["places"] == [
        {
            "comment": earlier.pk,
            "post": first.title,
            "number": "1",
            "permalink": earlier.get_absolute_url(),
            "status": "published",
            "own": False,
        }
    ]


def test_quoting_a_link_repeats_nothing():
    post = make_post()
    earlier = make_published(post, text=f"See {LINK}")
    answer = make_published(post, earlier, text=f"> See {LINK}\n\nI did.")
    assert "repeated source" not in reasons(answer)
    third = send(post, f"See there: {LINK}")
    places = reasons(third)["repeated source"].evidence["sources"][0]["places"]
    assert [place["comment"] for place in places] == [earlier.pk]


def test_the_same_person_may_not_go_on_with_one_source():
    post, hanna = make_post(), Commenter.objects.create(name="Hanna")
    for n in range(3):
        comment = send_as(post, f"Number {n}: {LINK}", hanna)
        assert "own repeated source" not in reasons(comment)
    assert "own repeated source" in reasons(send_as(post, f"Once more {LINK}", hanna))
    assert "own repeated source" not in reasons(send_as(post, f"Another's {LINK}"))


def test_a_standing_note_reaches_queue_and_writer():
    send(make_post(), LINK)
    Source.objects.update(note="Weak.", dealt_with="/posts/r/c/1.8/", tell_writers=True)
    draft = intake.make_draft(post=make_post(), parent=None, name="", mail="", text=LINK)
    assert f"{LINK} was dealt with at /posts/r/c/1.8/: Weak." in intake.advise(draft).warnings
    assert "source dealt with" in reasons(send(make_post(), LINK))


@pytest.mark.parametrize(
    "change",
    [str, str.upper, lambda text: f"Well then. {text}", lambda text: text.replace("nobody", "no")],
    ids=["the same", "in capitals", "with a sentence before", "a word changed"],
)
@pytest.mark.parametrize("became", ["pending", "rejected", "spam", "published"])
def test_a_text_sent_before_waits_whatever_became_of_it(became, change):
    earlier = send(make_post(), TEXT)
    act = {
        "rejected": services.reject_comment,
        "spam": services.mark_spam,
        "published": services.publish_comment,
    }.get(became)
    if act:
        act(comment_id=earlier.pk, version=1, by=make_user())
    reason = reasons(send(make_post(), change(TEXT)))["repeated text"]
    assert reason.effect == "hold"
    (found,) = reason.evidence["comments"]
    assert (found["comment"], found["status"]) == (earlier.pk, became)


def test_a_long_quote_of_the_parent_repeats_nothing():
    post = make_post()
    parent = make_published(post, text=TEXT)
    answer = send(post, f"> {TEXT}\n\nThat is a premise I have defended at length.", parent)
    assert "repeated text" not in reasons(answer)
    assert "repeated text" not in reasons(send(post, f"> {TEXT}", parent))


def test_what_its_writer_withdrew_may_be_sent_again():
    post = make_post()
    first = send(post, TEXT)
    own.withdraw_comment(comment_id=first.pk, version=1)
    assert "repeated text" not in reasons(send(make_post(), TEXT))


def test_a_correction_does_not_repeat_the_text_that_it_corrects():
    comment = send(make_post(), TEXT)
    own.edit_comment(comment_id=comment.pk, version=1, text=f"{TEXT} Or true.")
    assert "repeated text" not in reasons(comment)
    own.edit_comment(comment_id=comment.pk, version=2, text="Something else altogether.")
    assert "repeated text" not in reasons(send(make_post(), TEXT))


def test_whose_text_it_was_is_told_by_cookie_and_for_two_days_by_network():
    hanna = Commenter.objects.create(name="Hanna")
    send_as(make_post(), TEXT, hanna, network="here")
    for known in ({"commenter": hanna}, {"network": "here"}):
        found = reasons(send_as(make_post(), TEXT, **known))["repeated text"]
        assert "own earlier text" in found.sentence
    by_another = send_as(make_post(), f"{TEXT}!", network="there")
    assert "own earlier text" not in reasons(by_another)["repeated text"].sentence


def test_a_short_text_may_be_said_by_two():
    post = make_post()
    send_as(post, "I agree with that.", network="here")
    assert "repeated text" not in reasons(send_as(post, "I agree with that!", network="there"))
    assert "repeated text" in reasons(send_as(post, "I agree, with that.", network="here"))


def test_facts_are_as_of_then_and_without_what_is_replaced():
    from django.utils import timezone

    from moderation.screening.facts.repeated import RepeatedTexts
    from moderation.screening.facts.sources import Sources

    before = timezone.now()
    comment = send(make_post(), f"{TEXT} {LINK}")
    draft = intake.make_draft(
        post=comment.post, parent=None, name="", mail="", text=f"{TEXT} {LINK}"
    )
    assert RepeatedTexts.gather(draft, timezone.now()).like[0].similarity == 1
    assert RepeatedTexts.gather(draft, before).like == ()
    assert len(Sources.gather(draft, timezone.now()).posted[0].uses) == 1
    assert Sources.gather(draft, before).posted[0].uses == ()


@pytest.mark.parametrize("links", [0, 1, 40])
def test_the_number_of_queries_does_not_grow_with_the_links(django_assert_num_queries, links):
    from django.utils import timezone

    from moderation.screening.facts.sources import Sources

    text = " ".join(f"{LINK}/{n}" for n in range(links)) or "No link."
    comment = send(make_post(), text)
    draft = intake.make_draft(post=comment.post, parent=None, name="", mail="", text=text)
    with django_assert_num_queries(bool(links)):
        Sources.gather(draft, timezone.now())
    with django_assert_num_queries(2 + 2 * bool(links)):
        traces.replace_traces(comment)


def forget():
    Fingerprint.objects.all().delete()
    SourceUse.objects.all().delete()


def run():
    out = StringIO()
    call_command("take_traces", stdout=out, stderr=StringIO())
    return out.getvalue()


def test_what_came_by_import_gets_its_traces_later(monkeypatch):
    monkeypatch.setattr(traces, "BATCH", 2)
    post = make_post()
    comments = [send(post, f"{TEXT} {LINK}/{n}") for n in range(5)]
    before = list(Fingerprint.objects.order_by("pk").values())
    uses = [sources_of(comment) for comment in comments]
    forget()
    assert run() == "5 looked at, 0 left\n"
    assert list(Fingerprint.objects.order_by("pk").values()) == before
    assert [sources_of(comment) for comment in comments] == uses
    assert run() == "0 looked at, 0 left\n"


@pytest.mark.parametrize("outdated", [{"version": 0}, {"html_version": 0}])
def test_what_was_taken_in_another_way_is_taken_again(outdated):
    comment = send(make_post(), LINK)
    Fingerprint.objects.update(digest=1, **outdated)
    SourceUse.objects.all().delete()
    run()
    assert Fingerprint.objects.get().digest == comment.fingerprint.digest
    assert sources_of(comment) == [(LINK, LINK, False)]


def test_an_edit_meanwhile_is_not_overwritten(monkeypatch):
    comment = send(make_post(), LINK)
    forget()
    real = traces.take

    def edited_meanwhile(stale):
        taken = real(stale)
        Comment.objects.filter(pk=comment.pk).update(version=2)
        return taken

    monkeypatch.setattr(traces, "take", edited_meanwhile)
    with pytest.raises(SystemExit, match="1"):
        run()
    assert sources_of(comment) == []


def test_the_operator_is_told_and_the_worker_sees_to_it():
    send(make_post(), LINK)
    forget()
    assert [one.id for one in check()] == ["moderation.W001"]
    trace_jobs.take_stale_traces(0)
    assert check() == []
    assert Fingerprint.objects.count() == 1


def check():
    found = run_checks(tags=[Tags.database], databases=["default"])
    return [one for one in found if one.id.startswith("moderation")]
