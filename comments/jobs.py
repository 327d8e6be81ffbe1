"""Where the worker finds this app's jobs, and the makers of its mails."""

from comments.digests import send_digests
from comments.index_jobs import index
from comments.mails import make_digest, make_moved, make_one
from comments.mentions import forget_mentions, look_again, verify_mention
from comments.moved import tell_of_move
from comments.notifications import settle
from comments.retention import forget_addresses

__all__ = [
    "forget_addresses",
    "forget_mentions",
    "index",
    "look_again",
    "make_digest",
    "make_moved",
    "make_one",
    "send_digests",
    "settle",
    "tell_of_move",
    "verify_mention",
]
