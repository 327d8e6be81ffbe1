"""What most tests of a conversation start from."""

import pytest

from tests.factories import make_post


@pytest.fixture
def post(db):
    """A published post at /posts/a-post/."""
    return make_post(slug="a-post")
