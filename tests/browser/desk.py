"""The desk as a moderator uses it in a browser: keys, taps, or buttons without a script."""

from itertools import count

from tests.browser.people import Author

numbers = count(1)


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

    def use(self, found):
        """Press a button or follow a link in this way; a step."""
        self.steps += 1
        found.click()

    def told(self, words):
        self.page.locator(".decided, .messagelist li", has_text=words).first.wait_for()

    def undo(self, name, what=""):
        """Take back what was just done to a comment: of several such acts the one so worded."""
        done = self.page.locator(".decided, .desk-lately form", has_text=name)
        done.filter(has_text=what).locator("button.undo").click()


class Keys(Desk):
    def go_to(self, name):
        """Focus a card; not counted, since that is where the wish arises."""
        self.card(name).focus()

    def do(self, name, act, *, key):
        self.go_to(name)
        self.press(*key)

    def say(self, name, act, words, *, key):
        """An act with words: its form opened by a key, filled in, sent."""
        self.do(name, act, key=key)
        self.write(words)
        self.steps += 1
        self.card(name).locator(f"button.act-{act}").click()

    def undo(self, name, what=""):
        self.press("z")

    def use(self, found):
        self.steps += 1
        found.press("Enter")

    def press(self, *keys):
        for key in keys:
            self.steps += 1
            self.page.keyboard.press(key)

    def write(self, words):
        self.page.locator("textarea:focus").fill(words)


class Taps(Desk):
    """Fingers on a telephone; also clicks where no script runs."""

    def use(self, found):
        self.steps += 1
        found.tap() if self.touches else found.click()

    def press(self, name, button):
        self.use(self.card(name).locator(f"button.act-{button}"))

    def do(self, name, act, *, key):
        self.press(name, act)

    def say(self, name, act, words, *, key):
        """An act with words: its form opened, filled in, sent."""
        self.open_words(name, act)
        self.card(name).locator(f"form[action$='/{act}/'] textarea").first.fill(words)
        self.press(name, act)

    def press_clause(self, name, number):
        """Reject by this clause."""
        self.use(self.card(name).locator("button[name=clause]", has_text=f"{number}. "))

    def open_words(self, name, act):
        self.use(self.card(name).locator(f"form[action$='/{act}/'] summary"))

    touches = True


class Clicks(Taps):
    plain, touches = True, False


def signed_in(context, site, user="author"):
    person = Author(context.new_page())
    person.sign_in(site.signin_link(user))
    return person


def record(desk, name):
    """Act, actor and statuses of each log row of a comment, by its page at the desk."""
    desk.page.goto("admin/queue/?status=all&q=" + name.replace(" ", "+"))
    desk.page.goto(desk.card(name).get_attribute("data-address"))
    rows = desk.page.locator(".card-log tbody tr").all()
    found = [row.locator("td").all_inner_texts()[1:4] for row in rows]
    return [(act, actor, statuses.partition("\n")[0]) for act, actor, statuses in found]


def public(reader, conversation):
    """All that a reader reads there of comments."""
    return "".join(text or "" for text in reader.comments(conversation).values())


WAYS = {
    "keys": (Keys, {}),
    "taps": (Taps, {"viewport": {"width": 390, "height": 800}, "has_touch": True}),
    "no script": (Clicks, {"java_script_enabled": False}),
}
