"""A client with keep-alive connections in one loop, which takes little of the machine."""

import selectors
import socket
import statistics
import time
from dataclasses import dataclass, field


@dataclass
class Measured:
    """Answers within some seconds: how many, which, and how long each took."""

    seconds: float = 0.0
    times: list = field(default_factory=list)
    statuses: dict = field(default_factory=dict)

    @property
    def per_second(self):
        return len(self.times) / self.seconds

    def percentile(self, share):
        times = sorted(self.times)
        return 1000 * times[min(int(len(times) * share), len(times) - 1)]

    @property
    def median_ms(self):
        return 1000 * statistics.median(self.times)


class _Connection:
    """One request on its way at a time."""

    def __init__(self, place):
        self.place = place
        self.buffer = bytearray(1 << 18)
        self.open()

    def open(self):
        self.socket = socket.create_connection(self.place, timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request):
        self.head, self.missing, self.status = b"", None, 0
        self.has_body = not request.startswith(b"HEAD")
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self):
        """Take what has come; True once the answer is whole."""
        size = self.socket.recv_into(self.buffer)
        if not size:
            raise ConnectionError
        if self.missing is not None:
            self.missing -= size
            return self.missing <= 0
        self.head += self.buffer[:size]
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        lines = bytes(self.head[:end]).lower().split(b"\r\n")
        self.status = int(lines[0].split()[1])
        headers = dict(line.split(b": ", 1) for line in lines[1:])
        length = int(headers.get(b"content-length", 0))
        length = length if self.has_body and self.status != 304 else 0
        self.closes = headers.get(b"connection") == b"close"
        self.missing = length - (len(self.head) - end - 4)
        return self.missing <= 0


def load(port, requests, *, seconds, connections):
    """Send what `requests` gives (bytes, one after another) for some seconds on each connection."""
    selector, measured = selectors.DefaultSelector(), Measured()
    began = time.perf_counter()
    for _ in range(connections):
        one = _Connection(("127.0.0.1", port))
        selector.register(one.socket, selectors.EVENT_READ, one)
        one.send(next(requests))
    until, open_ones = began + seconds, connections
    while open_ones:
        for key, _ in selector.select(60):
            one = key.data
            if not one.receive():
                continue
            now = time.perf_counter()
            measured.times.append(now - one.began)
            measured.statuses[one.status] = measured.statuses.get(one.status, 0) + 1
            if now >= until:
                selector.unregister(one.socket)
                one.socket.close()
                open_ones -= 1
                continue
            if one.closes:
                selector.unregister(one.socket)
                one.socket.close()
                one.open()
                selector.register(one.socket, selectors.EVENT_READ, one)
            one.send(next(requests))
    measured.seconds = time.perf_counter() - began
    return measured


def get(path, **headers):
    """The bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path, body, **headers):
    """The bytes of a form that is sent."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/x-www-form-urlencoded"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
