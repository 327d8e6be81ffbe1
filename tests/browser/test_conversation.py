"""A conversation in browsers with and without scripts: nothing is lost, doubled or shown early."""

import re

import pytest

from tests.transfer import wxr_files

pytestmark = pytest.mark.browser

both = pytest.mark.parametrize("who", ["reader", "plain_reader"])


@pytest.fixture
def person(request, who):
    return request.getfixturevalue(who)


@pytest.fixture(scope="module")
def long_post(site):
    """A post whose conversation has a second page."""
    return site.hold_conversation(800).lstrip("/")


def button(person, name):
    return person.page.get_by_role("button", name=name, exact=True)


def numbers(person):
    return person.page.locator("[id^='c-'] header .number").all_inner_texts()


@both
def test_going_back_and_sending_once_more_makes_no_second_comment(person, author, post, who):
    text = f"Only once, {who}."
    person.go(f"{post}comment/")
    person._send(name="Rahel", text=text)
    person.page.get_by_role("status").wait_for()
    first = person.page.url
    person.page.go_back()
    person._send(name="Rahel", text=text)
    person.page.get_by_role("status").wait_for()
    assert person.page.url == first
    person.page.reload()
    assert author.card(text).count() == 1


@both
def test_a_form_that_came_back_may_be_loaded_again(person, author, post, who):
    """The browser sends it a second time: then it is still the same text, once."""
    text = f"Loaded again, {who}."
    person.go(f"{post}comment/")
    person._send(name=" ", text=text)
    person.page.locator(".problem").wait_for()
    person.page.reload()
    assert person.page.locator("[name=text]").input_value() == text
    person._send(name="Rahel")
    person.page.get_by_role("status").wait_for()
    assert author.card(text).count() == 1


@both
def test_a_post_that_closes_meanwhile_gives_the_text_back(person, site, post, who):
    person.go(f"{post}comment/")
    site.close_comments(post)
    person._send(name="Rahel", text="Too late, but not lost.")
    assert "Comments on this post are closed" in person.page.locator(".problem").inner_text()
    assert person.page.locator("[name=text]").input_value() == "Too late, but not lost."
    person.go(post)
    assert person.sees("Comments on this post are closed.")
    assert person.page.locator("form.comment-form").count() == 0


@both
def test_a_comment_is_continued_and_shown_joined(person, author, post, who):
    person.comment(post, f"The first half, {who}.")
    private = person.page.url
    person.page.get_by_role("link", name="Continue it").click()
    person._send(text=f"The second half, {who}.")
    person.page.get_by_role("status").wait_for()
    assert person.sees("It can appear once the comment that it continues has.")
    author.publish(f"The first half, {who}.")
    author.publish(f"The second half, {who}.")
    assert "Published as #1." in person.told(private)
    person.go(post)
    joined = person.page.locator(".comment.continuation")
    assert "continued from 1" in joined.inner_text()
    assert not joined.locator("h3").is_visible()


@both
def test_a_first_half_that_is_withdrawn_takes_the_second_along(person, author, post, who):
    person.comment(post, f"Half, {who}.")
    private = person.page.url
    person.page.get_by_role("link", name="Continue it").click()
    person._send(text=f"Other half, {who}.")
    person.page.get_by_role("status").wait_for()
    second = person.page.url
    person.go(f"{private}withdraw/")
    assert person.sees("What continues it goes with it.")
    button(person, "Withdraw").click()
    person.page.get_by_role("status").wait_for()
    assert person.told(second) == "Withdrawn by you."
    assert author.card(f"Other half, {who}.").count() == 0


@both
def test_ones_own_waiting_reply_stands_in_its_branch_too(person, author, other_visitor, post, who):
    author.comment(post, "The claim.")
    person.go(f"{post}c/1/reply/")
    person.page.get_by_label("Remember me").check()
    person._send(name="Rahel", text="A reply that waits.")
    person.page.get_by_role("status").wait_for()
    for address in (post, f"{post}c/1/branch/"):
        person.go(address)
        assert "A reply that waits." in person.page.locator(".comment.waiting").inner_text()
        other_visitor.go(address)
        assert not other_visitor.sees("A reply that waits.")


@both
def test_a_reply_from_a_branchs_own_page(person, author, post, who):
    author.comment(post, "The claim.")
    author.comment(f"{post}c/1/reply/", "The proof.")
    person.go(f"{post}c/1/branch/")
    person.page.locator("#c-1-1 a.reply").click()
    person.page.locator(".inline-form, .quoted").first.wait_for()
    in_place = person.page.url.endswith("/branch/")
    assert in_place == (who == "reader")
    person._send(within=".inline-form" if in_place else "main", name="Rahel", text=f"Hm, {who}.")
    person.page.get_by_role("status").wait_for()
    author.publish(f"Hm, {who}.")
    assert person.comments(post)["1.1.1"] == f"Hm, {who}."


@both
def test_a_reader_reports_a_comment_and_it_stays(person, author, post, who):
    author.comment(post, "Said in anger.")
    person.go(post)
    person.page.get_by_role("link", name="Report 1").click()
    assert person.sees("Said in anger.")
    person.page.locator("form.comment-form").get_by_role("radio").first.check()
    button(person, "Report").click()
    assert "with the moderators" in person.page.get_by_role("status").inner_text()
    person.page.get_by_role("link", name="Back to 1").click()
    assert person.sees("Said in anger.")


@both
def test_a_typed_name_gets_no_badge_and_waits_with_that_reason(person, author, post, who):
    text = f"I speak for the house, {who}."
    author.comment(post, "The author.")
    badged = author.page.locator(".comment", has=author.page.locator(".badge"))
    author.go(post)
    name = badged.locator(".writer").inner_text()
    person.comment(post, text, name=name.replace("a", "\u0430").replace("e", "\u0435"))
    card = author.card(text)
    assert "looks like" in card.inner_text() or "alphabets" in card.inner_text()
    author.publish(text)
    person.go(post)
    assert person.page.locator("#c-2 .comment-text").inner_text() == text
    assert person.page.locator("#c-2 .badge").count() == 0
    assert person.page.locator("#c-1 .badge").count() == 1


@both
def test_the_authors_answers_alone(person, author, post, who):
    author.comment(post, "Mine.")
    person.comment(post, f"Somebody's, {who}.")
    author.publish(f"Somebody's, {who}.")
    person.go(post)
    assert numbers(person) == ["1", "2"]
    person.page.get_by_role("link", name="The author").click()
    person.page.wait_for_url("**view=author*")
    assert numbers(person) == ["1"]


@both
def test_the_second_page_of_a_conversation_and_a_permalink_to_it(person, long_post, who):
    person.go(long_post)
    first = numbers(person)
    person.page.get_by_role("link", name="Later").click()
    person.page.wait_for_url("**page=2*")
    second = numbers(person)
    assert second[0] == "101"
    assert not set(first) & set(second)
    assert all(int(one.partition(".")[0]) > 100 for one in second)
    person.go(f"{long_post}c/101/")
    assert person.page.url.endswith("?page=2#c-101")
    assert person.page.locator("#c-101").evaluate("node => node.matches(':target')")


@both
def test_sixty_levels_are_read_at_320_pixels(person, site, tmp_path, who):
    export = tmp_path / "deep.xml"
    replies = (wxr_files.comment(one, one - 1) for one in range(1, 63))
    deep = wxr_files.item(1, *replies, post_name=f"deep-{who}", comment_status="open")
    export.write_text(wxr_files.export(deep).replace("made.example", f"{who}.example"))
    site.bring(export)
    assert person.width_beyond_the_window(f"posts/deep-{who}/", 320) <= 0
    found = numbers(person)
    assert max(one.count(".") + 1 for one in found) == 60
    assert len(found) == 62
    beside = person.page.locator(".in-reply-to", has_text="no more levels below")
    assert beside.count() == 2
    last = person.page.locator("[id^='c-'] .comment-text").last
    assert last.bounding_box()["width"] > 160


@both
def test_the_feed_of_a_post_is_linked_and_holds_its_comments(person, author, post, who):
    author.comment(post, "For the feed.")
    person.go(post)
    address = person.page.get_by_role("link", name="Feed of these comments").get_attribute("href")
    answer = person.page.request.get(address)
    assert "For the feed." in answer.text()
    tag = answer.headers["etag"]
    assert person.page.request.get(address, headers={"If-None-Match": tag}).status == 304
    author.comment(post, "And another.")
    assert person.page.request.get(address, headers={"If-None-Match": tag}).status == 200


@both
def test_a_text_loses_nothing_when_what_it_answers_is_removed(person, author, post, who):
    author.comment(post, f"To be removed, {who}.")
    person.go(f"{post}c/1/reply/")
    author.remove(f"To be removed, {who}.")
    person._send(name="Rahel", text="An answer to it.")
    assert "no longer there" in person.page.locator(".problem").first.inner_text()
    assert person.page.locator("[name=text]").input_value() == "An answer to it."
    assert re.search("Removed|not public", person.page.locator("main").inner_text())
