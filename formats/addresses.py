"""How an operator writes where things lie: hosts and ports, databases, networks, codes of authorities."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final, NamedTuple

LAST_PORT: Final = 65535


class Address(NamedTuple):
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        """Written as a setting is: host:port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can reach it under this name."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_address(value: object) -> object:
    """Split host:port; anything else is left for the fault to be named."""
    if not isinstance(value, str):
        return value
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > LAST_PORT:
        message = "write it as host:port, for example 127.0.0.1:8020"
        raise ValueError(message)
    return Address(host.removeprefix("[").removesuffix("]"), int(port))


def known_database(url: str) -> str:
    """A file of SQLite or a PostgreSQL database; the store says which of them it can open."""
    if not re.fullmatch(r"sqlite:///.+|postgresql://.+", url):
        message = "write it as sqlite:///path or postgresql://user:password@host/name"
        raise ValueError(message)
    return url


def beside(database: str, file: Path) -> str:
    """Where something lies beside the log: in the same PostgreSQL database, or else in a file."""
    return f"sqlite:///{file}" if database.startswith("sqlite:") else database


def read_codes(value: object) -> object:
    """Split codes at their commas; one that could be no folder's or stream's name is refused."""
    if not isinstance(value, str):
        return value
    codes = tuple(dict.fromkeys(code.strip() for code in value.split(",") if code.strip()))
    if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,100}", code) for code in codes):
        message = "write the codes of authorities with commas between them"
        raise ValueError(message)
    return codes


def read_proxies(value: object) -> object:
    """Split addresses and networks at their commas; one that is neither is refused."""
    if not isinstance(value, str):
        return value
    proxies = tuple(dict.fromkeys(one.strip() for one in value.split(",") if one.strip()))
    try:
        for one in proxies:
            ip_network(one)
    except ValueError:
        message = "write addresses or networks with commas between them, for example 10.1.0.0/16"
        raise ValueError(message) from None
    return proxies


def without_password(address: str) -> str:
    """An address as it may be shown, whichever way its password is written."""
    shown = re.sub(r"(//[^/@:]*:)[^/]*@", r"\1***@", address)
    return re.sub(r"(password=)[^&]*", r"\1***", shown)
