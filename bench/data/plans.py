"""Which tables a statement reads from end to end, by Postgres's own plan."""

from django.db import connection


def scanned(sql):
    """The tables that the plan of a SELECT reads whole; of anything else none are told."""
    if not sql.lstrip().upper().startswith(("SELECT", "WITH", "(SELECT")):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql.replace('%', '%%')}", [])
        return set(_tables(cursor.fetchone()[0][0]["Plan"]))


def _tables(plan):
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from _tables(below)
