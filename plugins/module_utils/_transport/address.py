# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses: what a base URL may look like (B50), and how paths and filters are joined to it, encoded once (B16, B17). Pure."""

from __future__ import annotations

import ipaddress
import typing as t
from urllib.parse import quote, unquote, urljoin, urlsplit

from .._errors import InputError, Problem, UntrustedAnswer

if t.TYPE_CHECKING:
    from collections.abc import Mapping

UNRESOLVED = ("{{", "{%", "$ANSIBLE_VAULT", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "********")
"""What text looks like that Ansible should have replaced, or has masked (B37)."""

GIVEN = "the id that the service gave"
"""Stands in errors where there is no request, since none can be made of it."""


def check_base_url(text: str, option: str = "base_url") -> str:
    """The URL without a trailing slash, its host in lower case. Raises InputError, which never repeats the URL (B50)."""
    url = check_url(text, option).rstrip("/")
    last = url.rpartition("/")[2]
    if last.lower() in ("users", "groups"):
        raise InputError([Problem(f"option {option}", "", f"ends in /{last}; leave that off, as the portal shows it")])
    return url


def check_url(text: str, option: str, *, query: bool = False) -> str:
    """The URL of a service that gets a secret: https, or plain http to this machine. Raises InputError without repeating it."""
    reason = _unfit(text.strip(), query)
    if reason:
        raise InputError([Problem(f"option {option}", "", reason)])
    parts = urlsplit(text.strip())
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()


def check_proxy(text: str) -> str:
    """The URL of a proxy, C(http://[user:password@]host:port). Raises InputError without repeating it."""
    problem = "must be http://host:port, at most with a user and a password before the host; the tunnel itself is encrypted"
    try:
        parts = urlsplit(text.strip())
        fit = parts.scheme.lower() == "http" and parts.hostname and parts.port is not None and parts.path in ("", "/")
    except ValueError:
        fit = False
    if not fit or parts.query or parts.fragment or not text.strip().isascii() or any(mark in text for mark in UNRESOLVED):
        raise InputError([Problem("option proxy", "", problem)])
    return text.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its spelling: localhost, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bypasses_proxy(url: str, no_proxy: str) -> bool:
    """Whether the list C(NO_PROXY) names the host of `url`: C(*), a name and all below it, an address or a network."""
    host = urlsplit(url).hostname or ""
    return any(_names(entry.strip().lower(), host) for entry in no_proxy.split(",") if entry.strip())


def _names(entry: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        name = entry.split(":")[0].lstrip(".")
        return entry == "*" or host == name or host.endswith(f".{name}")


def origin(url: str) -> str:
    """Scheme, host and port, for messages: no user, no path, no query; empty where there is no host."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}:{port}" if port else f"{parts.scheme}://{name}"


def redirect_origin(url: str, location: str) -> str:
    """Where a redirect from `url` leads; empty where that cannot be read."""
    try:
        return origin(urljoin(url, location)) if location else ""
    except ValueError:
        return ""


def quote_segment(text: str) -> str:
    """`text` as one segment of a path. Raises UntrustedAnswer for one that would climb out of its place (B17), or cannot be sent."""
    if text in ("", ".", ".."):
        raise UntrustedAnswer(f"{text!r} cannot be an id; nothing was sent for it", GIVEN)
    return _encode(text)


def join_url(base_url: str, path: str, params: Mapping[str, str | int] | None = None) -> str:
    """`path` below `base_url`; values of `params` percent-encoded, a blank as %20 (RFC 3986, not the form encoding)."""
    url = f"{base_url}/{path.lstrip('/')}" if path else base_url
    query = "&".join(f"{_encode(str(name))}={_encode(str(value))}" for name, value in (params or {}).items())
    return f"{url}?{query}" if query else url


def _encode(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        # JSON can write half of a surrogate pair, UTF-8 cannot; all that we send of our own was checked.
        raise UntrustedAnswer("it holds half of a surrogate pair, which is no character; nothing was sent for it", GIVEN) from None


def _unfit(text: str, query: bool) -> str:
    """Why `text` is no address for a secret; empty if it is one."""
    if not text:
        return "is empty"
    if any(mark in text for mark in UNRESOLVED):
        return "looks like a template or a masked value that was never resolved"
    if "<" in text and ">" in text:
        return "still has a placeholder in angle brackets; fill in what the portal shows there"
    if not text.isascii() or not text.isprintable() or any(mark in text for mark in ' \\<>"^`|'):
        return "contains a blank, a control character, or a character that does not belong into a URL; write international names as xn--"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "is not a URL: its host or port cannot be read"
    return _unfit_authority(parts.scheme.lower(), parts.netloc, host, port) or _unfit_path(text, parts.path, query)


def _unfit_authority(scheme: str, authority: str, host: str, port: int | None) -> str:
    if "@" in authority:
        return "must not contain a user or a password; the credentials have options of their own"
    if scheme not in ("http", "https"):
        return "must begin with https://"
    if not host or port == 0 or authority.endswith(":"):
        return "has no host, or no usable port"
    if scheme == "http" and not is_loopback(host):
        return "must begin with https://; plain http would show the credentials, and is allowed only to this machine (localhost)"
    return ""


def _unfit_path(text: str, path: str, query: bool) -> str:
    if "#" in text or ("?" in text and not query):
        return "must not contain a query (?) or a fragment (#)"
    if any(unquote(segment) in (".", "..") or "/" in unquote(segment) for segment in path.split("/")):
        return "must not contain . or .. as a part of its path"
    if "//" in path.rstrip("/"):
        return "has an empty part in its path (//)"
    return ""
