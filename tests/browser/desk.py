"""The desk as a moderator uses it in a browser: keys, taps, or buttons without a script."""

from tests.browser.people import Author


class Desk:
    """One way to use the queue; counts the steps from where the wish arises."""

    plain = False  # without a script

    def __init__(self, page):
        self.page = page
        self.steps = 0

    def open(self, tab="pending"):
        self.page.goto(f"admin/queue/?status={tab}")
        self.steps = 0

    def card(self, name):
        """By its writer's name."""
        return self.page.locator(".card", has=self.page.locator(f"h2 bdi:text-is('{name}')"))

    def told(self, words):
        self.page.locator(".decided, .messagelist li", has_text=words).first.wait_for()


class Keys(Desk):
    def go_to(self, name):
        """Focus a card; not counted, since that is where the wish arises."""
        self.card(name).focus()

    def press(self, *keys):
        for key in keys:
            self.steps += 1
            self.page.keyboard.press(key)

    def write(self, words):
        self.page.locator("textarea:focus").fill(words)


class Taps(Desk):
    """Fingers on a telephone; also clicks where no script runs."""

    def press(self, name, button):
        self.steps += 1
        found = self.card(name).locator(f"button.act-{button}")
        found.tap() if self.touches else found.click()

    def open_words(self, name, act):
        self.steps += 1
        opener = self.card(name).locator(f"form[action$='/{act}/'] summary")
        opener.tap() if self.touches else opener.click()

    touches = True


class Clicks(Taps):
    plain, touches = True, False


def signed_in(context, site, user="author"):
    person = Author(context.new_page())
    person.sign_in(site.signin_link(user))
    return person
