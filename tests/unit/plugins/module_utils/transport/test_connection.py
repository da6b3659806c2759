# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One exchange: its limits of time and size, and whom it trusts (F1, F9-F11, F16)."""

from __future__ import annotations

import gzip
import os
import resource
import socket
import ssl
import threading
import time
import tracemalloc
import typing as t
import zlib

import pytest
import urllib3
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import (
    Ambiguous,
    CollectionError,
    InputError,
    NotSent,
    UntrustedAnswer,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import connection as connection_file
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import dial
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.connection import Connection, Unreachable
from ansible_collections.scimops.zscaler_one.tests.sandbox.tls import Authority

from .loopback import Service, cut, drip, hang, reply, reset, token

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def serve() -> Iterator[Callable[..., Service]]:
    services: list[Service] = []

    def start(answer: t.Any, **options: t.Any) -> Service:
        services.append(Service(answer if callable(answer) and options.pop("each", True) else lambda _seen: answer, **options))
        return services[-1]

    yield start
    for service in services:
        service.close()


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = Connection()
    yield made
    made.close()


def ask(connection: Connection, url: str, method: str = "GET", limit: float = 20, **headers: str) -> connection_file.Reply:
    return connection.exchange(f"{method} Users", method, url, headers=headers, data=b"{}" if method == "POST" else None, limit=limit)


def test_a_connection_is_kept(serve: t.Any, connection: Connection) -> None:
    service = serve(reply(200, {"a": 1}))
    for _unused in range(3):
        assert ask(connection, service.base_url).data == b'{"a": 1}'
    assert service.connections == 1


def test_each_thread_has_a_connection_of_its_own(serve: t.Any, connection: Connection) -> None:
    service = serve(reply(200, {}))
    for _unused in range(3):
        thread = threading.Thread(target=ask, args=(connection, service.base_url))
        thread.start()
        thread.join()
    assert service.connections == 3


def test_a_connection_that_the_service_closed_while_idle_is_not_used_again(serve: t.Any, connection: Connection) -> None:
    service = serve(reply(200, {}))
    assert ask(connection, service.base_url).status == 200
    for sock in service._open:
        sock.shutdown(socket.SHUT_RDWR)
    time.sleep(0.05)
    assert ask(connection, service.base_url, "POST").status == 200
    assert service.methods() == ["GET", "POST"]


def test_chunked_and_unbounded_answers_are_read(serve: t.Any, connection: Connection) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert ask(connection, serve(chunked).base_url).data == b"{}"
    unbounded = b"HTTP/1.1 200 OK\r\n\r\n{}"
    assert ask(connection, serve(lambda _seen: cut(unbounded, 0)).base_url).data == b"{}"
    assert ask(connection, serve(b"HTTP/1.1 204 \r\n\r\n").base_url).data == b""


def test_f16_nothing_of_the_environment_has_a_say(serve: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Netrc, proxies and bundles; and no cookie comes back."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1\nlogin someone\npassword else\n")
    (tmp_path / ".netrc").chmod(0o600)
    trap = serve(reply(502))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, trap.origin)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(tmp_path / "no-such-bundle.pem"))
    authority = Authority(tmp_path)
    header = f"Bearer {token()}"
    for service in (serve(reply(200, {}, Set_Cookie="a=b; Path=/")), serve(reply(200, {}, Set_Cookie="a=b"), tls=authority.context())):
        connection = Connection(ca_path=str(authority.ca_path))
        for _unused in range(2):
            assert ask(connection, service.base_url, Authorization=header).status == 200
        assert [seen.headers["authorization"] for seen in service.seen] == [header] * 2
        assert not any("cookie" in seen.headers for seen in service.seen)
    assert trap.connections == 0


# --- time (F10) ---

DRIPPING = {
    "status line": lambda: drip(reply(200, {})),
    "headers": lambda: lambda sock: (sock.sendall(b"HTTP/1.1 200 OK\r\n"), drip(b"X-A: b\r\n" * 100)(sock)),
    "body": lambda: lambda sock: (sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), drip(b" " * 1000)(sock)),
    "chunks": lambda: lambda sock: (sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), drip(b"1\r\n \r\n" * 99)(sock)),
    "body until close": lambda: lambda sock: (sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n"), drip(b" " * 1000)(sock)),
    "nothing": lambda: hang,
}


@pytest.mark.parametrize("what", DRIPPING)
@pytest.mark.parametrize("tls", [False, True])
def test_f10_the_limit_is_for_the_whole_exchange(serve: t.Any, tmp_path: Path, what: str, tls: bool) -> None:
    authority = Authority(tmp_path)
    service = serve(lambda _seen: DRIPPING[what](), tls=authority.context() if tls else None)
    connection = Connection(ca_path=str(authority.ca_path))
    begin = time.monotonic()
    with pytest.raises(Ambiguous, match=r"GET Users: no complete answer within 0.4 seconds; the service may or may not"):
        ask(connection, service.base_url, limit=0.4)
    assert time.monotonic() - begin < 1.4


def test_f10_a_silent_tls_handshake_ends_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begin = time.monotonic()
        with pytest.raises(NotSent, match="nothing was sent"):
            ask(Connection(), f"https://127.0.0.1:{listener.getsockname()[1]}/x", limit=0.3)
        assert time.monotonic() - begin < 1.3


def test_f10_a_dripping_tls_handshake_ends_too() -> None:
    """A service that sends a TLS record of which the end never comes, byte by byte."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def trickle() -> None:
            sock, _peer = listener.accept()
            with sock:
                try:
                    drip(b"\x16\x03\x03\x40\x00\x02" + b"\0" * 200)(sock)
                except OSError:
                    return

        threading.Thread(target=trickle, daemon=True).start()
        begin = time.monotonic()
        with pytest.raises(NotSent):
            ask(Connection(), f"https://127.0.0.1:{listener.getsockname()[1]}/x", limit=0.3)
        assert time.monotonic() - begin < 1.3


def test_f10_a_name_look_up_that_hangs_ends_too(monkeypatch: pytest.MonkeyPatch, connection: Connection) -> None:
    release = threading.Event()
    monkeypatch.setattr(dial.socket, "getaddrinfo", lambda *_arguments: release.wait(5) and [])
    begin = time.monotonic()
    with pytest.raises(NotSent, match="look-up"):
        ask(connection, "https://service.invalid/x", limit=0.3)
    release.set()
    assert time.monotonic() - begin < 1.3


def test_f10_an_abandoned_request_never_goes_out_later(monkeypatch: pytest.MonkeyPatch, serve: t.Any, connection: Connection) -> None:
    """The time is over while the connection is being made; when it stands at last, nothing is sent on it."""
    service = serve(reply(201, {}))
    really = socket.socket.connect

    def slowly(sock: socket.socket, address: object) -> None:
        really(sock, address)  # type: ignore[arg-type]
        time.sleep(0.4)

    monkeypatch.setattr(dial.socket.socket, "connect", slowly)
    with pytest.raises(NotSent, match="nothing was sent"):
        ask(connection, service.base_url, "POST", limit=0.2)
    time.sleep(0.5)
    assert service.seen == []


def test_the_limit_of_one_exchange_does_not_hurt_the_next(serve: t.Any, connection: Connection) -> None:
    service = serve(reply(200, {}))
    assert ask(connection, service.base_url, limit=0.2).status == 200
    time.sleep(0.3)
    assert ask(connection, service.base_url, "POST", limit=0.2).status == 200
    assert service.connections == 1


# --- what left, and what did not ---


def test_f1_a_refused_connection_is_not_sent(connection: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent, match=rf"cannot connect to 127.0.0.1 port {port} .*Connection refused.*nothing was sent"):
        ask(connection, f"http://127.0.0.1:{port}/x", "POST")


def test_f2_an_unknown_name_is_unreachable(connection: Connection) -> None:
    with pytest.raises(Unreachable, match=r"name no-such-host.invalid cannot be resolved"):
        ask(connection, "https://no-such-host.invalid/x")


@pytest.mark.parametrize("action", [None, reset, cut(reply(201, {"id": "1" * 99}), 5), lambda sock: sock.sendall(b"HTTP/1.1 2")])
def test_f5_f6_a_connection_that_breaks_after_the_request_is_ambiguous(serve: t.Any, connection: Connection, action: t.Any) -> None:
    service = serve(lambda _seen: action)
    with pytest.raises(Ambiguous, match=r"the connection broke .*may or may not have carried it out"):
        ask(connection, service.base_url, "POST")
    assert len(service.seen) == 1


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2]\r\n0\r\n\r\n"
WHOLE = reply(200, {"Resources": [1, 2, 3]})


@pytest.mark.parametrize(("whole", "keep"), [(CHUNKED, 5), (CHUNKED, 8), *((WHOLE, keep) for keep in range(1, len(WHOLE), 7))])
def test_f7_an_answer_that_breaks_off_is_none_wherever_it_does(serve: t.Any, connection: Connection, whole: bytes, keep: int) -> None:
    service = serve(lambda _seen: cut(whole, keep))
    with pytest.raises(Ambiguous, match="connection broke"):
        ask(connection, service.base_url)


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"HTTP/1.1 204 \r\n\r\n"])
def test_an_answer_may_have_no_body_and_no_length(serve: t.Any, connection: Connection, head: bytes) -> None:
    assert ask(connection, serve(lambda _seen: cut(head, 0)).base_url).data == b""


# --- size (F9) ---


def endless(sock: socket.socket) -> None:
    sock.sendall(b"Content-Type: application/json\r\n\r\n")
    block = b" " * 2**20
    for _unused in range(1024):
        sock.sendall(block)


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 2**20) for _unused in range(50)) + packer.flush()


def test_f9_a_gigabyte_is_not_read(serve: t.Any, connection: Connection) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UntrustedAnswer, match="more than 64 MiB"):
        ask(connection, serve(lambda _seen: lambda sock: (sock.sendall(b"HTTP/1.1 200 OK\r\n"), endless(sock))).base_url, limit=30)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_f9_the_body_of_a_redirect_is_limited_too(serve: t.Any, connection: Connection) -> None:
    def answer(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n")
        endless(sock)

    with pytest.raises(UntrustedAnswer, match="more than 64 MiB"):
        ask(connection, serve(lambda _seen: answer).base_url, limit=30)


def test_f9_a_gzip_bomb_does_not_explode(serve: t.Any, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_file, "LARGEST_ANSWER", 2**20)
    service = serve(reply(200, bomb(), Content_Encoding="gzip"))
    tracemalloc.start()
    with pytest.raises(UntrustedAnswer, match="more than 1 MiB"):
        ask(connection, service.base_url)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_gzip_is_undone_and_must_be_whole(serve: t.Any, connection: Connection) -> None:
    packed = gzip.compress(b'{"a": 1}')
    assert ask(connection, serve(reply(200, packed, Content_Encoding="gzip")).base_url).data == b'{"a": 1}'
    with pytest.raises(Ambiguous):
        ask(connection, serve(reply(200, packed[:-9], Content_Encoding="gzip")).base_url)
    with pytest.raises(UntrustedAnswer, match="gzip"):
        ask(connection, serve(reply(200, b"{}", Content_Encoding="gzip")).base_url)
    with pytest.raises(UntrustedAnswer, match="not asked for"):
        ask(connection, serve(reply(200, b"{}", Content_Encoding="br")).base_url)


@pytest.mark.parametrize("chunked", [False, True])
def test_f9_nothing_is_read_after_the_end_of_a_gzip_stream(
    serve: t.Any, connection: Connection, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    reads: list[int] = []
    real = urllib3.HTTPResponse.read
    monkeypatch.setattr(urllib3.HTTPResponse, "read", lambda self, *args, **options: reads.append(1) or real(self, *args, **options))
    data = gzip.compress(b'{"a": 1}') + b"x" * 2**22
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
    length = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" if chunked else b"Content-Length: %d\r\n\r\n%b"
    service = serve(head + length % (len(data), data))
    assert [ask(connection, service.base_url).data for _unused in range(2)] == [b'{"a": 1}'] * 2
    assert len(reads) == 2


def test_a_connection_is_kept_after_gzip(serve: t.Any, connection: Connection) -> None:
    packed = gzip.compress(b'{"a": 1}')
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
    for whole in (b"Content-Length: %d\r\n\r\n%b", b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"):
        service = serve(head + whole % (len(packed), packed))
        assert [ask(connection, service.base_url).data for _unused in range(3)] == [b'{"a": 1}'] * 3
        assert service.connections == 1


# --- trust (F11) ---


def bad_tls(what: str, folder: Path) -> tuple[ssl.SSLContext, str, str]:
    """A context that must not be trusted, the host to ask, and what the message must say."""
    authority = Authority(folder)
    if what == "unknown authority":
        (folder / "other").mkdir()
        return Authority(folder / "other").context(), "127.0.0.1", "not trusted"
    if what == "expired":
        return authority.context(days=-1), "127.0.0.1", "expired"
    if what == "wrong name":
        return authority.context(("scim.zscalerone.net",)), "127.0.0.1", "not trusted"
    if what == "wrong name, right address":
        return authority.context(("127.0.0.1",)), "localhost", "not trusted"
    context = authority.context()
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context, "127.0.0.1", "version 1.2 or newer"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("what", ["unknown authority", "expired", "wrong name", "wrong name, right address", "TLS 1.1"])
def test_f11_the_token_never_leaves_on_bad_tls(serve: t.Any, tmp_path: Path, what: str) -> None:
    context, host, reason = bad_tls(what, tmp_path)
    service = serve(reply(200, {}), tls=context)
    with pytest.raises(Unreachable, match=reason) as caught:
        ask(Connection(ca_path=str(tmp_path / "ca.pem")), f"https://{host}:{service.port}/scim", Authorization=f"Bearer {token()}")
    assert service.seen == []
    if reason != "version 1.2 or newer":
        assert "ca_path" in str(caught.value)
        assert "validate_certs: false is not the answer" in str(caught.value)


def test_f11_a_self_signed_certificate_is_not_trusted_by_the_system(serve: t.Any, tmp_path: Path) -> None:
    service = serve(reply(200, {}), tls=Authority(tmp_path).context())
    with pytest.raises(Unreachable, match="not trusted"):
        ask(Connection(), service.base_url)
    assert service.seen == []


def test_plain_http_behind_https_is_told_apart(serve: t.Any, connection: Connection) -> None:
    service = serve(reply(400))
    with pytest.raises(Unreachable, match="no TLS connection"):
        ask(connection, service.base_url.replace("http:", "https:"))


def test_the_named_authority_is_trusted_and_certificates_may_be_ignored_on_demand(
    serve: t.Any, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    authority = Authority(tmp_path)
    service = serve(reply(200, {}), tls=authority.context())
    for host in ("127.0.0.1", "localhost"):
        assert ask(Connection(ca_path=str(authority.ca_path)), f"https://{host}:{service.port}/x").status == 200
    assert ask(Connection(validate_certs=False), service.base_url).status == 200
    assert [str(warning.message) for warning in recwarn if "Unverified" in str(warning.message)] == []


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_an_unusable_ca_path_is_an_input_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="option ca_path: cannot be used"):
        Connection(ca_path=str(path))


def test_a_ca_path_that_is_a_pipe_or_a_folder_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(InputError, match="option ca_path: is not a regular file"):
            Connection(ca_path=str(path))


def test_the_keys_of_tls_are_never_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    authority = Authority(tmp_path)
    for ca_path in (str(authority.ca_path), None):
        context = dial.tls_context(ca_path, validate_certs=True)
        assert context.keylog_filename is None
        assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert not (tmp_path / "keys").exists()


def test_the_environment_may_say_where_the_system_s_authorities_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "system").mkdir()
    own, system = Authority(tmp_path / "own"), Authority(tmp_path / "system")
    monkeypatch.setenv("SSL_CERT_FILE", str(system.ca_path))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    trusted = [dial.tls_context(path, validate_certs=True).get_ca_certs(binary_form=True) for path in (None, str(own.ca_path))]
    assert trusted == [[ssl.PEM_cert_to_DER_cert(authority.ca_path.read_text())] for authority in (system, own)]


def test_without_requests_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_file, "HAS_REQUESTS", False)
    with pytest.raises(CollectionError, match="Python library requests"):
        Connection()


# --- a proxy ---


def tunnel(to: Service) -> Callable[[socket.socket], None]:
    """A proxy for one connection: answers CONNECT and passes the bytes on."""

    def run(sock: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", to.port)) as other:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=pump, args=(other, sock), daemon=True).start()
            pump(sock, other)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            for data in iter(lambda: source.recv(65536), b""):
                sink.sendall(data)
        except OSError:
            return

    return run


def test_a_proxy_carries_https_in_a_tunnel_and_never_sees_the_token(serve: t.Any, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    service = serve(reply(200, {"a": 1}), tls=authority.context(("scim.example.test",)))
    proxy = serve(lambda _seen: tunnel(service))
    connection = Connection(ca_path=str(authority.ca_path), proxy=f"http://user:pw@127.0.0.1:{proxy.port}")
    for _unused in range(2):
        answer = ask(connection, "https://scim.example.test/scim/Users", Authorization="Bearer x")
        assert answer.data == b'{"a": 1}'
    assert [seen.method for seen in proxy.seen] == ["CONNECT"]
    assert "authorization" not in proxy.seen[0].headers
    assert proxy.seen[0].headers["proxy-authorization"].startswith("Basic ")
    assert [seen.headers.get("proxy-authorization") for seen in service.seen] == [None, None]


def test_a_proxy_that_refuses_is_named(serve: t.Any) -> None:
    proxy = serve(reply(407, b"who are you", Proxy_Authenticate="Basic"))
    with pytest.raises(NotSent, match=r"the proxy answered 407 to CONNECT scim\.example\.test"):
        ask(Connection(proxy=proxy.origin), "https://scim.example.test/x", "POST")


def test_f10_a_silent_proxy_ends_too(serve: t.Any) -> None:
    proxy = serve(lambda _seen: hang)
    begin = time.monotonic()
    with pytest.raises(NotSent, match="nothing was sent"):
        ask(Connection(proxy=proxy.origin), "https://scim.example.test/x", "POST", limit=0.3)
    assert time.monotonic() - begin < 1.3


def test_plain_http_to_this_machine_never_goes_through_the_proxy(serve: t.Any) -> None:
    proxy, service = serve(reply(502)), serve(reply(200, {}))
    assert ask(Connection(proxy=proxy.origin), service.base_url).status == 200
    assert proxy.connections == 0
