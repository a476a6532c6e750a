"""HTTP client that reaches public addresses only, whatever a URL or its DNS says.

Addresses of feeds are given by operators and changed by redirects, and the name
servers behind them are not ours. So a name is resolved here, each address is checked,
and the connection goes to the address that was checked, not to the name again.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

import httpx

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

_PORTS: Final = {"http": 80, "https": 443}
_MOST_TRIES: Final = 3
# Addresses that carry an IPv4 address to be reached through a translator.
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


class UnsafeAddress(httpx.TransportError):
    """The URL leads somewhere this client does not go."""


def safe_client(
    *,
    user_agent: str,
    allowed: Collection[str] = (),
    resolve: Resolve | None = None,
    timeout: float = 10.0,
) -> httpx.AsyncClient:
    """Client for outside sources; follows no redirects and keeps no connections.

    `allowed` names `host:port` pairs that are reached unchecked, such as the sandbox
    on the loopback.
    """
    transport = SafeTransport(allowed=allowed, resolve=resolve or resolve_by_system)
    return httpx.AsyncClient(
        transport=transport,
        headers={"User-Agent": user_agent},
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
    )


class SafeTransport(httpx.AsyncBaseTransport):
    """Checks where a request goes, and sends it just there."""

    def __init__(
        self,
        *,
        allowed: Collection[str],
        resolve: Resolve,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._allowed = frozenset(each.lower() for each in allowed)
        self._resolve = resolve
        # No connection is kept: one to an address is verified for one name only.
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=0)
        self._inner = inner or httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = checked_port(url)
        if f"{url.host}:{port}".lower() in self._allowed:
            return await self._inner.handle_async_request(request)
        if port != _PORTS[url.scheme]:
            raise UnsafeAddress(f"port {port} is not one of the web's")
        addresses = await self._public_addresses(url, port)
        return await self._send(request, addresses[:_MOST_TRIES])

    async def _public_addresses(self, url: httpx.URL, port: int) -> Sequence[str]:
        host = url.raw_host.decode("ascii")
        addresses = await self._resolve(host, port)
        if not addresses:
            raise httpx.ConnectError(f"{url.host} has no address")
        # One inner address among public ones is an attack, not an accident.
        if not all(map(is_public, addresses)):
            raise UnsafeAddress(f"{url.host} leads to an address that is not public")
        return addresses

    async def _send(
        self, request: httpx.Request, addresses: Sequence[str]
    ) -> httpx.Response:
        failure: httpx.TransportError | None = None
        for address in addresses:
            try:
                return await self._inner.handle_async_request(pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError("no address answered")

    async def aclose(self) -> None:
        await self._inner.aclose()


def checked_port(url: httpx.URL) -> int:
    """Port of a web address; raises `UnsafeAddress` for anything else."""
    if url.scheme not in _PORTS:
        raise UnsafeAddress(f"{url.scheme or 'no scheme'} is neither http nor https")
    if not url.host:
        raise UnsafeAddress("the address has no host")
    if url.userinfo:
        raise UnsafeAddress("the address has a name or password in it")
    return url.port or _PORTS[url.scheme]


def pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to a fixed address; Host and TLS keep the name."""
    name = request.url.raw_host.decode("ascii")
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,  # has the Host of the name
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": name},
    )


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Addresses of a name; numbers in any spelling come back as plain ones."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} can not be resolved: {error}") from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Say whether the address is on the public internet, and all it carries is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(map(_is_global, _carried(parsed)))


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
        and not (isinstance(address, IPv6Address) and address.is_site_local)
    )


def _carried(
    address: IPv4Address | IPv6Address,
) -> Iterator[IPv4Address | IPv6Address]:
    """The address and the IPv4 addresses inside it."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif any(address in network for network in _TRANSLATED):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo
