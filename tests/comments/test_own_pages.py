"""The private pages about one's own comment, through HTTP."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from blog.models import Post
from comments import intake, numbers, own, tree
from comments.errors import CommentError
from comments.models import Comment, Commenter, Revision
from comments.private_links import make_token
from core.guards import make_stamp
from moderation import services
from moderation.models import Rule
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

FORMS = ("edit", "resubmit", "appeal", "withdraw")
ACTS = {
    "edit": lambda: send(make_post(), "One"),
    "resubmit": lambda: decide(services.reject_comment, send(make_post(), "One")),
    "appeal": lambda: decide(services.reject_comment, send(make_post(), "One")),
    "withdraw": lambda: send(make_post(), "One"),
}


def decide(service, comment, **fields):
    comment.refresh_from_db()
    return service(comment_id=comment.pk, version=comment.version, by=make_user(), **fields)


def go_on(comment):
    draft = intake.make_draft(
        post=comment.post, parent=comment, name="Reader", mail="", text="More.", continues=True
    )
    return intake.receive(draft, sender="somewhere")


def fields(comment, **changed):
    stamp = make_stamp("own comment", comment.pk)
    return {"text": "My new words", "version": comment.version, "stamp": stamp, **changed}


def own_address(name, comment):
    return reverse(f"comments:{name}", args=[make_token(comment)])


def shown(client, comment, name="status"):
    return client.get(own_address(name, comment)).content.decode()


def steps(client, comment):
    address = own_address("status", comment)
    page = client.get(address).content.decode()
    return re.findall(rf'href="{re.escape(address)}(\w+)/"', page)


# What the status page says


def test_what_waits_is_told_how_long_it_usually_takes(client):
    post = make_post()
    assert "usually" not in shown(client, send(post))
    earlier = make_published(post)
    sent = earlier.published_at - timedelta(hours=3)
    Comment.objects.filter(pk=earlier.pk).update(submitted_at=sent)
    assert "usually within about 3 hours" in shown(client, send(post))


def test_a_published_one_links_to_its_number(client):
    comment = make_published(make_post())
    assert f'<a href="{comment.get_absolute_url()}">#1</a>' in shown(client, comment)


def test_a_published_one_that_nobody_sees_is_told_so(client):
    comment = make_published(make_post())
    Post.objects.update(comments_status=Post.Comments.HIDDEN)
    page = shown(client, comment)
    assert comment.get_absolute_url() not in page
    assert "At present nobody sees it" in page


def test_a_rejected_one_has_the_moderators_note_as_text(client):
    comment = decide(services.reject_comment, send(make_post()), note="Off <b>topic</b>.")
    page = shown(client, comment)
    assert "<strong>Rejected</strong>" in page
    assert "Off &lt;b&gt;topic&lt;/b&gt;." in page


def test_the_note_of_an_earlier_decision_is_not_that_of_the_last(client):
    comment = decide(services.reject_comment, send(make_post()), note="Off topic.")
    decide(services.publish_comment, comment)
    assert "Off topic." not in shown(client, comment)


def test_a_removed_one_says_by_whom(client):
    by_moderator = decide(services.remove_comment, make_published(make_post()))
    withdrawn = make_published(make_post())
    own.withdraw_comment(comment_id=withdrawn.pk, version=withdrawn.version)
    assert "<strong>Removed</strong> by a moderator" in shown(client, by_moderator)
    assert "<strong>Withdrawn</strong> by you" in shown(client, withdrawn)


def test_a_moved_one_says_where_it_was_and_is(client):
    post = make_post(title="The old place")
    make_published(post)
    comment = make_published(post)
    there = make_published(make_post(title="The new place"))
    with transaction.atomic():
        tree.lock_trees({comment.tree_id, there.tree_id})
        tree.move_branch(comment, post=there.post, parent=there)
        numbers.renumber_branch(comment)
    comment = Comment.objects.get(pk=comment.pk)
    page = shown(client, comment)
    assert "#2 under “The old place”" in page
    assert f'<a href="{comment.get_absolute_url()}">#1.1</a> under “The new place”' in page


def test_every_text_is_there_for_its_writer_and_none_but_the_last_for_readers(client):
    comment = make_published(make_post(), text="First <canary>")
    own.edit_comment(comment_id=comment.pk, version=comment.version, text="Second")
    page = shown(client, comment)
    assert "First &lt;canary&gt;" in page
    assert "Second" in page
    public = client.get(comment.post.get_absolute_url()).content.decode()
    assert "Second" in public
    assert "canary" not in public


@pytest.mark.parametrize(
    ("make", "possible"),
    [
        (send, ["edit", "continue", "withdraw"]),
        (make_published, ["edit", "continue", "withdraw"]),
        (lambda post: decide(services.reject_comment, send(post)), ["resubmit", "appeal"]),
        (lambda post: decide(services.mark_spam, send(post)), ["appeal"]),
        (lambda post: decide(services.remove_comment, make_published(post)), ["appeal"]),
    ],
    ids=["pending", "published", "rejected", "spam", "removed"],
)
def test_the_status_page_offers_what_is_possible_and_nothing_else(client, make, possible):
    comment = make(make_post())
    assert steps(client, comment) == possible
    for name in set(FORMS) - set(possible):
        assert client.post(own_address(name, comment), fields(comment)).status_code == 409


@pytest.mark.parametrize("name", ["status", *FORMS])
def test_the_private_pages_are_for_no_cache_and_no_index(client, name):
    answer = client.get(own_address(name, send(make_post())))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["status", *FORMS])
def test_a_guessed_address_leads_nowhere(client, name):
    comment = send(make_post())
    address = own_address(name, comment)
    token = address.split("/")[2]
    for guess in (str(comment.pk), token[:-1], token + "x"):
        assert client.get(address.replace(token, guess)).status_code == 404
        answer = client.post(address.replace(token, guess), fields(comment))
        assert answer.status_code == (405 if name == "status" else 404)


@pytest.mark.parametrize("many", [1, 12])
def test_the_status_page_takes_the_same_queries_for_any_history(
    client, many, django_assert_num_queries
):
    comment = send(make_post())
    for number in range(many):
        text = f"Text {number}"
        comment = own.edit_comment(comment_id=comment.pk, version=comment.version, text=text)
    # comment, revisions, appeal, places, open request, note, why, usual wait, menu
    with django_assert_num_queries(11):
        client.get(own_address("status", comment))


def test_what_was_appealed_against_is_told_as_what_was_decided_then(client):
    comment = decide(services.reject_comment, send(make_post()), note="Off topic.")
    own.appeal_decision(comment_id=comment.pk, version=comment.version, text="It is not.")
    page = shown(client, comment)
    assert "Your appeal is with the moderators. The comment had been rejected" in page
    assert "note on the earlier decision</h2>" in page
    assert "before it appears" not in page


def test_what_was_sent_again_waits_as_such_until_a_moderator_has_decided(client):
    comment = decide(services.reject_comment, send(make_post()), note="Rude.")
    own.resubmit_comment(comment_id=comment.pk, version=comment.version, text="Polite.")
    assert "Your new text is with the moderators." in shown(client, comment)
    decide(services.publish_comment, comment)
    decide(services.hold_comment, comment)
    assert "Your new text" not in shown(client, comment)


def test_what_was_taken_for_spam_is_told_so_and_what_to_do(client):
    page = shown(client, decide(services.mark_spam, send(make_post())))
    assert "<strong>Taken for spam.</strong>" in page
    assert "appeal" in page


def test_a_published_one_says_until_when_it_can_be_edited(client, settings):
    settings.TIME_ZONE = "UTC"
    comment = make_published(make_post())
    until = comment.published_at + timedelta(minutes=15)
    assert f"Edit it, until {until:%H:%M} or until it is answered" in shown(client, comment)


def test_it_says_what_the_comment_answers(client):
    post = make_post()
    parent = make_published(post, name="Hanna")
    page = shown(client, send(post, parent=parent))
    assert f'in reply to <a href="{parent.get_absolute_url()}">#1</a> by <bdi>Hanna</bdi>' in page
    assert "no more levels" not in page
    decide(services.remove_comment, parent)
    page = shown(client, Comment.objects.get(parent=parent))
    assert "in reply to" in page
    assert "Hanna" not in page


def test_it_says_that_a_reply_stands_beside_what_it_answers(client):
    post = make_post()
    parent = deepest = make_published(post)
    for _ in range(tree.MAX_LEVEL):
        parent, deepest = deepest, make_published(post, parent=deepest)
    reply = send(post, parent=deepest)
    assert reply.parent_id == parent.pk
    page = shown(client, reply)
    assert f"#{deepest.number}</a> by <bdi>Reader</bdi>, beside it: no more levels below" in page


def test_a_continuation_of_what_waits_leads_to_the_first_part(client):
    first = send(make_post())
    page = shown(client, go_on(first))
    assert "It can appear once the comment that it continues has." in page
    assert f'continued from <a href="{own_address("status", first)}">' in page


def test_a_continuation_of_what_was_rejected_says_that_it_can_not_appear(client):
    first = send(make_post())
    second = go_on(first)
    decide(services.reject_comment, first)
    page = shown(client, second)
    assert "your waiting comment" not in page
    assert "appear unless that one does" in page
    with pytest.raises(CommentError):
        decide(services.publish_comment, second)
    decide(services.publish_comment, first)
    assert "appear unless" not in shown(client, second)
    assert decide(services.publish_comment, second).number == "1.1"


def test_who_withdraws_what_was_never_public_is_told_what_goes_with_it(client):
    first = send(make_post())
    assert "goes with it" not in shown(client, first, "withdraw")
    second = go_on(first)
    assert "What continues it goes with it." in shown(client, first, "withdraw")
    own.withdraw_comment(comment_id=first.pk, version=first.version)
    page = shown(client, second)
    assert "<strong>Withdrawn</strong> by you." in page
    assert "More." in page


def test_a_continuation_that_was_left_alone_says_that_it_can_not_appear(client):
    """As one of an earlier release may stand in the database."""
    first = send(make_post())
    second = go_on(first)
    Comment.objects.filter(pk=first.pk).update(
        status="removed", status_before_removal="pending", removed_by="commenter"
    )
    page = shown(client, second)
    assert "It continues a comment that you withdrew before it was public" in page
    assert f'continued from <a href="{own_address("status", first)}">your earlier comment' in page


def test_who_confirmed_the_address_elsewhere_is_told_so_here(client):
    comment = send(make_post())
    holder = Commenter.objects.create(mail="h@example.org", confirmed_at=timezone.now())
    Comment.objects.filter(pk=comment.pk).update(commenter=holder)
    assert "This browser is not known as theirs" in shown(client, comment)
    client.cookies["commenter"] = signing.TimestampSigner(salt="comments.commenter").sign(
        str(holder.pk)
    )
    assert "This browser is not known as theirs" not in shown(client, comment)


# The forms


@pytest.mark.parametrize("name", FORMS)
def test_the_form_on_the_page_does_the_act_without_a_script_and_leads_back(client, name):
    comment = ACTS[name]()
    page = shown(client, comment, name)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    address = own_address(name, comment)
    answer = client.post(address, {**hidden, "text": "My new words"})
    assert answer.status_code == 302
    assert f"{answer.url}{name}/" == address
    assert Comment.objects.get().version > comment.version


@pytest.mark.parametrize("name", FORMS)
def test_a_get_changes_nothing(client, name):
    comment = ACTS[name]()
    shown(client, comment, name)
    assert Comment.objects.get().version == comment.version


def kept(answer):
    return "My new words" in answer.content.decode()


@pytest.mark.parametrize("name", ["edit", "resubmit", "appeal"])
@pytest.mark.parametrize(
    ("changed", "headers", "status"),
    [
        ({"stamp": "forged"}, {}, 403),
        ({}, {"Origin": "https://elsewhere.example"}, 403),
        ({}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"version": "999"}, {}, 409),
        ({"version": ""}, {}, 409),
        ({"version": "1e9"}, {}, 409),
        ({"text": "My new words" + "x" * 20_000}, {}, 400),
    ],
)
def test_whatever_is_refused_comes_back_with_its_text(client, name, changed, headers, status):
    comment = ACTS[name]()
    answer = client.post(own_address(name, comment), fields(comment, **changed), headers=headers)
    assert answer.status_code == status
    assert kept(answer)
    assert Comment.objects.get().text == "One"


def test_a_text_under_a_post_closed_meanwhile_comes_back(client):
    comment = send(make_post(), "One")
    type(comment.post).objects.update(comments_status="closed")
    answer = client.post(own_address("edit", comment), fields(comment))
    assert answer.status_code == 409
    assert kept(answer)


def test_a_text_comes_back_when_the_database_fails(client, monkeypatch, caplog):
    def fail(**form):
        raise Error

    monkeypatch.setattr(own, "edit_comment", fail)
    comment = send(make_post(), "One")
    answer = client.post(own_address("edit", comment), fields(comment))
    assert answer.status_code == 503
    assert kept(answer)


def test_after_a_conflict_the_form_can_be_sent_again(client):
    comment = send(make_post(), "One")
    own.edit_comment(comment_id=comment.pk, version=comment.version, text="From another tab")
    answer = client.post(own_address("edit", comment), fields(comment))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "From another tab" in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    client.post(own_address("edit", comment), fields(comment, version=version))
    assert Comment.objects.get().text == "My new words"


def test_a_stamp_for_another_comment_is_no_stamp_for_this_one(client):
    comment, other = send(make_post(), "One"), send(make_post())
    stamp = make_stamp("own comment", other.pk)
    answer = client.post(own_address("edit", comment), fields(comment, stamp=stamp))
    assert answer.status_code == 403
    assert Comment.objects.get(pk=comment.pk).text == "One"


def test_ones_link_changes_ones_own_comment_only(client):
    comment, other = send(make_post(), "One"), send(make_post(), "Other")
    client.post(own_address("edit", comment), fields(comment))
    assert Comment.objects.get(pk=other.pk).text == "Other"
    assert Revision.objects.get().comment == comment


def test_who_edits_a_public_comment_is_told_before_that_it_may_wait_again(client):
    post = make_post()
    assert "it waits again" in shown(client, make_published(post), "edit")
    assert "it waits again" not in shown(client, send(post), "edit")


def test_an_edit_past_its_time_is_refused_on_the_page_before_it_is_written(client, time_machine):
    comment = make_published(make_post())
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    assert "15 minutes" in shown(client, comment, "edit")


# What the public sees meanwhile


def test_nothing_that_nobody_approved_is_public(client):
    comment = make_published(make_post(), text="Approved canary")
    links = "Unseen canary http://a.example"
    comment = own.edit_comment(comment_id=comment.pk, version=comment.version, text=links)
    rejected = decide(services.reject_comment, comment)
    comment = own.resubmit_comment(
        comment_id=comment.pk, version=rejected.version, text="Second canary"
    )
    page = client.get(comment.post.get_absolute_url()).content.decode()
    assert "canary" not in page
    assert "another look" in page
    decide(services.publish_comment, comment)
    page = client.get(comment.post.get_absolute_url()).content.decode()
    assert set(re.findall(r"\w+ canary", page)) == {"Second canary"}


def test_a_withdrawn_comment_leaves_a_tombstone_that_says_so(client):
    comment = make_published(make_post(), text="canary")
    client.post(own_address("withdraw", comment), fields(comment))
    page = client.get(comment.post.get_absolute_url()).content.decode()
    assert "Withdrawn by its writer." in page
    assert "canary" not in page


def test_changes_to_one_comment_have_a_limit_and_lose_no_text(client):
    Rule.objects.filter(kind="flood").update(parameters={"edits": 2})
    comment = send(make_post(), "One")
    for text, status in (("Two", 302), ("Three", 302), ("Four", 429)):
        comment.refresh_from_db()
        answer = client.post(own_address("edit", comment), fields(comment, text=text))
        assert answer.status_code == status
    page = answer.content.decode()
    assert "You changed this comment 2 times in 10 minutes; the next one is possible in" in page
    assert "Four</textarea>" in page
    assert Comment.objects.get(pk=comment.pk).text == "Three"
