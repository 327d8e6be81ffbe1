"""What the worker does for finding comments. Nothing has to ask for it: it sees what changed."""

from typing import Final

from comments.searching import index_stale_comments
from core import jobs

AT_ONCE: Final = 1_000
A_RUN: Final = 20_000


@jobs.periodic(name="comments.index_comments", cron="* * * * *")
def index(timestamp: int) -> None:
    """After another search language was chosen: index comments again, so many a minute."""
    for _ in range(0, A_RUN, AT_ONCE):
        if index_stale_comments(AT_ONCE) == 0:
            return
