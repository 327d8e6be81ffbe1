"""SQL that a connection parses and plans once, and from then on only executes with other values.

For what is asked with every page and every comment sent: there Postgres takes longer to understand
a statement than to answer it, and the driver as long to write it out. It is prepared by libpq's
own call under a name made of its words, and shows up among Django's queries like any other.

A pooler may give each transaction another server, where a name means nothing: so a connection
whose server is not the one that it was opened to prepares nothing. Nor does a transaction's first
statement, with which the driver begins it.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

logger = logging.getLogger(__name__)

Row = tuple[Any, ...]
Values = Sequence[Any] | Mapping[str, Any]
NAMED: Final = re.compile(r"%\((\w+)\)s")
# The name was forgotten, or what a column holds is another thing since.
OUTDATED: Final = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)
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
        connection: Any = connections[using]
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        known = prepared_on(connection.connection)
        if known is None or not _is_under_way(connection.connection):
            return self._in_full(connection, values)
        try:
            with connection._prepare_cursor(_Cursor(connection, self, known)) as cursor:
                cursor.execute(self.sql, values)
                found: list[Row] = cursor.fetchall()
                return found
        except Exception as error:
            if not isinstance(error.__cause__, OUTDATED):
                raise
            prepare_no_more(connection.connection)
            if connection.in_atomic_block:
                raise
        return self._in_full(connection, values)

    def _in_full(self, connection: Any, values: Values) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return cursor.fetchall() if cursor.description else []

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


class _Cursor:
    """As much of a driver's cursor as Django wraps."""

    def __init__(self, connection: Any, statement: Statement, known: set[str]) -> None:
        self._connection, self._statement, self._known = connection, statement, known
        self._rows: list[Row] = []

    def execute(self, _sql: str, values: Values) -> None:
        self.values = values
        driver, name = self._connection.connection, self._statement.name
        server, called = driver.pgconn, name.encode()
        if name not in self._known:
            _make_room(self._known, driver)
            _checked(server.prepare(called, self._statement.words.encode()), driver)
            self._known.add(name)
        reader = Transformer(driver)
        given = self._statement.in_order(values)
        given = reader.dump_sequence(given, [PyFormat.TEXT] * len(given))
        result = _checked(server.exec_prepared(called, given), driver)
        if result.status == ExecStatus.TUPLES_OK:
            reader.set_pgresult(result)
            self._rows = reader.load_rows(0, result.ntuples, tuple)

    def fetchall(self) -> list[Row]:
        return self._rows

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _query(self) -> Any:
        """For Django's list of queries: the statement with the values in it."""
        return _Written(self._connection, self._statement.sql, self.values)


class _Written:
    def __init__(self, connection: Any, sql: str, values: Values) -> None:
        with connection.connection.cursor() as cursor:
            self.query = cursor.mogrify(sql, values).encode()


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


def _make_room(known: set[str], driver: Any) -> None:
    """Forget them all if there are too many: what is asked often is soon prepared again."""
    if len(known) >= MOST:
        forget = "; ".join(f"DEALLOCATE {name}" for name in known)
        _checked(driver.pgconn.exec_(forget.encode()), driver)
        known.clear()


def _is_under_way(driver: Any) -> bool:
    """Whether nothing has to be begun first."""
    return driver.autocommit or driver.pgconn.transaction_status == TransactionStatus.INTRANS


def _checked(result: PGresult, driver: Any) -> PGresult:
    if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        return result
    if driver.pgconn.status == ConnStatus.BAD:
        raise errors.OperationalError(result.get_error_message())
    raise errors.error_from_result(result, encoding=driver.info.encoding)
