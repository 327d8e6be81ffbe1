"""What a supervisor asks."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def test_alive_needs_no_database(client):
    assert client.get("/livez").content == b"ok\n"


@pytest.mark.django_db
def test_ready_when_every_migration_is_applied(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client):
    MigrationRecorder(connection).migration_qs.filter(app="core").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"run manage.py migrate" in answer.content


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_database(client, monkeypatch):
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"does not answer" in answer.content
