"""What the worker does for finding posts. Nothing has to ask for it: it sees what changed."""

from typing import Final

from blog.relating import relate_changed_posts
from blog.searching import index_stale_posts
from core import jobs

AT_ONCE: Final = 200
A_RUN: Final = 2_000


@jobs.periodic(name="blog.relate_posts", cron="* * * * *")
def relate(timestamp: int) -> None:
    """Find which posts are like those that were saved in the last minute."""
    relate_changed_posts(at_most=AT_ONCE)


@jobs.periodic(name="blog.index_posts", cron="* * * * *")
def index(timestamp: int) -> None:
    """After another search language was chosen: index posts again, some thousand a minute."""
    for _ in range(0, A_RUN, AT_ONCE):
        if index_stale_posts(AT_ONCE) == 0:
            return
