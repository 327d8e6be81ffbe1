"""What the script adds to the form: in its place, previewed, counted, kept until it is sent."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Reader

pytestmark = pytest.mark.browser


@pytest.fixture
def answered(author, post):
    """A post with one comment."""
    author.comment(post, "The claim, in so many words.")
    return post


def text_box(reader, within="main"):
    return reader.page.locator(within).locator("textarea").last


def test_reply_opens_in_place_and_sends(reader, author, answered):
    reader.go(answered)
    reader.page.locator("#c-1 a.reply").click()
    form = reader.page.locator("#c-1 + .inline-form form")
    form.locator("[name=name]").fill("Rahel")
    form.locator("textarea").fill("Sent in place.")
    assert reader.page.url.endswith(answered)
    form.get_by_role("button", name="Send").click()
    reader.page.get_by_role("status").wait_for()
    assert author.card("Sent in place.").count() == 1


def test_an_open_reply_can_be_cancelled(reader, answered):
    reader.go(answered)
    reader.page.locator("#c-1 a.reply").click()
    reader.page.get_by_role("button", name="Cancel").click()
    assert reader.page.locator(".inline-form").count() == 0
    assert reader.page.evaluate("document.activeElement.className") == "reply"


def test_no_id_stands_twice_while_a_reply_is_open(reader, answered):
    reader.go(answered)
    reader.page.locator("#c-1 a.reply").click()
    reader.page.locator(".inline-form").wait_for()
    ids = reader.page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_quoting_takes_the_whole_text_without_a_script(plain_reader, answered):
    plain_reader.go(answered)
    plain_reader.page.locator("#c-1 a.quote").click()
    assert text_box(plain_reader).input_value() == "#1:\n\n> The claim, in so many words.\n\n"


def test_quoting_takes_what_is_selected(reader, answered):
    reader.go(answered)
    reader.page.evaluate(
        """() => {
            const words = document.querySelector("#c-1 .comment-text p").firstChild;
            getSelection().setBaseAndExtent(words, 4, words, 9);
        }"""
    )
    reader.page.locator("#c-1 a.quote").click()
    reader.page.locator(".inline-form").wait_for()
    assert text_box(reader, ".inline-form").input_value() == "#1:\n\n> claim\n\n"


def fill(reader, post, text, name="Rahel"):
    reader.go(post)
    reader.page.locator("[name=name]").fill(name)
    text_box(reader).fill(text)


@pytest.mark.parametrize("who", ["reader", "plain_reader"])
def test_a_preview_shows_the_text_and_stores_nothing(request, who, author, post):
    person = request.getfixturevalue(who)
    fill(person, post, f"Seen **first** by {who}.")
    person.page.get_by_role("button", name="Preview").click()
    assert person.page.locator(".preview strong").inner_text() == "first"
    expect(person.page.locator(".preview")).to_be_in_viewport()
    assert text_box(person).input_value() == f"Seen **first** by {who}."
    assert author.card(f"Seen first by {who}.").count() == 0


def test_after_a_preview_the_comment_is_sent_once(reader, author, post):
    fill(reader, post, "Previewed, then sent.")
    reader.page.get_by_role("button", name="Preview").click()
    reader.page.locator(".preview").wait_for()
    reader.page.get_by_role("button", name="Send").click()
    reader.page.get_by_role("status").wait_for()
    assert author.card("Previewed, then sent.").count() == 1


def test_a_preview_names_what_is_wrong(reader, post):
    fill(reader, post, "No name yet.", name=" ")
    reader.page.get_by_role("button", name="Preview").click()
    reader.page.locator(".error").wait_for()
    assert reader.page.url.endswith(post)


def test_a_preview_without_the_server_sends_nothing(chromium, site, author, post):
    page = chromium.new_context(base_url=site.address).new_page()  # it may complain
    fill(Reader(page), post, "Offline preview.")
    page.route("**/comment/", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        page.get_by_role("button", name="Preview").click()
    page.context.close()
    assert author.card("Offline preview.").count() == 0


def test_the_count_appears_near_the_limit_and_turns_red_beyond_it(reader, post):
    fill(reader, post, "x" * 19_990)
    count = reader.page.locator(".count")
    assert count.inner_text() == "10 characters left"
    text_box(reader).fill("x" * 20_001)
    assert "over" in count.get_attribute("class")
    text_box(reader).fill("short")
    assert count.inner_text() == ""


def test_a_draft_waits_for_the_reader_and_goes_when_it_is_sent(reader, post):
    fill(reader, post, "Half a thought")
    reader.go(post)
    assert text_box(reader).input_value() == "Half a thought"
    reader.page.locator("[name=name]").fill("Rahel")
    reader.page.get_by_role("button", name="Send").click()
    reader.page.get_by_role("status").wait_for()
    reader.go(post)
    assert text_box(reader).input_value() == ""


def typed(reader):
    form = reader.page.locator("main form.comment-form").last
    return [form.locator(f"[name={name}]").input_value() for name in ("name", "mail", "text")]


def test_a_draft_keeps_name_and_address_until_it_is_sent(reader, post):
    fill(reader, post, "Half a thought")
    reader.page.locator("[name=mail]").fill("rahel@example.org")
    reader.go(post)
    assert typed(reader) == ["Rahel", "rahel@example.org", "Half a thought"]
    reader.page.get_by_role("button", name="Send").click()
    reader.page.get_by_role("status").wait_for()
    reader.go(post)
    assert typed(reader) == ["", "", ""]
    assert reader.page.evaluate("localStorage.length") == 0


def test_a_quotation_is_added_to_a_draft_once_and_overwrites_nothing(reader, answered):
    address = f"{answered}c/1/reply/"
    fill(reader, address, "Half a thought")
    both = "Half a thought\n\n#1:\n\n> The claim, in so many words.\n\n"
    for _ in range(2):
        reader.go(f"{address}?quote=1")
        assert text_box(reader).input_value() == both
        text_box(reader).press("End")
        text_box(reader).type(" ")
        both += " "
    reader.go(address)
    assert text_box(reader).input_value() == both


def test_the_quote_link_adds_to_a_draft_in_place_too(reader, answered):
    fill(reader, f"{answered}c/1/reply/", "Half a thought")
    reader.go(answered)
    reader.page.locator("#c-1 a.quote").click()
    reader.page.locator(".inline-form").wait_for()
    assert text_box(reader, ".inline-form").input_value() == (
        "Half a thought\n\n#1:\n\n> The claim, in so many words.\n\n"
    )


def test_a_form_that_came_back_keeps_its_text_while_its_name_is_mended(reader, post):
    fill(reader, post, "Not lost either", name=" ")
    reader.page.get_by_role("button", name="Send").click()
    reader.page.locator(".problem").wait_for()
    reader.page.locator("[name=name]").fill("Rahel")
    reader.go(post)
    assert typed(reader) == ["Rahel", "", "Not lost either"]


def test_a_text_too_big_to_be_read_comes_back_as_the_draft(reader, author, post):
    fill(reader, post, "")
    text_box(reader).evaluate(
        """box => {
            box.value = "x".repeat(3e6);
            box.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    with reader.page.expect_response(lambda answer: answer.status == 413):
        reader.page.get_by_role("button", name="Send").click()
    reader.page.locator(".problem").wait_for()
    assert reader.sees("too big to be read, and nothing was stored")
    assert len(text_box(reader).input_value()) == 3_000_000


def test_a_draft_survives_a_send_that_fails(reader, post):
    fill(reader, post, "Not lost", name=" ")
    reader.page.get_by_role("button", name="Send").click()
    reader.page.locator(".problem").wait_for()
    reader.go(post)
    assert text_box(reader).input_value() == "Not lost"


def test_a_draft_that_was_refused_survives_a_look_at_another_private_page(reader, author, post):
    private = reader.comment(post, "Sent well.")
    fill(reader, post, "Not lost", name=" ")
    reader.page.get_by_role("button", name="Send").click()
    reader.page.locator(".problem").wait_for()
    reader.go(private)
    reader.go(post)
    assert text_box(reader).input_value() == "Not lost"


def test_what_stands_above_the_form_is_said_in_place_too(reader, author, post):
    """The comment is removed while the reader has its page open."""
    author.comment(post, "Gone in a moment.")
    reader.go(post)
    author.remove("Gone in a moment.")
    reader.page.locator("#c-1 a.reply").click()
    said = reader.page.locator(".inline-form .problem")
    said.wait_for()
    assert "no longer there to be answered" in said.inner_text()


def test_a_preview_in_place_says_why_there_is_none(chromium, site, post):
    page = chromium.new_context(base_url=site.address).new_page()  # it may complain
    fill(Reader(page), post, "With an old stamp.")
    page.locator("main .comment-form [name=stamp]").last.evaluate("one => { one.value = 'old' }")
    page.get_by_role("button", name="Preview").click()
    said = page.locator(".comment-form .problem")
    said.wait_for()
    assert "Nothing is lost: please send it again." in said.inner_text()
    assert page.url.endswith(post)
    page.context.close()
