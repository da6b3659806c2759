# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The socket of a connection: name look-up, TCP, a proxy's tunnel and TLS, all within the time limit of one exchange (F10, F11)."""

from __future__ import annotations

import functools
import ipaddress
import re
import socket
import ssl
import stat
import sys
import threading
import typing as t
from pathlib import Path

from .._errors import InputError, NotSent, Problem
from .exchange import Exchange, brief


class Unreachable(NotSent):
    """Trying again at once will not help: the name is not known, or the certificate is not trusted."""


def tls_context(ca_path: str | None, validate_certs: bool) -> ssl.SSLContext:
    """Trust in the authorities of the system, or in those of `ca_path` alone; TLS 1.2 or newer. Raises InputError.

    For OpenSSL, and so for us, the environment's SSL_CERT_FILE and SSL_CERT_DIR say where the system's authorities are; with `ca_path`
    they have no say. SSLKEYLOGFILE never has: with what Python's default context writes there, anybody could read the token.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.version_info >= (3, 13):
        # What the default context of these versions has.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    if ca_path:
        _trust(context, ca_path)
    else:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _trust(context: ssl.SSLContext, ca_path: str) -> None:
    """Trust in the authorities of a file. Raises InputError; a pipe or a device is not opened, since that could take for ever."""
    try:
        regular = stat.S_ISREG(Path(ca_path).stat().st_mode)
        if regular:
            context.load_verify_locations(cafile=ca_path)
    except (OSError, ValueError) as error:
        reason = f"cannot be used as a file of PEM certificates ({brief(error)})"
        raise InputError([Problem("option ca_path", "", reason)]) from None
    if not regular:
        raise InputError([Problem("option ca_path", "", "is not a regular file; name one file of PEM certificates")])


def connect(line: t.Any, tls: ssl.SSLContext | None, exchange: Exchange) -> None:
    """Gives `line`, a connection of urllib3, its socket: name, TCP, the proxy's tunnel, TLS. Raises NotSent with a reason."""
    target = line._tunnel_host or line.host
    line.sock = _dial(line.host, line.port, exchange)
    exchange.hold(line.sock, sending=False)
    try:
        if line._tunnel_host:
            line._tunnel()
        if tls is not None:
            line.sock.settimeout(exchange.remaining())
            line.sock = tls.wrap_socket(line.sock, server_hostname=target.strip("[]").rstrip("."))
        line.is_verified = True
    except ssl.SSLError as error:
        raise Unreachable(_distrust(error, target), exchange.request) from None
    except OSError as error:
        refusal = re.search(r"Tunnel connection failed: ([0-9]{3})", str(error))
        if refusal:
            raise NotSent(f"the proxy answered {refusal.group(1)} to CONNECT {target}; see the option proxy", exchange.request) from None
        raise


def _dial(host: str, port: int, exchange: Exchange) -> socket.socket:
    """A connected socket to the first address of `host` that answers."""
    refusal = "it has no address"
    for family, style, protocol, _name, address in _addresses(host.strip("[]"), port, exchange):
        sock = None
        try:
            sock = socket.socket(family, style, protocol)
            sock.settimeout(exchange.remaining())
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
            return sock
        except OSError as error:
            refusal = brief(error)
            if sock is not None:
                sock.close()
    raise NotSent(f"cannot connect to {host} port {port} ({refusal}); nothing was sent", exchange.request)


def _addresses(host: str, port: int, exchange: Exchange) -> list[t.Any]:
    """What the name stands for. The look-up cannot be interrupted, so another thread does it, and may be left behind."""
    lookup = functools.partial(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    found: list[t.Any] = []
    problems: list[str] = []

    def look_up() -> None:
        try:
            found.extend(lookup())
        except (OSError, UnicodeError) as error:
            problems.append(brief(error))

    if _is_address(host):
        look_up()
    else:
        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(exchange.remaining())
        if thread.is_alive():
            raise NotSent(f"no answer to the look-up of the name {host}; nothing was sent", exchange.request)
    if problems:
        raise Unreachable(f"the name {host} cannot be resolved ({problems[0]}); check the address and the name service", exchange.request)
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _distrust(error: ssl.SSLError, host: str) -> str:
    """Why TLS failed, and what to do about it."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return f"no TLS connection of version 1.2 or newer with {host} ({error.reason or brief(error)}); nothing was sent"
    return (
        f"the certificate of {host} is not trusted ({error.verify_message}); the credentials were not sent. "
        "If the service or a proxy uses an authority of your own, name its PEM file in ca_path; if the name or the date is wrong, the "
        "service must mend it. validate_certs: false is not the answer: it would give the credentials to anybody in between"
    )
