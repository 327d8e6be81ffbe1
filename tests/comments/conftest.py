"""What most tests of a conversation start from."""

import pytest

from comments import thread_parts
from tests.factories import make_post


@pytest.fixture
def post(db):
    """A published post at /posts/a-post/."""
    return make_post(slug="a-post")


@pytest.fixture
def nothing_kept():
    """The worker keeps no part of a thread before the test, nor after it."""
    thread_parts.memory.forget()
    yield
    thread_parts.memory.forget()
