"""The reading tools in browsers with and without scripts: all of them plain links."""

import pytest

pytestmark = pytest.mark.browser

both = pytest.mark.parametrize("who", ["reader", "plain_reader"])


@pytest.fixture
def person(request, who):
    return request.getfixturevalue(who)


@pytest.fixture
def conversation(author, post):
    """1 by the author, 1.1 and 1.1.1 below it, 2 that refers to 1.1."""
    author.comment(post, "One.")
    author.comment(f"{post}c/1/reply/", "One, one.")
    author.comment(f"{post}c/1.1/reply/", "One, one, one.")
    author.comment(post, "Two, as #1.1 says.")
    return post


def numbers(person):
    return person.page.locator("[id^='c-'] header .number").all_inner_texts()


@both
def test_the_order_of_time_and_back(person, who, conversation):
    person.go(conversation)
    assert numbers(person) == ["1", "1.1", "1.1.1", "2"]
    person.page.get_by_role("link", name="In order of time").click()
    assert person.page.url.endswith("?view=chronological#comments")
    person.page.get_by_role("link", name="Threaded").click()
    assert numbers(person) == ["1", "1.1", "1.1.1", "2"]


@both
def test_a_branch_on_its_own_page_and_the_way_back(person, who, conversation):
    person.go(conversation)
    person.page.locator("#c-1-1").get_by_role("link", name="This branch").click()
    assert numbers(person) == ["1", "1.1", "1.1.1"]
    person.page.get_by_role("link", name="Back to its place").click()
    assert person.page.url.endswith("#c-1-1")


@both
def test_replies_fold_away(person, who, conversation):
    person.go(conversation)
    assert person.page.locator("#c-1-1").is_visible()
    person.page.get_by_text("Replies to Ada Bergman").first.click()
    assert not person.page.locator("#c-1-1").is_visible()


@both
def test_a_reference_leads_to_its_comment_and_back(person, who, conversation):
    person.go(conversation)
    person.page.locator("#c-2 a.reference").click()
    assert person.page.url.endswith("#c-1-1")
    person.page.locator("#c-1-1 .back-links a").click()
    assert person.page.url.endswith("#c-2")


LONG = "\n\n".join(f"Paragraph {number} of many." for number in range(60))


def height(person, number="1"):
    return person.page.locator(f"#c-{number} > .comment-text").bounding_box()["height"]


@both
def test_a_long_comment_folds_and_unfolds(person, who, author, post):
    author.comment(post, LONG)
    person.go(post)
    folded = height(person)
    person.page.get_by_text("Show the whole comment").click()
    assert height(person) > 2 * folded
    person.page.get_by_text("Fold it again").click()
    assert height(person) == folded


@both
def test_the_permalink_of_a_long_comment_shows_all_of_it(person, who, author, post):
    author.comment(post, LONG)
    person.go(post)
    folded = height(person)
    person.page.locator("#c-1 .number").click()
    assert person.page.url.endswith("#c-1")
    assert height(person) > 2 * folded
    assert not person.page.locator(".unfold-label").is_visible()


@both
def test_a_long_comment_unfolds_by_key_and_for_a_link_in_it(person, who, author, post):
    author.comment(post, f"{LONG}\n\nhttps://example.org/")
    person.go(post)
    folded = height(person)
    person.page.locator("#c-1 .comment-text a").focus()
    assert height(person) > 2 * folded
    person.page.locator("#c-1 .unfold").focus()
    assert height(person) == folded
    person.page.keyboard.press("Space")
    assert height(person) > 2 * folded


@both
def test_print_has_all_of_it_with_links_back_and_whole_addresses(person, who, site, author, post):
    author.comment(post, LONG)
    author.comment(post, "As #1 says.")
    person.go(post)
    folded = height(person)
    person.page.emulate_media(media="print")
    assert height(person) > 2 * folded
    assert person.page.locator("#c-1 .back-links").is_visible()
    assert not person.page.locator("#c-1 a.reply, #c-1 .unfold-label").first.is_visible()
    number = person.page.locator("#c-1 .number")
    content = number.evaluate("one => getComputedStyle(one, '::after').content")
    assert content == f'" <{site.address}{post}c/1/>"'


@both
def test_a_number_written_first_is_a_link_once_it_is_there(person, who, author, post):
    author.comment(post, "See #2 for more.")
    person.go(post)
    assert person.page.locator("#c-1 a.reference").count() == 0
    author.comment(post, "More.")
    person.go(post)
    person.page.locator("#c-1 a.reference").click()
    assert person.page.url.endswith("#c-2")
    assert person.page.locator("#c-2 .back-links").inner_text() == "answered in 1"


@both
def test_one_commenters_alone(person, who, conversation):
    person.go(conversation)
    person.page.locator("#c-1 .writer").click()
    person.page.wait_for_url("**by=1*")
    assert numbers(person) == ["1", "1.1", "1.1.1", "2"]
    assert "by=1" in person.page.url
