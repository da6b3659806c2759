# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS servers that no client may trust, for tests: whatever reaches them after the handshake is kept as evidence."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
import warnings
from pathlib import Path

from .tls import Authority

KINDS = ("self_signed", "expired", "wrong_name", "old_protocol")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class BadTls:
    """One bad server. `received` holds every application byte, `handshakes` counts those that were completed.

    `ca_path` is the authority that a client is told to trust: it signed the certificates of all kinds but `self_signed`.
    """

    def __init__(self, kind: str) -> None:
        if kind not in KINDS:
            raise ValueError(f"there is no {kind}; there are {', '.join(KINDS)}")
        self.received = b""
        self.handshakes = 0
        self._folder = tempfile.TemporaryDirectory(prefix="scimops-bad-tls-")
        folder = Path(self._folder.name)
        trusted = Authority(folder)
        self.ca_path = str(trusted.ca_path)
        self._context = _context(kind, trusted, folder)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/1234567/098/scim"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> BadTls:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)
        self._folder.cleanup()

    def _accept(self) -> None:
        while True:
            try:
                plain, _peer = self._listener.accept()
            except OSError:
                return
            with plain, contextlib.suppress(OSError):
                plain.settimeout(5)
                self._listen_to(plain)

    def _listen_to(self, plain: socket.socket) -> None:
        with self._context.wrap_socket(plain, server_side=True) as sock:
            self.handshakes += 1
            data = sock.recv(65536)
            self.received += data
            if data:
                sock.sendall(ANSWER)


def old_protocol_works() -> bool:
    """Whether the local OpenSSL can still speak TLS 1.1; where not, that test has to be skipped."""
    with tempfile.TemporaryDirectory() as folder:
        server = _context("old_protocol", Authority(Path(folder)), Path(folder))
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    _make_old(client)
    return _shake_hands(client, server)


def _context(kind: str, trusted: Authority, folder: Path) -> ssl.SSLContext:
    if kind == "self_signed":
        other = folder / "other"
        other.mkdir()
        return Authority(other, "another CA").context()
    if kind == "expired":
        return trusted.context(days=-1)
    if kind == "wrong_name":
        return trusted.context(["scim.elsewhere.example"])
    context = trusted.context()
    _make_old(context)
    return context


def _make_old(context: ssl.SSLContext) -> None:
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        # They are deprecated; that is what makes this server bad.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1


def _shake_hands(client: ssl.SSLContext, server: ssl.SSLContext) -> bool:
    """Both ends in memory, no socket needed."""
    bios = [ssl.MemoryBIO() for _side in range(2)]
    ends = [client.wrap_bio(bios[0], bios[1]), server.wrap_bio(bios[1], bios[0], server_side=True)]
    done = [False, False]
    try:
        for turn in range(20):
            done[turn % 2] = _advance(ends[turn % 2])
    except ssl.SSLError:
        return False
    return all(done)


def _advance(end: ssl.SSLObject) -> bool:
    """Whether this end has finished its handshake."""
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
