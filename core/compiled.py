"""SQL that Django puts together once, for what is asked and stored with every comment sent.

Putting a statement together takes Django up to ten times as long as Postgres takes to answer it.
The rules of what is asked stay query sets; only the values change. This is the one room that knows
how Django's compiler hands over to what reads the rows: its test compares both.
"""

from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections, models, router
from django.db.models import Field, QuerySet, Value
from django.db.models.query import ModelIterable
from psycopg.sql import Literal

from core.prepared import Row, Statement, Values, statement_of

M = TypeVar("M", bound=models.Model)

# What a statement may hold for good: a moment would stand still.
LASTING = (str, int, bool, type(None))


class Given(Value):
    """In a query set: a value that is given, under this name, each time it is asked."""

    def __init__(self, name: str, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(name, output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The place of a value."""
        return "%s", (self,)


class Compiled(Generic[M]):
    """A query set that is made at the first use, and then only asked with other values.

    Values go to the driver as they are: a lookup that would change one first (`iexact`, `contains`,
    `in`) does not do so. A moment that is no Given is a TypeError.
    """

    def __init__(self, make: "Callable[[], QuerySet[M, Any]]") -> None:
        self._make = make

    def rows(self, **given: Any) -> list[M]:
        """The models, with those that the set selects along. One query."""
        statement, values = self.of_a_batch(**given)
        return self.read(statement.rows(values, self._compiled.alias))

    def of_a_batch(self, **given: Any) -> tuple[Statement, Values]:
        """For core.prepared.rows_of_each, with others; `read` reads its rows. No query."""
        return self._compiled.statement, self._values(given)

    def read(self, found: list[Row]) -> list[M]:
        """The models in rows of what `of_a_batch` gave. No query."""
        answered: Any = _Answered(self._compiled.compiler, found)
        return list(ModelIterable(QuerySet(self._compiled.model, query=answered)))

    def first(self, **given: Any) -> M | None:
        """The first model, for a set that is sliced to one. One query."""
        return next(iter(self.rows(**given)), None)

    def tuples(self, **given: Any) -> list[tuple[Any, ...]]:
        """The columns of `values_list`, as the driver reads them. One query.

        A TypeError for a set with a column that its field reads in a way of its own (JSON).
        """
        return self._plain.rows(self._values(given), self._compiled.alias)

    def _values(self, given: dict[str, Any]) -> list[Any]:
        return [given[name] for name in self._compiled.given]

    @cached_property
    def _plain(self) -> Statement:
        compiled = self._compiled
        fields = [column.output_field for column, *_ in compiled.compiler.select]
        if any(hasattr(field, "from_db_value") for field in fields):
            sql = compiled.statement.sql
            raise TypeError(f"{sql} reads what the driver can't read by itself")
        return compiled.statement

    @cached_property
    def _compiled(self) -> "_Statement":
        # Of a set of its own: two threads at once would compile one into a statement of neither.
        made = self._make()
        compiler = made.query.get_compiler(made.db)
        sql, parameters = compiler.as_sql()
        for one in parameters:
            if not isinstance(one, (Given, *LASTING)):
                raise TypeError(f"{one!r} would stay for good in a compiled query")
        if any(isinstance(column, Given) for column, *_ in compiler.select):
            raise TypeError(f"{sql} has a column of which nothing tells the type")
        compiler.connection = None  # a thread's own; the next has another
        return _Statement(
            made.query.model,
            made.db,
            compiler,
            Statement(_with_what_lasts(sql, parameters)),
            tuple(one.value for one in parameters if isinstance(one, Given)),
        )


def _with_what_lasts(sql: str, parameters: Sequence[Any]) -> str:
    """The statement with all that is not given in it: its type is seen, and partial indexes fit."""
    places = (
        "%s" if isinstance(one, Given) else Literal(one).as_string().replace("%", "%%")
        for one in parameters
    )
    return sql.replace("%%", "%%%%") % tuple(places)


class _Statement(NamedTuple):
    model: Any
    alias: str
    compiler: Any
    statement: Statement
    given: tuple[str, ...]


def hand_over(related: Any, rows: Sequence[models.Model]) -> None:
    """Have a row's manager of related rows give these for `all()`, as after a prefetch."""
    found = related.model._default_manager.all()
    found._result_cache, found._prefetch_done = list(rows), True
    row = related.instance
    if not hasattr(row, "_prefetched_objects_cache"):
        row._prefetched_objects_cache = {}
    row._prefetched_objects_cache[related.prefetch_cache_name] = found


class CompiledInsert(Generic[M]):
    """The INSERT of a model's rows: no signals, no `save`, each column as the model has it.

    For models of whose columns the database makes none but the key; of a default that stands in
    both, the model's is taken.
    """

    def __init__(self, model: type[M]) -> None:
        self._model = model

    def __call__(self, rows: Sequence[M]) -> None:
        """Store new rows; each has its key then. One query, none for no row.

        The keys are all given, or none is. The caller opens the transaction, if there is more.
        """
        if not rows:
            return
        alias = router.db_for_write(self._model)
        connection = connections[alias]
        start, fields = self._with_key if rows[0].pk is not None else self._without_key
        place = f"({', '.join(['%s'] * len(fields))})"
        statement = statement_of(
            f"{start} VALUES {', '.join([place] * len(rows))} RETURNING {self._quoted(self._key)}"
        )
        values = [
            field.get_db_prep_save(field.pre_save(row, add=True), connection)
            for row in rows
            for field in fields
        ]
        for row, (key,) in zip(rows, statement.rows(values, alias), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, alias

    @cached_property
    def _key(self) -> Any:
        return self._model._meta.pk

    @cached_property
    def _with_key(self) -> "tuple[str, list[Field[Any, Any]]]":
        return self._start(list(self._model._meta.concrete_fields))

    @cached_property
    def _without_key(self) -> "tuple[str, list[Field[Any, Any]]]":
        return self._start(
            [one for one in self._model._meta.concrete_fields if not one.primary_key]
        )

    def _start(self, fields: "list[Field[Any, Any]]") -> "tuple[str, list[Field[Any, Any]]]":
        if any(f.generated or (f.has_db_default() and not f.has_default()) for f in fields):
            raise TypeError(f"The database makes columns of {self._model.__name__} by itself")
        columns = ", ".join(self._quoted(one) for one in fields)
        return f'INSERT INTO "{self._model._meta.db_table}" ({columns})', fields

    @staticmethod
    def _quoted(field: "Field[Any, Any]") -> str:
        return f'"{field.column}"'


class _Answered:
    """Stands in for a query: hands out compilers that have asked already."""

    def __init__(self, compiler: Any, found: list[Row]) -> None:
        self._compiler, self._found = compiler, found

    def get_compiler(self, using: str) -> Any:
        compiler = copy(self._compiler)
        compiler.connection = connections[using]
        compiler.execute_sql = lambda **_: [self._found]
        return compiler
