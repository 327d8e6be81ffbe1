"""After sending, in browsers with and without scripts: edit, withdraw, correct, appeal."""

import pytest

pytestmark = pytest.mark.browser

both = pytest.mark.parametrize("who", ["reader", "plain_reader"])


@pytest.fixture
def person(request, who):
    return request.getfixturevalue(who)


def take_step(person, label, button, text=None):
    """Follow a step on the private page, fill in its form and send it."""
    person.page.get_by_role("link", name=label).click()
    if text is not None:
        person.page.locator("main textarea").last.fill(text)
    person.page.get_by_role("button", name=button, exact=True).click()
    person.page.get_by_role("status").wait_for()


def reject(author, text, note):
    card = author.card(text)
    card.get_by_text("with a note").click()
    card.locator("form[action$='/reject/'] [name=note]").fill(note)
    card.get_by_role("button", name="Reject").click()
    author.decided()


@both
def test_a_waiting_comment_is_edited_and_its_earlier_text_kept(person, author, post, who):
    person.comment(post, f"Firts thought, {who}.")
    take_step(person, "Edit", "Save", f"First thought, {who}.")
    assert person.sees(f"First thought, {who}.")
    assert person.page.locator(".revisions pre").count() == 1
    assert author.card(f"First thought, {who}.").count() == 1


@both
def test_a_published_comment_is_withdrawn_and_leaves_a_tombstone(person, author, post, who):
    status = person.comment(post, f"Taken back, {who}.")
    author.publish(f"Taken back, {who}.")
    person.go(status)
    take_step(person, "Withdraw", "Withdraw")
    assert person.told(status).startswith("Withdrawn by you.")
    assert list(person.comments(post).values()) == [None]
    assert person.sees("Withdrawn by its writer.")


@both
def test_who_is_taken_for_spam_is_told_so_and_appeals_once(person, author, post, who):
    status = person.comment(post, f"Cheap arguments, {who}.")
    author._decide(f"Cheap arguments, {who}.", "Spam", "pending")
    assert person.told(status).startswith("Taken for spam.")
    take_step(person, "Appeal", "Appeal", f"I am no machine, {who}.")
    assert "Your appeal is with the moderators" in person.told(status)
    card = author.card(f"Cheap arguments, {who}.")
    assert f"I am no machine, {who}." in card.inner_text()


@both
def test_a_text_edited_after_publication_says_so_to_readers(person, author, post, who):
    status = person.comment(post, f"Firts words, {who}.")
    author.publish(f"Firts words, {who}.")
    person.go(status)
    take_step(person, "Edit", "Save", f"First words, {who}.")
    person.go(post)
    assert "edited" in person.page.locator("#c-1 header").inner_text()


@both
def test_a_rejected_comment_is_corrected_once_and_then_appealed_once(person, author, post, who):
    status = person.comment(post, f"Rude, {who}.")
    reject(author, f"Rude, {who}.", "Without the insult, please.")
    assert person.told(status).startswith("Rejected by a moderator.")
    assert person.sees("Without the insult, please.")
    take_step(person, "Change it and send it again", "Send again", f"Polite, {who}.")
    assert person.told(status).startswith("Waiting.")
    assert author.card(f"Polite, {who}.").locator("ins, del").count() >= 1
    reject(author, f"Polite, {who}.", "Still off topic.")
    person.go(status)
    assert person.page.get_by_role("link", name="Change it and send it again").count() == 0
    take_step(person, "Appeal", "Appeal", f"It answers the post, {who}.")
    assert person.told(status).startswith("Waiting.")
    author.card(f"Polite, {who}.")
    assert f"It answers the post, {who}." in author.page.locator("main").inner_text()
