"""Several questions to the database in one go: the way there is most of what facts cost."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

Rows = Sequence[tuple[Any, ...]]


class Question(NamedTuple):
    """One statement that only reads, with its parameters."""

    sql: str
    parameters: Any


def question(rows: QuerySet[Any, Any]) -> Question:
    """A query set's statement, for one of `values_list` with plain columns.

    The rows come as the driver reads them, in the order of the columns.
    """
    return Question(*rows.query.sql_with_params())


def ask(questions: Sequence[Question]) -> list[Rows]:
    """The rows of each. One query: a single message with all the statements."""
    if not questions:
        return []
    with connection.cursor() as cursor:
        cursor.execute("; ".join(cursor.mogrify(*one) for one in questions))
        answers = [cursor.fetchall()]
        while cursor.nextset():
            answers.append(cursor.fetchall())
    return answers
