"""Which tables a statement reads from end to end, by Postgres's own plan."""

from django.db import connection

SETTINGS = "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan"


def scanned(sql):
    """The tables that the plan of a SELECT reads whole; of anything else none are told."""
    if not sql.lstrip().upper().startswith(("SELECT", "WITH", "(SELECT")):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql.replace('%', '%%')}", [])
        return set(_tables(cursor.fetchone()[0][0]["Plan"]))


def scanned_when_prepared(growing):
    """Of the tables those that what core.prepared keeps on this connection reads whole.

    By the plan that fits any value, where Postgres reads a table whole only if it must: by name
    and statement. Needs a transaction, whose end undoes the settings.
    """
    asked = "SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements"
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        cursor.execute("DISCARD PLANS")  # of those made before
        cursor.execute(f"{asked} WHERE name LIKE 'colloquy%%'")
        for name, statement, count in cursor.fetchall():
            values = f"({', '.join(['NULL'] * count)})" if count else ""
            cursor.execute(f"EXPLAIN (FORMAT JSON) EXECUTE {name}{values}")
            if whole := growing & set(_tables(cursor.fetchone()[0][0]["Plan"])):
                found[name, statement] = whole
    return found


def _tables(plan):
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from _tables(below)
