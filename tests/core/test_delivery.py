"""Mails by a real worker to a real mail server, which misbehaves."""

import os
import signal
import socket
import struct
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from core.mail import NOTHING_TO_TELL, enqueue_made_mail, enqueue_mail, maker, send
from core.message import Letter
from core.models import Mail


def write(number=1, **changes):
    content = {
        "to": "reader@example.org",
        "subject": "Hello",
        "text": "A text.",
        "key": str(number),
    }
    return enqueue_mail(**{**content, **changes})


def test_a_mail_is_delivered_once_and_its_text_forgotten(worker, mail_server):
    call_command("send_test_mail", "reader@example.org")
    with mail_server.up():
        worker.run()
        worker.run_later()
    [mail] = mail_server.mails
    assert mail_server.recipients == [["reader@example.org"]]
    assert mail["To"] == "reader@example.org"
    assert "can send mail" in mail.get_content()
    one = Mail.objects.get()
    assert one.sent_at
    assert one.text == ""
    assert worker.statuses() == [("succeeded", 1)]


def test_what_is_rolled_back_sends_nothing(worker, mail_server):
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    with mail_server.up():
        worker.run()
    assert mail_server.mails == []
    assert worker.statuses() == []


def test_a_job_that_runs_twice_sends_once(worker, mail_server):
    write()
    one = Mail.objects.get()
    with mail_server.up():
        worker.run()
        send(mail_id=one.pk)
    assert len(mail_server.mails) == 1


def test_a_run_beside_another_gives_way(worker, mail_server):
    write()
    one = Mail.objects.get()

    def second():
        try:
            send(mail_id=one.pk)
        finally:
            connection.close()

    with mail_server.up(), transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Mail.objects.select_for_update().get()
        with pytest.raises(OperationalError):
            pool.submit(second).result(10)
    assert mail_server.mails == []


def test_a_server_that_is_away_gets_the_mail_once_when_it_is_back(worker, mail_server):
    write()
    worker.run()
    worker.run_later()
    assert worker.statuses() == [("todo", 1)]
    assert "refused" in Mail.objects.get().trouble
    with mail_server.up():
        worker.run()
        assert mail_server.mails == []  # it is not time yet
        worker.run_later()
        worker.run_later()
    assert len(mail_server.mails) == 1
    assert Mail.objects.get().trouble == ""


@pytest.mark.parametrize(
    "answer", ["drop", "421 closing", "451 greylisted, try again", "452 too many recipients"]
)
def test_a_mail_not_taken_for_now_arrives_once_later(worker, mail_server, answer, caplog):
    write()
    mail_server.answers = [answer]
    with mail_server.up():
        worker.run()
        assert mail_server.mails == []
        assert worker.statuses() == [("todo", 1)]
        worker.run_later()
    assert len(mail_server.mails) == 1
    [line] = caplog.messages
    assert "reader@example.org" not in line


@pytest.mark.parametrize("answer", ["550 no such person", "554 we take no such mail"])
def test_a_mail_refused_for_good_is_not_tried_again(worker, mail_server, answer):
    write()
    mail_server.answers = [answer]
    with mail_server.up():
        worker.run()
        worker.run_later()
    one = Mail.objects.get()
    assert (mail_server.mails, one.sent_at, one.trouble) == ([], None, answer)
    assert one.refused_at
    assert worker.statuses() == [("succeeded", 1)]


def test_a_server_silent_after_the_mail_does_not_get_it_twice(worker, mail_server):
    write()
    mail_server.silent_on_quit = True
    with mail_server.up():
        worker.run()
        worker.run_later()
    assert len(mail_server.mails) == 1


def test_one_bad_address_holds_up_no_other_mail(worker, mail_server):
    for number in range(3):
        write(number)
    mail_server.answers = ["550 no such person"]
    with mail_server.up():
        worker.run()
    assert len(mail_server.mails) == 2


def test_a_silent_server_slows_nothing_but_the_worker(worker, mail_server):
    with socket.create_server(("127.0.0.1", mail_server.port)):
        began = time.monotonic()
        write()
        assert time.monotonic() - began < 0.5
        worker.run()
    assert "timed out" in Mail.objects.get().trouble
    with mail_server.up():
        worker.run_later()
    assert len(mail_server.mails) == 1


def test_a_server_down_for_an_hour_gets_every_mail_once_when_it_is_back(worker, mail_server):
    """By a clock that is moved on half a minute at a time."""
    for number in range(10):
        write(number)
    worker.run()
    for _ in range(120):
        worker.run_at(30)
    tried = ProcrastinateJob.objects.filter(queue_name="default").values_list("attempts", flat=True)
    assert set(tried) == {7}  # after 10 and 60 seconds, 5 minutes, then every quarter of an hour
    with mail_server.up():
        for _ in range(30):
            worker.run_at(30)
    assert len(mail_server.mails) == len(set(mail_server.ids())) == 10
    assert worker.statuses() == [("succeeded", 10)]


def test_a_slow_server_gets_every_mail_once(worker, mail_server):
    for number in range(3):
        write(number)
    mail_server.slow = 0.6
    with mail_server.up():
        worker.run()
        worker.run_later()
    assert len(mail_server.mails) == len(set(mail_server.ids())) == 3


def test_a_mail_cut_off_in_the_middle_arrives_once_later(worker, mail_server, settings):
    # The server here takes a busy machine's time to read it; given up on, it would be sent again.
    settings.MAILERS["default"]["OPTIONS"]["timeout"] = 30
    write(text="A long text.\n" * 200_000)
    heard = []

    def cut():
        with socket.create_server(("127.0.0.1", mail_server.port)) as server:
            there, _ = server.accept()
            with there, there.makefile("rb") as lines:
                there.sendall(b"220 here\r\n")
                for answer in (b"250 here\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
                    heard.append(lines.readline())
                    there.sendall(answer)
                heard.append(lines.read(10_000))
                linger = struct.pack("ii", 1, 0)
                there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    with ThreadPoolExecutor(1) as pool:
        cutting = pool.submit(cut)
        worker.run()
        cutting.result(10)
    assert heard[3] == b"data\r\n"
    assert worker.statuses() == [("todo", 1)]
    with mail_server.up():
        worker.run_later()
        worker.run_later()
    assert len(mail_server.mails) == 1


def test_a_made_mail_says_what_is_so_when_it_goes(worker, mail_server):
    state = {"words": "Early.", "made": 0}

    @maker("tests.made")
    def make(*, mail, number):
        state["made"] += 1
        if not state["words"]:
            return None
        return Letter(subject=f"No. {number}", text=state["words"], headers={"X-One": "a\nb"})

    for number in (1, 2):
        made = {"maker": "tests.made", "to": "reader@example.org", "key": f"made:{number}"}
        assert enqueue_made_mail(**made, number=number)
        assert enqueue_made_mail(**made, number=number) is None
    mail_server.answers = ["451 later", "451 later"]
    with mail_server.up():
        worker.run()
        state["words"] = "Late."
        worker.run_later()
        worker.run_later()
    assert [(one["Subject"], one["X-One"]) for one in mail_server.mails] == [
        ("No. 1", "a b"),
        ("No. 2", "a b"),
    ]
    assert all("Late." in one.get_content() for one in mail_server.mails)
    assert state["made"] == 4
    assert enqueue_made_mail(maker="tests.made", to="reader@example.org", key="3", number=3)
    state["words"] = ""
    worker.run()
    assert len(mail_server.mails) == 2
    assert Mail.objects.get(key="3").trouble == NOTHING_TO_TELL


@pytest.mark.server
def test_of_a_killed_workers_mails_none_is_lost_and_only_the_one_at_hand_doubled(
    worker, mail_server
):
    for number in range(1000):
        write(number)
    with mail_server.up(), worker.process(mail_server.port) as process:

        def kill_in_the_middle():
            # The server has this mail; the worker never hears of it.
            if len(mail_server.mails) == 500:
                os.kill(process.pid, signal.SIGKILL)

        mail_server.on_mail = kill_in_the_middle
        assert process.wait(240) == -signal.SIGKILL
        assert ("doing", 1) in worker.statuses()
        worker.run_after_a_death()
    assert worker.statuses() == [("succeeded", 1000)]
    times = Counter(mail_server.ids())
    assert len(times) == 1000
    doubled = {one: count for one, count in times.items() if count > 1}
    assert doubled == {mail_server.ids()[499]: 2}


@pytest.mark.server
def test_a_worker_told_to_end_ends_the_mail_at_hand_first(worker, mail_server):
    for number in range(5):
        write(number)
    with mail_server.up(), worker.process(mail_server.port) as process:
        mail_server.on_mail = process.terminate
        assert process.wait(60) == 0
    assert worker.statuses() == [("succeeded", 1), ("todo", 4)]
    assert len(mail_server.mails) == Mail.objects.exclude(sent_at=None).count() == 1


@pytest.mark.server
def test_a_waiting_worker_hears_of_a_mail_at_once(worker, mail_server):
    with mail_server.up(), worker.process(mail_server.port) as process:
        write(1)
        mail_server.wait_for(1)
        began = time.monotonic()
        write(2)
        mail_server.wait_for(2)
        assert time.monotonic() - began < 3  # it would look by itself every 5 seconds
        process.terminate()
        assert process.wait(30) == 0
