"""Several questions to the database in one go: the way there is most of what facts cost.

Most of what is left is to parse and plan them, of which each connection does but the first: a
question is prepared there (by PREPARE, under a name made of its words) and executed from then on.
A connection where that fails once, or where core.prepared prepares nothing, asks in full.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import Error, connection
from django.db.models import QuerySet

from core.prepared import name_of, numbered, prepare_no_more, prepared_on

Rows = Sequence[tuple[Any, ...]]


class Question(NamedTuple):
    """One statement that only reads, with its parameters."""

    sql: str
    parameters: Any


class Prepared(NamedTuple):
    """How a statement is prepared, and executed with the same parameters."""

    name: str
    preparing: str
    executing: str


def question(rows: QuerySet[Any, Any]) -> Question:
    """A query set's statement, for one of `values_list` with plain columns.

    The rows come as the driver reads them, in the order of the columns.
    """
    return Question(*rows.query.sql_with_params())


def ask(questions: Sequence[Question]) -> list[Rows]:
    """The rows of each. One query: a single message with all the statements.

    Raises what the database raises. Outside a transaction it is asked again in full before that.
    """
    if not questions:
        return []
    connection.close_if_health_check_failed()  # now, else the cursor would find a new one
    connection.ensure_connection()
    known = prepared_on(connection.connection)
    if known is None:
        return _ask_in_full(questions)
    try:
        return _ask_by_name(questions, known)
    except Error:
        prepare_no_more(connection.connection)
        if connection.in_atomic_block:
            raise
        return _ask_in_full(questions)


def _ask_by_name(questions: Sequence[Question], known: set[str]) -> list[Rows]:
    prepared = [_prepared(one.sql, _names(one.parameters)) for one in questions]
    new = {one.name: one.preparing for one in prepared if one.name not in known}
    with connection.cursor() as cursor:
        asked = [
            cursor.mogrify(how.executing, one.parameters)
            for how, one in zip(prepared, questions, strict=True)
        ]
        cursor.execute("; ".join([*new.values(), *asked]))
        for _ in new:
            cursor.nextset()
        answers = _answers(cursor)
    known.update(new)
    return answers


def _ask_in_full(questions: Sequence[Question]) -> list[Rows]:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(cursor.mogrify(*one) for one in questions))
        return _answers(cursor)


def _answers(cursor: Any) -> list[Rows]:
    answers = [cursor.fetchall()]
    while cursor.nextset():
        answers.append(cursor.fetchall())
    return answers


def _names(parameters: Any) -> tuple[str, ...] | int:
    """The names of parameters, or how many there are without."""
    return tuple(parameters) if isinstance(parameters, Mapping) else len(parameters)


@lru_cache(maxsize=256)
def _prepared(sql: str, names: tuple[str, ...] | int) -> Prepared:
    if isinstance(names, int):
        words, given = numbered(sql), ["%s"] * names
    else:
        used = [one for one in names if f"%({one})s" in sql]
        words, given = numbered(sql, used), [f"%({one})s" for one in used]
    name = name_of(words)  # with the order of the parameters
    arguments = f" ({', '.join(given)})" if given else ""
    return Prepared(name, f"PREPARE {name} AS {words}", f"EXECUTE {name}{arguments}")
