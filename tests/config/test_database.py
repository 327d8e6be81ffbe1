"""What of a database's address reaches the driver, and that a silent server holds nobody up."""

import socket
import time

import psycopg
import pytest

from config import database


def options(monkeypatch, query):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://colloquy@192.0.2.1/colloquy{query}")
    return database.from_environment()["OPTIONS"]


def test_a_server_that_falls_silent_is_given_up_unless_the_address_says_otherwise(monkeypatch):
    assert database.WHEN_SILENT.items() <= options(monkeypatch, "").items()
    own = options(monkeypatch, "?keepalives_idle=60&connect_timeout=2")
    assert own["keepalives_idle"] == "60"
    assert own["connect_timeout"] == "2"
    assert own["tcp_user_timeout"] == database.WHEN_SILENT["tcp_user_timeout"]
    assert "statement_timeout" in own["options"]


def test_the_driver_takes_them(monkeypatch):
    """From a server that takes the connection and says nothing."""
    taken = options(monkeypatch, "?connect_timeout=2")
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=server.getsockname()[1], **taken)
    assert time.monotonic() - began < 60
