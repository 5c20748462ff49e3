"""From which network address a request comes, also where proxies stand between.

``X-Forwarded-For`` is written by everybody on the way, the sender first: it says whatever they like. Only what proxies
of our own have appended, at its end, is believed, and only as far back as the first that is not one of ours.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxies:
    """Our own proxies: so many in a row, or those of these networks. By default none."""

    hops: int = 0
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, words: str) -> Proxies:
        """From the setting: ``2``, or ``10.0.0.5, 192.168.8.0/24``. Raises ``ValueError`` for anything else."""
        words = words.strip()
        if not words or words.isdecimal():
            return cls(hops=int(words or 0))
        return cls(networks=tuple(ipaddress.ip_network(part.strip()) for part in words.split(",")))

    def client(self, remote: str, forwarded: str) -> str:
        """The address of whoever spoke to the outermost of our proxies.

        ``remote`` is who spoke to this server, ``forwarded`` the header. What is no address ends the walk: the last
        one that is stands.
        """
        here, left = remote, self.hops
        for entry in reversed(forwarded.split(",") if forwarded else ()):
            if left <= 0 and not self._ours(here):
                break
            before = _plain(entry)
            if before is None:
                break
            here, left = before, left - 1
        return here

    def _ours(self, address: str) -> bool:
        found = _plain(address)
        return found is not None and any(ipaddress.ip_address(found) in network for network in self.networks)


def address_of(request: HttpRequest) -> str:
    """The address that the ledger keeps."""
    proxies: Proxies = settings.PROXIES
    return proxies.client(str(request.META.get("REMOTE_ADDR", "")), str(request.META.get("HTTP_X_FORWARDED_FOR", "")))


def _plain(entry: str) -> str | None:
    """An address as the ledger writes it, without a port; ``None`` for what is none."""
    word = entry.strip().strip('"')
    for candidate in _without_port(word):
        try:
            found = ipaddress.ip_address(candidate)
        except ValueError:
            continue
        mapped = getattr(found, "ipv4_mapped", None)
        return str(mapped or found).partition("%")[0]
    return None


def _without_port(word: str) -> Sequence[str]:
    if word.startswith("["):
        return (word[1:].partition("]")[0],)
    return (word, word.partition(":")[0]) if word.count(":") == 1 else (word,)
