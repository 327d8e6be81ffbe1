"""Prepared statements on their way to Postgres and back, by libpq's own calls.

One goes by itself. Several go as one message, its pipeline, together with the beginning of their
transaction where the driver has not begun it.
"""

from collections.abc import Generator, Sequence
from typing import Any

from psycopg import errors
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Wait

# The name of a statement, and its values as the server wants them.
Call = tuple[bytes, Sequence[Any]]


def send(driver: Any, calls: Sequence[Call]) -> list[PGresult]:
    """The result of each call; there is at least one, and all statements only give rows or none.

    Each sees what is committed when its turn comes. Raises the driver's error for the first that
    fails; then outside a transaction none has done anything. What interrupts the wait, or breaks
    it, leaves a closed connection.
    """
    if len(calls) == 1 and _is_under_way(driver):
        [(name, values)] = calls
        return [checked(driver.pgconn.exec_prepared(name, values), driver)]
    begins = not _is_under_way(driver)
    results = _results_of_one_message(driver, calls, begins=begins)
    return [checked(one, driver) for one in results][begins:]


def can_begin(driver: Any) -> bool:
    """Whether nothing has to be begun first, or what would be is a transaction like any."""
    own = (driver.isolation_level, driver.read_only, driver.deferrable)
    return _is_under_way(driver) or own == (None, None, None)


def checked(result: PGresult, driver: Any) -> PGresult:
    """The result, or the driver's error for it."""
    if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        return result
    if driver.pgconn.status == ConnStatus.BAD:
        raise errors.OperationalError(result.get_error_message())
    raise errors.error_from_result(result, encoding=driver.info.encoding)


def _is_under_way(driver: Any) -> bool:
    """Whether nothing has to be begun first."""
    return driver.autocommit or driver.pgconn.transaction_status == TransactionStatus.INTRANS


def _results_of_one_message(
    driver: Any, calls: Sequence[Call], *, begins: bool
) -> Sequence[PGresult]:
    server = driver.pgconn
    try:
        server.enter_pipeline_mode()
        if begins:
            server.send_query_params(b"BEGIN", None)
        for name, values in calls:
            server.send_query_prepared(name, values)
        server.pipeline_sync()
        results: list[PGresult] = driver.wait(_until_done(server))
        server.exit_pipeline_mode()
    except BaseException:
        driver.close()  # who knows what is under way there
        raise
    return results


def _until_done(server: PGconn) -> Generator[Wait, int, list[PGresult]]:
    """All results until the server is done with the message; for the driver to wait on."""
    while server.flush():
        if (yield Wait.RW) & Wait.R:
            server.consume_input()
    found: list[PGresult] = []
    while True:
        while server.is_busy():
            if (yield Wait.R):
                server.consume_input()
        result = server.get_result()
        if result is None and server.status == ConnStatus.BAD:
            raise errors.OperationalError(server.get_error_message())
        if result is None:
            continue  # between two calls
        if result.status == ExecStatus.PIPELINE_SYNC:
            return found
        if result.status in {ExecStatus.COPY_IN, ExecStatus.COPY_OUT}:
            raise errors.NotSupportedError("COPY is not for a message of several statements")
        found.append(result)
