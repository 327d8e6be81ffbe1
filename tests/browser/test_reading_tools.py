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


@both
def test_one_commenters_alone(person, who, conversation):
    person.go(conversation)
    person.page.locator("#c-1 .writer").click()
    assert numbers(person) == ["1", "1.1", "1.1.1", "2"]
    assert "by=1" in person.page.url
