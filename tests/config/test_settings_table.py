"""docs/settings.md names every variable that the code reads, with the default it has there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READERS = [
    *sorted((ROOT / "config").rglob("*.py")),
    ROOT / "gunicorn.conf.py",
    ROOT / "dev.py",
    ROOT / "manage.py",
]
KINDS = {"text", "flag", "integer", "words", "choice"}
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \|", re.MULTILINE)


def documented():
    return dict(ROW.findall((ROOT / "docs" / "settings.md").read_text()))


def calls():
    for path in READERS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node, ast.unparse(node.func)
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
                yield node, ast.unparse(node.value)


def literal(node):
    return node.value if isinstance(node, ast.Constant) else None


def own_settings():
    """Name to default, of what config/env.py or gunicorn.conf.py reads."""
    found = {}
    for node, name in calls():
        room, _, kind = name.rpartition(".")
        if room == "env" and kind in KINDS:
            defaults = node.args[1:2] + [k.value for k in node.keywords if k.arg == "default"]
            found["COLLOQUY_" + literal(node.args[0])] = literal(defaults[0]) if defaults else ""
        elif name == "os.environ.get" and len(node.args) == 2 and literal(node.args[0]):
            found[literal(node.args[0])] = literal(node.args[1])
    return found


def plain_reads():
    """Names read from os.environ itself, with or without a default."""
    readers = {"os.environ.get", "os.environ.setdefault", "os.environ"}
    keys = [
        node.args[0] if isinstance(node, ast.Call) else node.slice
        for node, name in calls()
        if name in readers
    ]
    return {literal(key) for key in keys} - {None}


def as_written(default):
    """A default as the table shows it."""
    if isinstance(default, bool):
        return f"`{int(default)}`"
    if isinstance(default, int):
        return f"`{default}`"
    return f"`{default}`" if default else "empty"


def test_every_variable_that_the_code_reads_is_in_the_table():
    read = own_settings().keys() | plain_reads()
    assert {"COLLOQUY_SECRET_KEY", "COLLOQUY_BIND", "DATABASE_URL", "COLLOQUY_DATA"} <= read
    assert read - documented().keys() == set()


def test_every_variable_in_the_table_is_read_by_the_code():
    assert documented().keys() - own_settings().keys() - plain_reads() == set()


def test_the_table_says_the_defaults_that_the_code_has():
    shown = documented()
    wrong = {
        name: (shown.get(name), as_written(default))
        for name, default in own_settings().items()
        if shown.get(name) != as_written(default)
    }
    assert wrong == {}
