"""`migrate` runs the checks on the tables of the release before."""

import pytest
from django.db import connection

from blog.checks import check_rendered


@pytest.mark.django_db
def test_a_database_without_the_column_can_be_checked():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE blog_post DROP COLUMN html_version")
    assert check_rendered(None, databases=["default"]) == []
