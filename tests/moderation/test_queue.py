"""The queue through HTTP: who sees what, one click a decision, two moderators."""

import re

import pytest
from django.urls import reverse

from comments import own
from comments.models import Comment
from moderation.models import LogEntry
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def act(client, comment, name, **fields):
    address = reverse("moderation:act", args=[comment.pk, name])
    return client.post(address, {"version": comment.version, **fields}, follow=True)


def shown(client, address=QUEUE):
    return client.get(address).content.decode()


def test_what_waits_is_shown_oldest_first_with_all_a_decision_needs(client, moderator):
    post = make_post(title="A post title")
    parent = make_published(post, text="The parent's words")
    send(post, "First http://a.example http://b.example", name="Older", parent=parent)
    send(post, "Second", name="Younger")
    page = shown(client)
    assert page.index("Older") < page.index("Younger")
    for words in ("A post title", "The parent's words", "#1 by <bdi>Reader", "It has 2 links"):
        assert words in page
    assert "<code>http://b.example</code>" in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("publish", "published"), ("reject", "rejected"), ("spam", "spam"), ("remove", "removed")],
)
def test_one_click_decides_and_returns_to_the_queue(client, moderator, name, status):
    comment = send(make_post(), name="Somebody")
    answer = act(client, comment, name)
    comment.refresh_from_db()
    assert comment.status == status
    assert answer.redirect_chain[-1][0] == QUEUE
    assert "Somebody: " in answer.content.decode()


def test_a_removed_comment_is_restored_from_its_tab(client, moderator):
    comment = make_published(make_post())
    act(client, comment, "remove")
    comment.refresh_from_db()
    assert "Restore" in shown(client, QUEUE + "?status=removed")
    act(client, comment, "restore", status="removed")
    comment.refresh_from_db()
    assert comment.status == "published"


def test_the_second_moderator_is_told_and_overwrites_nothing(client, moderator):
    comment = send(make_post(), name="Somebody")
    act(client, comment, "reject")
    rows = LogEntry.objects.count()
    client.force_login(make_user("moderator"))
    page = act(client, comment, "publish").content.decode()
    assert "Somebody was before you" in page
    assert f"rejected by {moderator.username}" in page
    assert Comment.objects.get().status == "rejected"
    assert LogEntry.objects.count() == rows


@pytest.mark.parametrize("version", ["", "x", "-1", "99", "1e3"])
def test_a_form_without_a_right_version_changes_nothing(client, moderator, version):
    comment = send(make_post())
    client.post(reverse("moderation:act", args=[comment.pk, "publish"]), {"version": version})
    assert Comment.objects.get().status == "pending"


def test_a_reply_under_what_never_was_public_is_refused_with_that_sentence(client, moderator):
    post = make_post()
    root = make_published(post)
    reply = send(post, parent=root)
    Comment.objects.filter(pk=root.pk).update(status="pending", number=None, ordinal=None)
    assert "it has no number yet" in act(client, reply, "publish").content.decode()


def test_an_act_by_get_is_refused(client, moderator):
    comment = send(make_post())
    assert client.get(reverse("moderation:act", args=[comment.pk, "publish"])).status_code == 405
    assert Comment.objects.get().status == "pending"


def test_an_act_without_csrf_token_is_refused(moderator):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    comment = send(make_post())
    assert act(client, comment, "publish").status_code == 403
    assert Comment.objects.get().status == "pending"


def test_an_author_sees_and_decides_what_is_theirs_only(client):
    author = make_user("author")
    client.force_login(author)
    own = send(make_post(author=author), name="Mine to decide")
    foreign = send(make_post(), name="Not mine")
    page = shown(client)
    assert "Mine to decide" in page
    assert "Not mine" not in page
    assert act(client, foreign, "publish").status_code == 404
    assert client.get(reverse("moderation:card", args=[foreign.pk])).status_code == 404
    act(client, own, "publish")
    assert set(Comment.objects.values_list("name", "status")) == {
        ("Mine to decide", "published"),
        ("Not mine", "pending"),
    }


PAGES = {"queue": 200, "card": 200, "act": 302}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 302),
        ("reader", 302),
        ("stranger", 404),
        ("author", 404),
        ("moderator", 200),
        ("", 200),
    ],
)
def test_who_may_open_what(client, page, role, status):
    comment = send(make_post())
    users = {
        "reader": lambda: _changed(make_user("author"), is_staff=False),
        "stranger": lambda: _without_groups(make_user("author")),
    }
    if role is not None:
        client.force_login(users.get(role, lambda: make_user(role))())
    addresses = {
        "queue": QUEUE,
        "card": reverse("moderation:card", args=[comment.pk]),
        "act": reverse("moderation:act", args=[comment.pk, "publish"]),
    }
    send_it = client.post if page == "act" else client.get
    answer = send_it(addresses[page], {"version": comment.version})
    if page == "queue" and role == "author":
        status = 200  # it is theirs, if empty
    expected = PAGES[page] if status == 200 else status
    assert answer.status_code == expected
    if expected == 302 and role in {None, "reader"}:
        assert "/admin/login/" in answer.url


def _changed(user, **fields):
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    return user


def _without_groups(user):
    user.groups.clear()
    return user


def edit(comment, text):
    return own.edit_comment(comment_id=comment.pk, version=comment.version, text=text)


def difference(client, comment):
    page = shown(client, reverse("moderation:card", args=[comment.pk]))
    return re.findall(r"<(del|ins)>(.*?)</", page)


def test_a_comment_sent_again_shows_what_changed(client, moderator):
    comment = send(make_post(), "The cat <b>sat</b> down.")
    act(client, comment, "reject")
    comment.refresh_from_db()
    text = "The dog <b>sat</b> down."
    own.resubmit_comment(comment_id=comment.pk, version=comment.version, text=text)
    assert difference(client, comment) == [("del", "cat "), ("ins", "dog ")]
    assert "<b>sat</b>" not in shown(client)


def test_a_difference_reaches_back_to_what_was_last_decided_on(client, moderator):
    comment = edit(send(make_post(), "One and sent"), "Two and sent")
    assert difference(client, comment) == [("del", "One "), ("ins", "Two ")]
    act(client, comment, "publish")
    comment.refresh_from_db()
    assert difference(client, comment) == []
    comment = edit(edit(comment, "Three and sent"), "Three and sent!")
    assert difference(client, comment) == [("del", "Two "), ("ins", "Three "), ("del", "sent"),
                                           ("ins", "sent!")]  # fmt: skip


def test_a_click_on_a_text_edited_meanwhile_is_refused_and_says_so(client, moderator):
    comment = send(make_post(), name="Somebody")
    edit(comment, "Other words")
    page = act(client, comment, "publish", note="").content.decode()
    assert "The comment by Somebody was edited since you looked" in page
    assert Comment.objects.get().status == "pending"


def test_an_appeal_waits_with_its_words_beside_it(client, moderator):
    comment = send(make_post())
    act(client, comment, "reject")
    comment.refresh_from_db()
    own.appeal_decision(comment_id=comment.pk, version=comment.version, text="I <i>quoted</i>.")
    page = shown(client)
    assert "I &lt;i&gt;quoted&lt;/i&gt;." in page
    assert "Appeal," in page


def test_a_rejection_may_carry_a_note(client, moderator):
    comment = send(make_post())
    act(client, comment, "reject", note="Off topic, sorry.")
    card = shown(client, reverse("moderation:card", args=[comment.pk]))
    assert "Off topic, sorry." in card


@pytest.mark.parametrize("stale", [True, False])
def test_a_note_written_in_vain_is_given_back(client, moderator, stale):
    comment = send(make_post())
    note = "My words" if stale else "My words" + "x" * 1000
    if stale:
        edit(comment, "Other words")
    assert "Your note: My words" in act(client, comment, "reject", note=note).content.decode()
    assert Comment.objects.get().status == "pending"


def test_what_its_writer_withdrew_has_no_buttons(client, moderator):
    comment = make_published(make_post())
    own.withdraw_comment(comment_id=comment.pk, version=comment.version)
    page = shown(client, QUEUE + "?status=removed")
    assert f'id="card-{comment.pk}"' in page
    assert "/restore/" not in page
    comment.refresh_from_db()
    assert "its writer" in shown(client, reverse("moderation:card", args=[comment.pk]))
    assert "can&#x27;t be brought back" in act(client, comment, "restore").content.decode()


@pytest.mark.parametrize("many", [1, 20])
def test_the_queue_takes_the_same_queries_for_any_number_of_cards(
    client, many, django_assert_num_queries
):
    client.force_login(make_user())
    post = make_post()
    root = make_published(post)
    for _ in range(many):
        edit(edit(send(post, parent=root), "Two"), "Three")
    # session, user, learned, counts, cards, reasons, reports, earlier texts, menu,
    # clauses twice, canned notes, links, alike, owed, records, notes, sanctions, done just now,
    # the rule of slow mode
    with django_assert_num_queries(20):
        client.get(QUEUE)


def test_the_card_shows_the_record_with_names(client, moderator):
    comment = send(make_post())
    act(client, comment, "publish")
    page = shown(client, reverse("moderation:card", args=[comment.pk]))
    assert "pending → published" in page
    assert moderator.username in page
    assert "the site" in page


def test_the_admins_index_says_how_many_wait(client, moderator):
    send(make_post())
    assert "1 comment waits for a decision" in shown(client, "/admin/")


@pytest.mark.parametrize("address", ["?status=nonsense", "999999/"])
def test_what_is_not_there_is_not_found(client, moderator, address):
    assert client.get(QUEUE + address).status_code == 404


def test_the_log_in_the_admin_is_read_only(client):
    client.force_login(make_user())
    send(make_post())
    entry = LogEntry.objects.get()
    entry_page = f"/admin/moderation/logentry/{entry.pk}/change/"
    assert "received" in shown(client, entry_page).lower()
    assert client.get("/admin/moderation/logentry/add/").status_code == 403
    assert client.post(f"/admin/moderation/logentry/{entry.pk}/delete/").status_code == 403


def test_an_author_reads_the_log_of_own_posts_only(client):
    author = make_user("author")
    client.force_login(author)
    mine, theirs = send(make_post(author=author)), send(make_post())
    page = shown(client, "/admin/queue/record/")
    assert f">{mine.pk}<" in page
    assert f">{theirs.pk}<" not in page


def test_hostile_text_is_harmless_in_the_queue(client, moderator):
    send(make_post(title="<b>T"), "<script>alert(1)</script>", name="<img src=x onerror=1>")
    page = shown(client)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>T" not in page
