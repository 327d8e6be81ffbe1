"""From an empty folder to a moderated conversation, as its people see it in their browsers."""

import pytest

pytestmark = pytest.mark.browser


def test_a_comment_goes_from_waiting_to_number_1_gets_a_reply_and_leaves_a_tombstone(
    reader, plain_reader, other_visitor, author, post
):
    status_page = reader.comment(post, "The premise is doubtful.", name="Rahel")
    assert reader.told(status_page).startswith("Waiting.")
    assert other_visitor.comments(post) == {}

    author.publish("The premise is doubtful.")
    assert other_visitor.comments(post) == {"1": "The premise is doubtful."}
    assert reader.told(status_page) == "Published as #1."

    reply_page = plain_reader.reply(post, "1", "It is not.", name="Ben")
    assert plain_reader.told(reply_page).startswith("Waiting.")
    author.publish("It is not.")
    assert plain_reader.told(reply_page) == "Published as #1.1."
    assert other_visitor.comments(post)["1.1"] == "It is not."

    author.remove("The premise is doubtful.")
    assert other_visitor.comments(post) == {"1": None, "1.1": "It is not."}
    assert not other_visitor.sees("Rahel")
    assert reader.told(status_page).startswith("Removed by a moderator.")
    assert reader.sees("The premise is doubtful.")


def test_the_queue_shows_the_text_the_post_and_the_reason(reader, author, post):
    reader.comment(post, "Why should it wait?", name="Noa")
    card = author.card("Why should it wait?").inner_text()
    assert "Noa" in card
    assert "Argument" in card
    assert "Its writer is not known to the site." in card


def test_a_publication_takes_the_card_out_of_the_queue(reader, author, post):
    reader.comment(post, "Only once, please.")
    author.publish("Only once, please.")
    assert author.card("Only once, please.").count() == 0
    assert author.card("Only once, please.", status="published").count() == 1


def test_opening_a_sign_in_link_signs_nobody_in(site, context):
    page = context.new_page()
    page.goto(site.signin_link("author"))
    assert page.get_by_role("button", name="Sign in").count() == 1
    page.goto("admin/")
    assert "/admin/login/" in page.url


def test_a_sign_in_link_works_once(site, visit):
    link = site.signin_link("author")
    for status in (200, 410):
        with visit() as context:
            page = context.new_page()
            assert page.goto(link).status == status
            if status == 200:
                page.get_by_role("button", name="Sign in").click()
                assert page.url.endswith("/admin/")


def test_the_link_that_up_prints_opens_the_admin(site, context):
    page = context.new_page()
    page.goto(site.up_again())
    page.get_by_role("button", name="Sign in").click()
    assert "QUEUE" in page.locator("#user-tools").inner_text()


def test_a_draft_is_there_for_its_author_alone(reader, author, new_title):
    draft = author.write_post(new_title(), status="draft")
    assert author.go(draft).status == 200
    assert reader.go(draft).status == 404


def test_the_author_may_not_open_the_accounts(author):
    assert author.go("admin/auth/user/").status == 403
