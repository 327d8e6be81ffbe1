"""Who a reader is without an account: the cookie, what it shows, and what it never shows."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comments import commenters
from comments.models import Comment, Commenter, Submission
from comments.shapes import shape_of
from core.guards import make_stamp
from moderation import services
from tests.factories import make_published, make_user, publish, send

pytestmark = pytest.mark.django_db
HERE = "/posts/a-post/"


@pytest.fixture
def other():
    """A second browser."""
    return Client()


def write(client, post, path="comment/", **changed):
    """Send a comment; the answer is a redirect to its status page."""
    form = {"name": "Hanna", "mail": "", "text": "Hello.", "stamp": make_stamp("comment", post.pk)}
    answer = client.post(f"{HERE}{path}", {**form, **changed})
    assert answer.status_code == 302, answer.content.decode()
    return answer


def page(client, path=""):
    return client.get(f"{HERE}{path}").content.decode()


def test_every_form_and_button_works_without_a_csrf_cookie(post):
    """Django's test client does not ask for one unless told to; browsers meet the real thing."""
    browser = Client(enforce_csrf_checks=True)
    write(browser, post, remember="on")
    stamp = {"stamp": make_stamp("visit", post.pk)}
    assert browser.post(f"/comments/visit/{post.pk}/", stamp).status_code == 302
    assert browser.post(f"/comments/forget/{post.pk}/").status_code == 302


def test_without_the_tick_nobody_is_remembered(client, post):
    assert not write(client, post).cookies
    assert not Commenter.objects.exists()
    assert "Forget me" not in page(client)


def test_the_tick_is_off_by_default(client, post):
    box = re.search(r"<input[^>]*name=.remember.[^>]*>", page(client))[0]
    assert "checked" not in box


def test_the_cookie_is_small_private_lasts_a_year_and_holds_nothing_typed(client, post):
    cookie = write(client, post, remember="on", mail="h@mail.example").cookies["commenter"]
    assert len(cookie.OutputString()) < 200
    assert cookie.value.partition(":")[0] == str(Commenter.objects.get().pk)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == 365 * 24 * 3600
    assert not cookie["secure"]
    for typed in ("Hanna", "mail.example"):
        assert typed not in cookie.value


def test_under_tls_the_cookie_is_secure(post, other):
    form = {"name": "H", "text": "x", "remember": "on", "stamp": make_stamp("comment", post.pk)}
    answer = other.post(f"{HERE}comment/", form, secure=True)
    assert answer.cookies["commenter"]["secure"]


def test_a_remembered_reader_finds_the_form_filled_in_on_a_private_page(client, post):
    write(client, post, remember="on", mail="h@mail.example")
    answer = client.get(HERE)
    assert 'value="Hanna"' in answer.content.decode()
    assert 'value="h@mail.example"' in answer.content.decode()
    assert {"private", "no-store"} <= set(re.split(", ?", answer["Cache-Control"]))
    assert "Cookie" in answer["Vary"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert 'value="Hanna"' in page(client, "comment/")


def test_anonymous_pages_are_the_same_to_the_byte_and_give_no_cookie(
    client, other, post, time_machine
):
    time_machine.move_to("2026-03-01", tick=False)
    post.published_at = timezone.now()
    post.save()
    make_published(post)
    write(Client(), post, text="A waiting canary", remember="on", name="Canary")
    answers = [browser.get(HERE) for browser in (client, other)]
    assert answers[0].content == answers[1].content
    for answer in answers:
        assert not answer.cookies
        assert "anary" not in answer.content.decode()
        assert not {"no-store", "private"} & set(answer.get("Cache-Control", "").split(", "))


@pytest.mark.parametrize(
    "value", ["", "1", "1:x:y", "nonsense", "1:1abc:forged", "é", "MQ:1xVG9i:wkXtBdx6C87mUrxDcGsO"]
)
def test_a_forged_cookie_is_nobody_and_is_cleared(client, post, value):
    Commenter.objects.create(pk=1, name="Canary")
    client.cookies["commenter"] = value
    answer = client.get(HERE)
    assert answer.status_code == 200
    assert "Canary" not in answer.content.decode()
    assert answer.cookies["commenter"]["max-age"] == 0
    assert "no-store" in answer["Cache-Control"]


def test_a_cookie_of_somebody_gone_is_cleared_and_sending_still_works(client, post):
    write(client, post, remember="on")
    Commenter.objects.all().delete()
    assert write(client, post, text="Again").cookies["commenter"]["max-age"] == 0


def test_an_old_cookie_is_nobody(client, post, time_machine):
    time_machine.move_to("2026-01-01", tick=False)
    post.published_at = timezone.now()
    post.save()
    write(client, post, remember="on")
    value = client.cookies["commenter"].value
    time_machine.move_to("2027-01-02", tick=False)
    client.cookies["commenter"] = value
    assert 'value="Hanna"' not in page(client)


def test_forget_me_clears_the_cookies(client, post):
    write(client, post, remember="on")
    action = re.search(r'action="(/comments/forget/\d+/)"', page(client))[1]
    answer = client.post(action)
    assert answer.url == f"{HERE}#comments"
    assert answer.cookies["commenter"]["max-age"] == 0
    assert 'value="Hanna"' not in page(client)


def test_forget_me_from_another_site_is_refused(client, post):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/comments/forget/{post.pk}/", headers=headers).status_code == 403
    assert client.get(f"/comments/forget/{post.pk}/").status_code == 405


def test_a_remembered_reader_may_change_name_and_mail(client, post):
    write(client, post, remember="on")
    write(client, post, text="More", name="Johanna")
    assert Commenter.objects.get().name == "Johanna"
    assert Comment.objects.filter(commenter=Commenter.objects.get()).count() == 2


def test_the_same_form_twice_makes_one_comment_and_one_commenter(client, post):
    form = {"remember": "on", "stamp": make_stamp("comment", post.pk)}
    first = write(client, post, **form)
    client.cookies.clear()  # a double click: the second answer is the one that the browser keeps
    second = write(client, post, **form)
    assert first.url == second.url
    assert Commenter.objects.count() == Comment.objects.count() == 1
    assert "commenter" in second.cookies


def test_the_back_button_after_being_remembered_makes_no_second_comment(client, post):
    first = write(client, post, remember="on")
    assert write(client, post).url == first.url
    assert Comment.objects.count() == 1


def test_who_repeats_anothers_form_later_is_not_its_writer(client, other, post):
    """The same network, name and text: the comment is the same one, and stays its writer's."""
    write(client, post, remember="on")
    Comment.objects.update(submitted_at=timezone.now() - timedelta(minutes=2))
    write(other, post, remember="on")
    assert Comment.objects.count() == 1
    assert "Hello." in page(client)
    assert 'class="comment waiting"' not in page(other)


def test_who_repeats_a_waiting_comment_from_another_page_is_told_so_and_no_more(
    other, client, post
):
    private = write(client, post).url
    Submission.objects.update(
        stamp="of the page that Hanna had", received_at=timezone.now() - timedelta(minutes=2)
    )
    form = {"name": "Hanna", "text": "Hello.", "stamp": make_stamp("comment", post.pk)}
    answer = other.post(f"{HERE}comment/", form)
    assert "Received already" in answer.content.decode()
    assert private not in answer.content.decode()
    assert Comment.objects.count() == 1


def test_the_same_page_sent_again_leads_to_the_same_private_page(client, post):
    stamp = make_stamp("comment", post.pk)
    first = write(client, post, stamp=stamp)
    Submission.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    assert write(client, post, stamp=stamp).url == first.url


def test_who_repeats_what_is_public_by_now_is_not_led_to_its_private_page(client, other, post):
    """Name and text can be read by all then: from the same network they prove nothing."""
    private = write(client, post, mail="hanna@e.example").url
    comment = Comment.objects.get()
    publish(comment)
    Submission.objects.update(stamp="of the page that Hanna had")
    for tick in ({}, {"remember": "on", "tell_me": "on", "mail": "eve@e.example"}):
        repeated = write(other, post, **tick)
        assert repeated.url == f"{HERE}c/1/"
        assert not repeated.cookies
    assert Comment.objects.count() == 1
    assert private.startswith("/comments/")


def test_the_cookie_leads_to_the_private_page_also_when_public(client, post):
    first = write(client, post, remember="on")
    publish(Comment.objects.get())
    assert write(client, post).url.startswith("/comments/")
    assert first.url.startswith("/comments/")


def test_a_confirmed_commenter_is_never_given_away_by_repeating_a_form(other, post):
    confirmed = Commenter.objects.create(name="H", mail="h@e.example", confirmed_at=timezone.now())
    comment = send(post)
    Comment.objects.filter(pk=comment.pk).update(commenter=confirmed)
    assert commenters.introduce(comment) != confirmed


def test_staff_are_not_remembered_by_cookie(client, post):
    client.force_login(make_user("author"))
    assert "commenter" not in write(client, post, remember="on").cookies
    assert Comment.objects.get().commenter is None


# What waits


def test_a_waiting_comment_stands_in_its_place_for_its_writer_only(client, other, post):
    root = make_published(post, text="Root")
    make_published(post, text="Second")
    write(client, post, "c/1/reply/", text="My own canary", remember="on")
    write(client, post, text="A canary at the end")
    own = page(client)
    order = [own.index(text) for text in ("Root", "My own canary", "Second", "at the end")]
    assert order == sorted(order)
    assert own.count('class="comment waiting"') == 2
    assert re.search(r'in reply to <a href="#c-1">1</a>', own)
    assert root.anchor == "c-1"
    for stranger in (other, Client()):
        assert "canary" not in page(stranger)
    write(other, post, text="Mine", name="Joon", remember="on")
    assert "canary" not in page(other)


def test_a_waiting_comment_has_no_number_and_leads_to_its_private_page(client, post):
    status = write(client, post, remember="on", text="See https://a.example/ too.").url
    own = page(client)
    waiting = re.search(r'<article class="comment waiting".*?</article>', own, re.DOTALL)[0]
    assert f'href="{status}"' in waiting
    assert 'class="number"' not in waiting
    assert 'rel="nofollow ugc noopener"' in waiting


def test_once_decided_it_is_what_everybody_sees(client, other, post):
    write(client, post, remember="on")
    publish(Comment.objects.get())
    assert 'class="comment waiting"' not in page(client)
    assert "Hello." in page(other)


def test_a_branch_shows_its_readers_own_waiting_text_too(client, other, post):
    make_published(post)
    make_published(post)
    write(client, post, "c/1/reply/", text="A canary below", remember="on")
    write(client, post, "c/2/reply/", text="A canary elsewhere")
    mine = page(client, "c/1/branch/")
    assert "A canary below" in mine
    assert re.search(r'in reply to <a href="#c-1">1</a>', mine)
    assert "elsewhere" not in mine
    assert client.get(f"{HERE}c/1/branch/")["Cache-Control"].count("private") == 1
    write(other, post, text="Mine", name="Joon", remember="on")
    assert "canary" not in page(other, "c/1/branch/")
    assert "canary" not in page(Client(), "c/1/branch/")


@pytest.mark.parametrize("view", ["", "?view=chronological", "c/1/branch/"])
def test_what_waits_for_another_look_is_read_by_its_writer_alone(client, other, post, view):
    write(client, post, remember="on", text="A canary")
    comment = publish(Comment.objects.get())
    services.hold_comment(comment_id=comment.pk, version=comment.version, by=make_user())
    mine = page(client, view)
    assert "A canary" in mine
    assert "Only you see this text" in mine
    write(other, post, text="Mine", name="Joon", remember="on")
    for stranger in (other, Client()):
        assert "canary" not in page(stranger, view)
        assert "Waiting for another look" in page(stranger, view)


@pytest.mark.parametrize("service", [services.reject_comment, services.mark_spam])
def test_what_was_refused_is_not_shown_in_place(client, post, service):
    write(client, post, remember="on")
    comment = Comment.objects.get()
    service(comment_id=comment.pk, version=comment.version, by=make_user())
    assert "Hello." not in page(client)


def test_waiting_comments_stand_on_the_page_of_what_they_answer(client, post, settings):
    settings.COMMENTS_PER_PAGE = 1
    make_published(post)
    make_published(post)
    write(client, post, "c/1/reply/", text="To the first", remember="on")
    write(client, post, text="To the post")
    first, second = page(client), page(client, "?page=2")
    assert "To the first" in first
    assert "To the post" not in first
    assert "To the post" in second
    assert "To the first" not in second


def test_waiting_comments_end_the_order_of_time_and_are_in_no_other_view(client, post):
    make_published(post, user=post.author)
    write(client, post, text="My own", remember="on")
    assert "My own" in page(client, "?view=chronological")
    for view in ("?view=author", "?by=1", "?view=new"):
        assert "My own" not in page(client, view)


def test_one_may_continue_ones_own_waiting_comment_in_its_place(client, post):
    status = write(client, post, text="First half", remember="on").url
    stamp = make_stamp("comment", post.pk)
    form = {"name": "Hanna", "text": "Second half", "continues": "on", "stamp": stamp}
    assert client.post(f"{status}continue/", form).status_code == 302
    own = page(client)
    assert own.index("First half") < own.index("Second half")
    assert "your waiting comment" in own


@pytest.mark.parametrize("view", ["", "?view=chronological"])
def test_a_continuation_stays_readable_when_its_first_part_is_rejected(client, post, view):
    status = write(client, post, text="First half", remember="on").url
    stamp = make_stamp("comment", post.pk)
    form = {"name": "Hanna", "text": "Second half", "continues": "on", "stamp": stamp}
    assert client.post(f"{status}continue/", form).status_code == 302
    first = Comment.objects.get(text="First half")
    services.reject_comment(comment_id=first.pk, version=first.version, by=make_user())
    answer = client.get(f"{HERE}{view}")
    assert answer.status_code == 200
    assert "First half" not in answer.content.decode()
    if view:
        assert "Second half" in answer.content.decode()
        assert "in reply to a comment that is not public" in answer.content.decode()


def test_the_cookie_proves_that_a_reply_to_oneself_goes_on(client, other, post):
    write(client, post, remember="on")
    publish(Comment.objects.get())
    assert "This continues my comment" in page(client, "c/1/reply/")
    assert "This continues my comment" not in page(other, "c/1/reply/")


@pytest.mark.parametrize("many", [1, 9])
def test_a_private_page_takes_five_queries_more_for_any_number(
    client, post, many, django_assert_num_queries
):
    make_published(post)
    for number in range(many):
        write(client, post, text=f"Text {number}", remember="on")
    # nine of the page, the commenter, whether and what waits, limits, what is known of the writer
    with django_assert_num_queries(15):
        client.get(HERE)


def test_one_commenters_view_does_not_tell_that_two_names_are_one(client, post):
    write(client, post, remember="on", name="Hanna", text="As Hanna")
    write(client, post, name="Joon", text="As Joon")
    write(Client(), post, name="Hanna", text="An imitator")
    for comment in Comment.objects.order_by("pk"):
        publish(comment)
    by_hanna = page(Client(), "?by=1")
    assert "As Hanna" in by_hanna
    assert "As Joon" not in by_hanna
    assert "An imitator" not in by_hanna


# Figures beside names


def figure(comment):
    return str(shape_of(Comment.objects.get(pk=comment.pk)))


def test_a_writer_has_the_same_figure_and_an_imitator_another(post):
    commenter = Commenter.objects.create(name="Hanna")
    first, second, imitator = (send(post, name="Hanna", sender=str(n)) for n in range(3))
    Comment.objects.filter(pk__in=[first.pk, second.pk]).update(commenter=commenter)
    assert figure(first) == figure(second) != figure(imitator)


def test_no_typed_name_has_the_figure_of_an_account(post):
    user = make_user("author", first_name="Ada")
    staff, typed = send(post, name="Ada", user=user), send(post, name="Ada")
    assert figure(staff) != figure(typed)


def test_figures_are_drawn_here_without_styles_and_without_words(client, post):
    make_published(post)
    found = page(client)
    svg = re.search(r"<svg.*?</svg>", found)[0]
    assert 'aria-hidden="true"' in svg
    assert "style" not in svg
    assert "http" not in svg


def test_a_comment_that_waits_again_is_still_there_for_its_own_writer(client, other, post):
    write(client, post, remember="on", text="Canary words.")
    comment = publish(Comment.objects.get())
    services.hold_comment(comment_id=comment.pk, version=comment.version, by=make_user())
    assert "Canary words." in page(client)
    assert "waits for another look" in page(client)
    assert "Canary" not in page(other)
