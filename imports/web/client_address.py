"""Which address a request comes from. Pure: the middleware hands in what it was told."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

IPV6_OF_ONE_PERSON = 64  # bits of an address that a household is given; the rest they choose themselves


def behind_proxies(peer: str, forwarded: str, proxies: int) -> str:
    """The client's own address, where that many trusted proxies in front each add to X-Forwarded-For whom they talk
    to. What stands further left was sent by the client and proves nothing. A header that can't be read, or is too
    short to have come through all proxies: the peer's address."""
    entries = forwarded.split(",")
    if proxies and len(entries) >= proxies and (client := _read(entries[-proxies])):
        return str(client)
    return str(_read(peer) or peer)


def network(address: str) -> str:
    """What counts as one address: of IPv6, the network."""
    ip = _read(address)
    if isinstance(ip, IPv6Address):
        return str(IPv6Network((ip, IPV6_OF_ONE_PERSON), strict=False).network_address)
    return address


def _read(entry: str) -> IPv4Address | IPv6Address | None:
    """Read what proxies write: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1]:443, ::ffff:192.0.2.1."""
    text = entry.strip().strip('"')
    if text.startswith("["):
        text = text[1:].split("]")[0]
    elif text.count(":") == 1:
        text = text.split(":")[0]
    try:
        ip = ip_address(text.split("%")[0])  # without the zone of a link-local address
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip
