"""The production settings as an operator meets them: each run is a process of its own."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[2]
CHECK = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]


@pytest.fixture
def operator(tmp_path):
    """The environment that deploy/colloquy.env.example gives, and nothing of the test's own."""
    lines = (ROOT / "deploy" / "colloquy.env.example").read_text().splitlines()
    documented = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    key = tmp_path / "secret_key"
    key.write_text("".join(map(chr, range(65, 123))))
    environ = {name: "".join(shlex.split(value)) for name, value in documented.items()}
    environ["COLLOQUY_SECRET_KEY_FILE"] = str(key)
    environ["COLLOQUY_DATA"] = str(tmp_path / "no-data-folder")
    return {"PATH": os.environ["PATH"], **environ}


def run(arguments, environ):
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environ, check=False, text=True, capture_output=True
    )


def test_the_documented_environment_passes_the_deployment_check(operator):
    answer = run(CHECK, operator)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("System check identified no issues")


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        ({"COLLOQUY_SECRET_KEY_FILE": ""}, "There is no secret key: set COLLOQUY_SECRET_KEY_FILE"),
        ({"COLLOQUY_SECRET_KEY_FILE": "/no/file"}, "names /no/file: No such file or directory."),
        ({"COLLOQUY_SECRET_KEY_FILE": "", "COLLOQUY_SECRET_KEY": "short"}, "(security.W009)"),
        ({"DATABASE_URL": ""}, "(config.E001) The embedded Postgres is for one's own machine"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL can't be read"),
        ({"COLLOQUY_ALLOWED_HOSTS": ""}, "(config.E003) COLLOQUY_ALLOWED_HOSTS is empty"),
        ({"COLLOQUY_SITE_URL": ""}, "(config.E004) COLLOQUY_SITE_URL is not the site's public"),
        ({"COLLOQUY_SITE_URL": "http://example.org"}, "(config.E004)"),
        ({"COLLOQUY_SMTP_HOST": ""}, "(config.W002) COLLOQUY_SMTP_HOST is empty: mail waits"),
        ({"COLLOQUY_SMTP_TLS": "ssl"}, "COLLOQUY_SMTP_TLS is 'ssl'; use starttls or tls or none."),
        ({"COLLOQUY_TRUSTED_PROXIES": "0"}, "(config.W001) COLLOQUY_TRUSTED_PROXIES is 0"),
        ({"COLLOQUY_TRUSTED_PROXIES": "one"}, "is 'one', not a whole number."),
        ({"COLLOQUY_SSL_REDIRECT": "0"}, "(security.W008)"),
        ({"COLLOQUY_SSL_REDIRECT": "maybe"}, "COLLOQUY_SSL_REDIRECT is 'maybe'; use 1 or 0."),
        ({"COLLOQUY_HSTS_SECONDS": "0"}, "(security.W004)"),
        ({"DJANGO_SETTINGS_MODULE": "config.settings.dev"}, "(security.W012)"),
    ],
)
def test_an_operators_mistake_is_answered_by_a_sentence(operator, mistake, sentence):
    answer = run(CHECK, {**operator, **mistake})
    assert answer.returncode == 1
    assert sentence in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr


def test_the_key_of_a_data_folder_is_refused(operator, tmp_path):
    key = tmp_path / "secret_key"
    environ = {**operator, "COLLOQUY_SECRET_KEY_FILE": str(key), "COLLOQUY_DATA": str(tmp_path)}
    assert "(config.E002) The secret key is the development one" in run(CHECK, environ).stderr


READ_A_PAGE = """
import re, django
django.setup()
from django.test import Client
reader = Client(HTTP_HOST="example.org")
print(reader.get("/")["Location"])
page = reader.get("/", headers={"X-Forwarded-Proto": "https"})
print(page.status_code, page["Strict-Transport-Security"])
address = re.search(r'href="(/static/site[^"]+)"', page.content.decode())[1]
style = reader.get(address, secure=True, headers={"Accept-Encoding": "gzip"})
print(address)
print(style.status_code, style["Content-Encoding"], style["Cache-Control"])
"""


def test_a_page_and_its_collected_stylesheet_are_served(operator, tmp_path, db):
    here = connection.get_connection_params()
    place = {name: here[name] for name in ("host", "port", "user", "dbname") if here.get(name)}
    environ = {
        **operator,
        "DATABASE_URL": make_conninfo(**place, password=here.get("password") or None),
        "COLLOQUY_STATIC_ROOT": str(tmp_path / "static"),
    }
    collected = run(["manage.py", "collectstatic", "--no-input"], environ)
    assert collected.returncode == 0, collected.stderr
    answer = run(["-c", READ_A_PAGE], environ)
    assert answer.returncode == 0, answer.stderr
    redirect, page, address, style = answer.stdout.splitlines()
    assert redirect == "https://example.org/"
    assert page == "200 max-age=31536000"
    assert len(address.split(".")) == 3  # its hash is in its name
    assert style == "200 gzip max-age=315360000, public, immutable"
