"""Who sent a request, as far as we need to know: a keyed digest, never a stored address."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def client_address(request: HttpRequest) -> str:
    """The sender's address; a forwarded one only as far as TRUSTED_PROXIES vouches for it."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(hops) >= trusted and hops[-trusted]:
        return hops[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def network_digest(request: HttpRequest) -> str:
    """A keyed digest of the sender's network: the IPv4 address, or the /64 of an IPv6 one."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        bits = 32 if parsed.version == 4 else 64
        network = str(ipaddress.ip_network((parsed, bits), strict=False))
    return salted_hmac("network", network, algorithm="sha256").hexdigest()[:32]
