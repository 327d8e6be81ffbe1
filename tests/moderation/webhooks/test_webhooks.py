"""Programs elsewhere are told of acts: signed, with nothing private, again until they hear."""

import json
import time

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from blog.models import Post
from core.signatures import is_signed
from moderation import services
from moderation.models import Delivery, LogEntry, Webhook
from moderation.reports import report_comment
from moderation.webhooks.delivering import RETRY, DeliveryWaits, deliver, forget_deliveries
from tests.comments.mailing import act
from tests.core.conftest import worker
from tests.core.test_outbound import answering, receiving
from tests.factories import make_post, make_published, make_user, publish, send

__all__ = ["worker"]
pytestmark = pytest.mark.django_db
SECRET = "a secret of forty letters, more or less."


@pytest.fixture
def server(settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving(answering(200, b"thanks")) as server:
        yield server


@pytest.fixture
def hook(server):
    return make_hook(server)


def make_hook(server, **fields):
    url = f"http://127.0.0.1:{server.port}/hook"
    return Webhook.objects.create(**{"name": "chat", "url": url, "secret": SECRET, **fields})


def told(server):
    return [json.loads(body) for _, _, body in server.requests]


def events(server):
    return [one["event"] for one in told(server)]


def report(comment):
    report_comment(comment_id=comment.pk, reason="spam", text="Private words.", reporter="r")


def test_held_published_and_reported_are_told(hook, server, run_jobs):
    comment = publish(send(make_post(), "Words.", name="Hanna"))
    report(comment)
    run_jobs()
    assert events(server) == ["held", "published", "reported"]
    held, published, reported = told(server)
    assert held["comment"]["address"] is None
    assert published["comment"]["address"].endswith(comment.get_absolute_url())
    assert reported["comment"]["id"] == comment.pk
    assert all(one.delivered_at and one.answer == "thanks" for one in Delivery.objects.all())


def test_nothing_private_is_told(hook, server, run_jobs):
    post = make_post(author=make_user("author", email="a@staff.example"))
    comment = publish(send(post, "Words of mine.", name="Hanna"))
    report(comment)
    run_jobs()
    for _, headers, body in server.requests:
        for private in (b"Hanna", b"Words of mine", b"Private words", b"staff.example"):
            assert private not in body
        assert "Hanna" not in str(headers)


def test_a_post_that_is_not_public_is_not_named(hook, server, run_jobs):
    post = make_post(slug="secret-title")
    comment = make_published(post)
    act(services.hold_comment, comment)
    Post.objects.filter(pk=post.pk).update(status=Post.Status.DRAFT)
    Delivery.objects.all().delete()
    act(services.publish_comment, comment)
    run_jobs()
    [one] = told(server)
    assert one["post"] == {"id": post.pk, "address": None}
    assert one["comment"]["address"] is None
    assert "secret-title" not in str(one)


def test_other_acts_are_not_told(hook, server, run_jobs):
    comment = make_published(make_post())
    run_jobs()
    server.requests.clear()
    act(services.remove_comment, comment)
    act(services.restore_comment, comment)
    run_jobs()
    assert events(server) == ["published"]


def test_each_gets_what_it_is_switched_on_for(server, run_jobs):
    make_hook(server, held=False, reported=False)
    make_hook(server, is_on=False)
    report(make_published(make_post()))
    run_jobs()
    assert events(server) == ["published"]


def test_the_signature_is_over_the_time_and_the_very_bytes(hook, server, run_jobs):
    send(make_post())
    run_jobs()
    [(_, headers, body)] = server.requests
    signed = headers["Colloquy-Timestamp"], headers["Colloquy-Signature"]
    assert is_signed(SECRET, *signed, body, now=time.time())
    assert not is_signed("another secret", *signed, body, now=time.time())
    assert headers["Colloquy-Event"] == "held"
    assert headers["Colloquy-Delivery"] == json.loads(body)["id"]


def test_what_is_rolled_back_is_not_told(hook, server, run_jobs, monkeypatch):
    comment = send(make_post())
    Delivery.objects.all().delete()

    def fail(*args):
        assert Delivery.objects.count() == 1  # it is written by now
        raise RuntimeError("too late")

    monkeypatch.setattr(services, "enqueue_learning", fail)
    with pytest.raises(RuntimeError, match="too late"):
        services.publish_comment(comment_id=comment.pk, version=comment.version, by=make_user())
    run_jobs()
    assert not Delivery.objects.exists()
    assert server.requests == []


def test_run_twice_it_goes_once(hook, server, run_jobs):
    send(make_post())
    run_jobs()
    deliver(delivery_id=Delivery.objects.get().pk)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "said"), [(500, "oh"), (404, "oh"), (302, "redirects")])
def test_what_failed_goes_again_and_the_log_says_why(hook, server, run_jobs, status, said):
    server.answer = answering(status, b"oh")
    send(make_post())
    with pytest.raises(DeliveryWaits):
        run_jobs()
    one = Delivery.objects.get()
    assert (one.status, one.attempts, one.delivered_at) == (status, 1, None)
    assert said in one.answer
    server.answer = answering(204, b"")
    deliver(delivery_id=one.pk)
    one.refresh_from_db()
    assert (one.status, one.attempts) == (204, 2)
    assert one.delivered_at
    assert server.requests[0][2] == server.requests[1][2]


def test_after_the_last_try_it_is_given_up_and_can_be_sent_again(hook, server, admin_client):
    server.answer = answering(500)
    send(make_post())
    one = Delivery.objects.get()
    for _ in range(RETRY.most - 1):
        with pytest.raises(DeliveryWaits):
            deliver(delivery_id=one.pk)
    deliver(delivery_id=one.pk)
    one.refresh_from_db()
    assert one.given_up_at
    deliver(delivery_id=one.pk)
    assert len(server.requests) == RETRY.most
    server.answer = answering(200)
    log = reverse("admin:moderation_delivery_changelist")
    admin_client.post(log, {"action": "send_again", "_selected_action": [one.pk]})
    deliver(delivery_id=one.pk)
    one.refresh_from_db()
    assert one.delivered_at


def test_who_says_gone_is_not_asked_again(hook, server, run_jobs):
    server.answer = answering(410)
    send(make_post())
    run_jobs()
    assert Delivery.objects.get().given_up_at


def test_an_address_in_a_private_network_is_refused_for_good(hook, server, run_jobs, settings):
    settings.WEBHOOK_PRIVATE_HOSTS = []
    send(make_post())
    run_jobs()
    one = Delivery.objects.get()
    assert one.given_up_at
    assert "private network" in one.answer
    assert server.requests == []


def test_switched_off_in_between_nothing_goes(hook, server, run_jobs):
    send(make_post())
    Webhook.objects.update(is_on=False)
    run_jobs()
    assert server.requests == []
    assert Delivery.objects.get().given_up_at


def test_a_hook_that_is_away_holds_up_no_act(hook, server, settings):
    Webhook.objects.update(url="http://127.0.0.1:9/")
    comment = publish(send(make_post()))
    assert comment.is_published
    assert Delivery.objects.count() == 2


def test_no_hook_costs_one_query_and_no_row(django_assert_num_queries):
    from moderation.webhooks.announcing import announce

    comment = publish(send(make_post()))
    entry = LogEntry.objects.latest("pk")
    with django_assert_num_queries(1):
        announce(entry, comment)
    assert not Delivery.objects.exists()


def test_what_was_sent_is_forgotten_after_thirty_days(hook, time_machine):
    send(make_post())
    time_machine.move_to(timezone.now() + timezone.timedelta(days=29))
    forget_deliveries(0)
    assert Delivery.objects.exists()
    time_machine.move_to(timezone.now() + timezone.timedelta(days=2))
    forget_deliveries(0)
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_delivers_and_tries_again_later(worker, hook, server):
    server.answer = answering(503)
    send(make_post())
    worker.run()
    assert len(server.requests) == 1
    job = ProcrastinateJob.objects.get(task_name="moderation.deliver_webhook")
    assert (job.status, job.attempts) == ("todo", 1)
    server.answer = answering(200)
    worker.run()
    assert len(server.requests) == 1
    worker.run_later()
    assert Delivery.objects.get().delivered_at


def test_a_test_message_by_the_admin(hook, server, admin_client, run_jobs):
    hooks = reverse("admin:moderation_webhook_changelist")
    admin_client.post(hooks, {"action": "send_test", "_selected_action": [hook.pk]})
    run_jobs()
    assert events(server) == ["test"]
    assert "delivered (200)" in admin_client.get(hooks).content.decode()
    log = admin_client.get(reverse("admin:moderation_delivery_changelist")).content.decode()
    assert "thanks" in log


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("url", "ftp://example.org/", "https://"),
        ("url", "https://me:word@example.org/", "name or password"),
        ("secret", "short", "20 characters"),
    ],
)
def test_the_admin_says_what_can_not_be(admin_client, field, value, sentence):
    given = {"name": "x", "url": "https://example.org/", "secret": SECRET, field: value}
    answer = admin_client.post(reverse("admin:moderation_webhook_add"), given)
    assert sentence in answer.content.decode()
    assert not Webhook.objects.exists()


def test_what_the_other_side_says_is_shown_as_text(hook, server, admin_client, run_jobs):
    server.answer = answering(200, b"<script>alert(1)</script>\x00")
    send(make_post())
    run_jobs()
    log = admin_client.get(reverse("admin:moderation_delivery_changelist")).content.decode()
    assert "<script>alert(1)" not in log
    assert "&lt;script&gt;alert(1)" in log


@pytest.mark.parametrize("role", ["moderator", "author"])
def test_other_staff_find_no_webhooks(client, hook, role):
    client.force_login(make_user(role))
    for name in ("webhook", "delivery"):
        page = client.get(reverse(f"admin:moderation_{name}_changelist"))
        assert page.status_code == 403


def test_a_webhook_can_be_deleted_with_its_log(hook, server, admin_client, run_jobs):
    send(make_post())
    run_jobs()
    admin_client.post(reverse("admin:moderation_webhook_delete", args=[hook.pk]), {"post": "yes"})
    assert not Webhook.objects.exists()
