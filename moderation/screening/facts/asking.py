"""Several questions to the database in one go: the way there is most of what facts cost."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from core.prepared import Row, rows_of_each, statement_of

Rows = Sequence[Row]


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
    """The rows of each. One query: a single message with all the statements.

    Raises what the database raises.
    """
    return [*rows_of_each([(statement_of(one.sql), one.parameters) for one in questions])]
