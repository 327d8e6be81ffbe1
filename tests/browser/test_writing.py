"""The comment form in a browser: nothing that was written is lost or doubled."""

import re

import pytest

pytestmark = pytest.mark.browser


def text_in_form(reader):
    return reader.page.locator("[name=text]").input_value()


def test_a_text_without_a_name_comes_back_with_the_reason(plain_reader, post):
    plain_reader.comment(post, "A text worth keeping.", name=" ")
    assert text_in_form(plain_reader) == "A text worth keeping."
    assert plain_reader.page.locator("#comment-name_error").inner_text()


def test_a_text_that_is_too_long_comes_back_whole(reader, post):
    long = "word " * 4000 + "end"
    reader.comment(post, long)
    assert text_in_form(reader) == long
    assert "20,003 characters" in reader.page.locator("#comment-text_error").inner_text()


def test_a_mended_text_is_sent_from_the_form_that_came_back(plain_reader, post):
    plain_reader.comment(post, "Second try.", name="")
    plain_reader.page.locator("[name=name]").fill("Rahel")
    plain_reader.page.get_by_role("button", name="Send").click()
    assert plain_reader.page.get_by_role("status").inner_text().startswith("Waiting.")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_a_form_sent_from_another_site_comes_back_with_its_text(context, post, origin):
    page = context.new_page()
    page.goto(post)
    stamp = page.locator("[name=stamp]").input_value()
    fields = {"name": "Rahel", "text": "From elsewhere.", "stamp": stamp}
    answer = context.request.post(f"{post}comment/", form=fields, headers={"Origin": origin})
    assert answer.status == 403
    assert re.search(r"<textarea[^>]*>\s*From elsewhere.</textarea>", answer.text())


def test_a_double_click_on_send_makes_one_comment(reader, author, post):
    reader.go(post)
    reader.page.locator("[name=name]").fill("Rahel")
    reader.page.locator("[name=text]").fill("Twice?")
    reader.page.get_by_role("button", name="Send").dblclick()
    reader.page.get_by_role("status").wait_for()
    assert author.card("Twice?").count() == 1


def test_a_reply_form_shows_what_it_answers(plain_reader, author, post):
    author.comment(post, "The claim.")
    plain_reader.go(f"{post}c/1/reply/")
    assert plain_reader.sees("The claim.")
    assert plain_reader.page.locator("h1").inner_text() == "Reply to 1"
