"""The pictures of README.md, from a site that `dev.py up` filled with demo content.

post=$(.venv/bin/python manage.py demo_conversation 300)
.venv/bin/python docs/screenshots.py "$(python3 dev.py link)" "$post"
"""

import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
POST = "/posts/every-argument-deserves-an-address/"
CHROMIUM = os.environ.get("COLLOQUY_CHROMIUM") or shutil.which("chromium")


def take(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")


def scroll_to_thread(page: Page, site: str, post: str = POST) -> None:
    page.goto(urljoin(site, post))
    page.locator("#comments").evaluate("node => node.scrollIntoView({behavior: 'instant'})")


def main(link: str, long_post: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1000})
        scroll_to_thread(page, link)
        take(page, "thread")
        scroll_to_thread(page, link, long_post)
        take(page, "long-thread")
        page.set_viewport_size({"width": 390, "height": 844})
        scroll_to_thread(page, link)
        take(page, "thread-phone")
        scroll_to_thread(page, link, long_post)
        take(page, "long-thread-phone")
        page.set_viewport_size({"width": 1000, "height": 780})
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.goto(urljoin(link, "/admin/queue/"))
        take(page, "queue")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
