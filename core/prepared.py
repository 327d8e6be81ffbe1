"""SQL that a connection parses and plans once, and from then on only executes with other values.

For what is asked with every page and every comment sent: there Postgres takes longer to understand
a statement than to answer it, and the driver as long to write it out. It is prepared by libpq's
own call under a name made of its words, and shows up among Django's queries like any other. What
is asked together goes out in one message (libpq's pipeline), for the way there and back is most of
what is left.

A pooler may give each transaction another server, where a name means nothing: so a connection
whose server is not the one that it was opened to prepares nothing.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus

from core.sending import can_begin, checked, send

logger = logging.getLogger(__name__)

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]
NAMED: Final = re.compile(r"%\((\w+)\)s")
# The name was forgotten, or another's, or what a column holds is another thing since.
OUTDATED: Final = (
    errors.InvalidSqlStatementName,
    errors.DuplicatePreparedStatement,
    errors.FeatureNotSupported,
)
# On a connection. A page of a conversation takes a sixth of a megabyte of its server's memory, and
# a robot reads hundreds of pages.
MOST: Final = 100

# By the driver's connection what is prepared there; None where nothing is to be.
_known: Final[WeakKeyDictionary[Any, set[str] | None]] = WeakKeyDictionary()


class Statement:
    """SQL with `%s` for each value, or `%(name)s`.

    Which type a value has the server tells from where it stands: alone it needs a cast.
    """

    def __init__(self, sql: str) -> None:
        self.sql: Final = sql

    def rows(self, values: Values = (), using: str = DEFAULT_DB_ALIAS) -> list[Row]:
        """What it answers, as the driver reads it; nothing where it returns nothing. One query.

        Raises what Django raises.
        """
        return rows_of_each([(self, values)], using)[0]

    @cached_property
    def words(self) -> str:
        """As the server wants it: with numbered places."""
        return numbered(self.sql, self.names)

    @cached_property
    def name(self) -> str:
        """What it is called on every connection."""
        return name_of(self.words)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of the values, in the order of their numbers; none if they have no names."""
        return tuple(dict.fromkeys(NAMED.findall(self.sql)))

    def in_order(self, values: Values) -> Sequence[Any]:
        """The values by their numbers."""
        if isinstance(values, Mapping):
            return [values[name] for name in self.names]
        return values


@lru_cache(maxsize=512)
def statement_of(sql: str) -> Statement:
    """The statement for SQL that is put together anew each time, out of few words."""
    return Statement(sql)


Batch = Sequence[tuple[Statement, Values]]


def rows_of_each(batch: Batch, using: str = DEFAULT_DB_ALIAS) -> list[list[Row]]:
    """The rows of several statements with their values, in order, by one message.

    One query, none for no statement. Each sees what is committed when its turn comes. Outside a
    transaction all are undone if one fails. Raises what Django raises of the first that fails.
    """
    if not batch:
        return []
    connection: Any = connections[using]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    known = prepared_on(connection.connection)
    if known is None or not can_begin(connection.connection):
        return _in_full(connection, batch)
    try:
        with connection._prepare_cursor(_Cursor(connection, batch, known)) as cursor:
            cursor.execute("; ".join(one.sql for one, _ in batch), ())
            found: list[list[Row]] = cursor.fetchall()
            return found
    except Exception as error:
        if not isinstance(error.__cause__, OUTDATED):
            raise
        prepare_no_more(connection.connection)
        if not connection.get_autocommit():
            raise
    return _in_full(connection, batch)


def _in_full(connection: Any, batch: Batch) -> list[list[Row]]:
    with connection.cursor() as cursor:
        if len(batch) == 1:
            [(statement, values)] = batch
            cursor.execute(statement.sql, values)
        else:
            with connection.wrap_database_errors:
                whole = "; ".join(cursor.mogrify(one.sql, values) for one, values in batch)
            cursor.execute(whole)
        found = [cursor.fetchall() if cursor.description else []]
        while cursor.nextset():
            found.append(cursor.fetchall() if cursor.description else [])
        return found


class _Cursor:
    """As much of a driver's cursor as Django wraps."""

    def __init__(self, connection: Any, batch: Batch, known: set[str]) -> None:
        self._connection, self._batch, self._known = connection, batch, known
        self._rows: list[list[Row]] = []

    def execute(self, _sql: str, _values: Values) -> None:
        driver = self._connection.connection
        reader, calls = Transformer(driver), []
        for statement, values in self._batch:
            given = statement.in_order(values)
            dumped = reader.dump_sequence(given, [PyFormat.TEXT] * len(given))
            calls.append((statement.name.encode(), dumped))
        self._prepare(driver)
        for result in send(driver, calls):
            rows: list[Row] = []
            if result.status == ExecStatus.TUPLES_OK:
                reader.set_pgresult(result)
                rows = reader.load_rows(0, result.ntuples, tuple)
            self._rows.append(rows)

    def _prepare(self, driver: Any) -> None:
        needed = {one.name: one.words for one, _ in self._batch}
        if needed.keys() <= self._known:
            return
        _make_room(self._known, driver, needed)
        for name, words in needed.items():
            if name not in self._known:
                checked(driver.pgconn.prepare(name.encode(), words.encode()), driver)
                self._known.add(name)

    def fetchall(self) -> list[list[Row]]:
        return self._rows

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _query(self) -> Any:
        """For Django's list of queries: the statements with the values in them, if they fit."""
        with suppress(errors.Error):  # else it would hide why the statements failed
            return _Written(self._connection, self._batch)
        return None


class _Written:
    def __init__(self, connection: Any, batch: Batch) -> None:
        with connection.connection.cursor() as cursor:
            self.query = "; ".join(
                cursor.mogrify(one.sql, values) for one, values in batch
            ).encode()


def name_of(words: str) -> str:
    """What a statement is called; the same words, the same name."""
    return f"colloquy_{blake2b(words.encode(), digest_size=12).hexdigest()}"


def numbered(sql: str, names: Sequence[str] = ()) -> str:
    """SQL with `$1`, `$2` and so on where the values stand: by their names, if they have some."""
    if names:
        return sql % {name: f"${n}" for n, name in enumerate(names, 1)}
    count = sql.replace("%%", "").count("%s")
    return sql % tuple(f"${n}" for n in range(1, count + 1))


def prepared_on(driver: Any) -> set[str] | None:
    """The names on a connection; None where nothing is to be prepared. Asks once who answers."""
    try:
        return _known[driver]
    except KeyError:
        result = driver.pgconn.exec_(b"SELECT pg_backend_pid()")
        if result.status != ExecStatus.TUPLES_OK:
            return None  # after an error in a transaction nobody answers until its end
        same = int(result.get_value(0, 0) or 0) == driver.pgconn.backend_pid
        _known[driver] = set() if same else None
        return _known[driver]


def prepare_no_more(driver: Any) -> None:
    """Ask in full on a connection from now on."""
    _known[driver] = None
    logger.warning("Nothing more is prepared on this connection.", exc_info=True)


def _make_room(known: set[str], driver: Any, needed: Iterable[str]) -> None:
    """Forget them all if there are too many: what is asked often is soon prepared again."""
    if known and len(known.union(needed)) > MOST:
        forget = "; ".join(f"DEALLOCATE {name}" for name in known)
        checked(driver.pgconn.exec_(forget.encode()), driver)
        known.clear()
