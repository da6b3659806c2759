# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands around the service: HTTP, TLS, journal, control address, invented people, the command line."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import pytest
import requests
from ansible_collections.scimops.zscaler_one.tests.sandbox import badtls, daemon, server
from ansible_collections.scimops.zscaler_one.tests.sandbox.journal import Journal
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox
from ansible_collections.scimops.zscaler_one.tests.sandbox.seed import crowd, people

PACKAGE = Path(daemon.__file__).parent


def talk(url: str, request: bytes) -> bytes:
    address = urllib.parse.urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as sock:
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        received = b""
        while data := sock.recv(65536):
            received += data
        return received


# HTTP


def test_a_connection_is_kept_and_pipelined_requests_are_answered_in_order(zia):
    request = b"GET %s/%s HTTP/1.1\r\nHost: x\r\n\r\n"
    path = zia.sandbox.scim.path.encode()
    received = talk(zia.sandbox.origin, request % (path, b"Schemas") + request % (path, b"Users"))
    assert re.findall(rb"HTTP/1\.1 \d+", received) == [b"HTTP/1.1 200", b"HTTP/1.1 401"]


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/2\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
    ],
)
def test_bad_http_is_refused_and_the_server_lives(zia, request_text, status):
    try:
        assert talk(zia.sandbox.origin, request_text).startswith(b"HTTP/1.1 " + status)
    except ConnectionResetError:
        assert status in (b"413", b"431")  # closed with bytes unread: the reset may overtake the answer
    assert zia.get("/Users").status_code == 200


def test_chunked_bodies_and_expect_continue_work(zia):
    first = f"POST {zia.sandbox.scim.path}/Users HTTP/1.1\r\nAuthorization: Bearer {zia.sandbox.token}\r\nExpect: 100-continue\r\n".encode()
    body = b'11\r\n{"userName":"ada@\r\n10\r\ncorp.example"  }\r\n0\r\n\r\n'
    received = talk(zia.sandbox.origin, first + b"Transfer-Encoding: chunked\r\n\r\n" + body)
    assert received.startswith(b"HTTP/1.1 100")
    assert b"HTTP/1.1 201" in received


def test_many_clients_at_once_get_their_own_answers(zia):
    names = [f"user{number}" for number in range(24)]
    threads = [threading.Thread(target=zia.user, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {record.name for record in zia.sandbox.tenant.users.records.values()} == {f"{name}@corp.example" for name in names}
    assert [entry.number for entry in zia.sandbox.journal] == list(range(1, 25))
    assert all(len(entry.mutations) == 1 for entry in zia.sandbox.journal)


def test_nothing_listens_after_the_end(make):
    client = make()
    origin = urllib.parse.urlsplit(client.sandbox.origin)
    client.sandbox.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((origin.hostname, origin.port), timeout=5)


def test_only_loopback_is_listened_on():
    listener = server.HttpServer(lambda _request, _connection: None)
    assert listener._listener.getsockname()[0] == "127.0.0.1"
    listener.stop()


def test_whoever_has_hung_up_is_served_before_it_is_quiet():
    served = []

    def slowly(request, _connection):
        time.sleep(0.2)
        served.append(request.path)

    listener = server.HttpServer(slowly)
    listener.start()
    for number in range(3):
        with socket.create_connection(("127.0.0.1", listener.port)) as client:
            client.sendall(f"DELETE /{number} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    listener.settle()
    assert sorted(served) == ["/0", "/1", "/2"]
    with socket.create_connection(("127.0.0.1", listener.port)):
        with pytest.raises(TimeoutError, match="1 are still connected"):
            listener.settle(0.1)
        listener.stop()


# TLS


def test_tls_is_trusted_with_the_ca_and_not_without(make):
    client = make(tls=True)
    assert client.sandbox.base_url.startswith("https://127.0.0.1:")
    assert client.get("/Users").status_code == 200
    by_name = client.sandbox.base_url.replace("127.0.0.1", "localhost")
    assert client.send("GET", f"{by_name}/Users").status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        client.send("GET", "/Users", verify=True)
    context = ssl.create_default_context(cafile=client.sandbox.ca_path)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    origin = urllib.parse.urlsplit(client.sandbox.origin)
    with context.wrap_socket(socket.create_connection((origin.hostname, origin.port)), server_hostname="127.0.0.1") as sock:
        assert sock.version() == "TLSv1.3"


def test_the_certificate_files_go_with_the_sandbox(make):
    client = make(tls=True)
    folder = Path(client.sandbox.ca_path).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "server.key").stat().st_mode & 0o777 == 0o600
    client.sandbox.stop()
    assert not folder.exists()


@pytest.mark.parametrize("kind", badtls.KINDS)
def test_f11_bad_servers_are_not_trusted_and_see_nothing(kind):
    if kind == "old_protocol" and not badtls.old_protocol_works():
        pytest.skip("the local OpenSSL does not speak TLS 1.1 any more, so no server of that kind can be made")
    with badtls.BadTls(kind) as bad:
        session = requests.Session()
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(bad.base_url + "/Users", headers={"Authorization": "Bearer not-a-real-token"}, verify=bad.ca_path, timeout=5)
        assert bad.received == b""


def test_f11_a_bad_server_does_see_what_a_careless_client_sends():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with badtls.BadTls("expired") as bad:
        origin = urllib.parse.urlsplit(bad.base_url)
        with context.wrap_socket(socket.create_connection((origin.hostname, origin.port))) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert sock.recv(12) == b"HTTP/1.1 200"
        assert (bad.handshakes, bad.received[:5]) == (1, b"GET /")


# Journal


def test_the_journal_tells_what_was_asked_and_done_but_no_secret(zia):
    ada = zia.user("ada")
    devs = zia.group("devs")
    zia.patch(f"/Groups/{devs}", {"op": "add", "path": "members", "value": [{"value": ada}]})
    zia.send("GET", "/Users?count=1", token="not-the-token")
    zia.send("GET", "/Schemas", token="")
    zia.send("DELETE", f"/Users/{ada}")
    seen = [
        (entry.method, entry.route, entry.status, entry.authorization, [m["verb"] for m in entry.mutations])
        for entry in zia.sandbox.journal
    ]
    assert seen == [
        ("POST", "/Users", 201, "right", ["create"]),
        ("POST", "/Groups", 201, "right", ["create"]),
        ("PATCH", "/Groups/{id}", 204, "right", ["add_member"]),
        ("GET", "/Users", 401, "wrong", []),
        ("GET", "/Schemas", 200, "none", []),
        ("DELETE", "/Users/{id}", 204, "right", ["delete"]),
    ]
    patch = next(entry for entry in zia.sandbox.journal if entry.method == "PATCH")
    assert patch.ids == [devs]
    assert patch.body["Operations"][0]["value"] == [{"value": ada}]
    assert patch.mutations == [
        {"verb": "add_member", "kind": "group", "id": devs, "name": "devs", "member": ada, "member_name": "ada@corp.example"}
    ]
    text = json.dumps([entry.as_json() for entry in zia.sandbox.journal])
    assert zia.sandbox.token not in text
    assert "not-the-token" not in text


def test_the_journal_can_be_bounded_and_still_counts():
    journal = Journal(limit=3)
    for number in range(10):
        entry = journal.open(float(number), "GET", "/x", {}, "")
        entry.route, entry.status = "/Users", 200
        journal.close(entry)
    assert [entry.number for entry in journal] == [8, 9, 10]
    assert journal.summary() == {"requests": 10, "by_route": {"GET /Users": 10}, "by_status": {"200": 10}, "mutations": {}, "last": 10}
    journal.clear()
    assert (len(journal), journal.summary()["last"]) == (0, 10)


def test_search_is_no_write(zia):
    zia.user("ada")
    zia.send("POST", "/Users/.search", {})
    assert [entry.route for entry in zia.sandbox.journal.writes] == ["/Users"]


# Control


def control(client, method, path, body=None):
    return client.send(method, f"{client.sandbox.control_url}/{path}", body, verify=True)


def test_control_shows_and_changes_everything(zia):
    assert control(zia, "POST", "seed", {"users": [{"userName": "ada@corp.example", "groups": ["devs"]}]}).json() == {
        "users": 1,
        "groups": 1,
    }
    assert control(zia, "POST", "seed", {"generate": {"users": 5, "groups": 2}}).json() == {"users": 6, "groups": 3}
    assert control(zia, "POST", "seed", {"generate": {"users": 5, "groups": 2}}).json() == {"users": 11, "groups": 5}
    state = control(zia, "GET", "state").json()
    assert state["groups"][0]["members"] == ["ada@corp.example"]
    assert control(zia, "PUT", "switches", {"page_cap": 2}).json()["page_cap"] == 2
    assert control(zia, "GET", "switches").json()["page_cap"] == 2
    rules = [{"match": {"method": "GET"}, "fault": {"kind": "status", "status": 500}, "times": 1}]
    assert control(zia, "PUT", "faults", {"seed": 3, "rules": rules}).json()["seed"] == 3
    assert [zia.get("/Users").status_code for _time in range(2)] == [500, 200]
    assert control(zia, "GET", "faults").json()["rules"][0]["given"] == 1
    assert control(zia, "DELETE", "faults").json()["rules"] == []
    entries = control(zia, "GET", "journal").json()["entries"]
    assert [(entry["status"], entry["fault"]) for entry in entries] == [(500, "status"), (200, "")]
    assert len(control(zia, "GET", "journal?since=1").json()["entries"]) == 1
    assert control(zia, "GET", "journal?method=PUT").json()["entries"] == []
    assert control(zia, "GET", "journal?writes=true").json()["entries"] == []
    assert control(zia, "GET", "journal/summary").json()["by_route"] == {"GET /Users": 2}
    assert control(zia, "DELETE", "journal").json()["requests"] == 0
    assert control(zia, "POST", "reset").json() == {"users": 0, "groups": 0}


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("PUT", "switches", {"colour": "red"}, "no switch colour"),
        ("PUT", "switches", None, "not a JSON object"),
        ("PUT", "faults", {}, "'rules' is missing"),
        ("PUT", "faults", {"rules": [{"fault": {"kind": "flood"}}]}, "needs a kind"),
        ("POST", "seed", {"users": [{"name": "ada"}]}, "with a userName"),
        ("POST", "seed", {"users": [{"userName": "a@b", "mail": 1}]}, "not known: mail"),
        ("POST", "seed", {"groups": [{"displayName": "devs", "members": ["nobody"]}]}, "who is no user"),
        ("POST", "seed", {"users": [{"userName": "a@b"}, {"userName": "A@b"}]}, "A@b is there already"),
        ("POST", "seed", {"groups": [{"displayName": "devs"}, {"displayName": "ops", "members": ["x"]}]}, "who is no user"),
        ("GET", "journal?since=x", None, "invalid literal"),
    ],
)
def test_control_says_what_is_wrong(zia, method, path, body, message):
    answer = control(zia, method, path, body)
    assert answer.status_code == 400
    assert message in answer.json()["detail"]
    assert control(zia, "GET", "state").json() == {"users": [], "groups": [], "departments": ["Service Admin"]}


def test_control_needs_the_secret_path(zia):
    origin = zia.sandbox.control_url.rpartition("/")[0]
    for path in ("/state", "/wrong/state", "/"):
        assert zia.send("GET", origin + path, verify=True).status_code == 404
    unknown = control(zia, "GET", "nothing")
    assert unknown.status_code == 404
    assert "GET journal" in unknown.json()["detail"]


def test_a_wrong_switch_changes_none(zia):
    with pytest.raises(ValueError, match="no switch colour"):
        zia.sandbox.switch(page_cap=5, colour="red")
    assert zia.sandbox.switches.page_cap == 1000


# People


def test_people_are_the_same_each_time_and_have_real_names():
    assert people(200) == people(200) != people(200, seed=2)
    users = people(500)
    assert len({user["userName"] for user in users}) == 500
    assert all(user["userName"].isascii() and user["userName"].endswith("@corp.example") for user in users)
    names = " ".join(user["displayName"] for user in users)
    assert "ü" in names
    assert "'" in names


def test_a_crowd_can_be_seeded_twice_only_after_a_reset():
    sandbox = Sandbox(switches={"default_admin": False})
    sandbox.seed(**crowd(50, 6))
    memberships = sum(len(record.links) for record in sandbox.tenant.users.records.values())
    assert memberships == sum(len(record.links) for record in sandbox.tenant.groups.records.values()) == 150
    with pytest.raises(ValueError, match="already"):
        sandbox.seed(**crowd(50, 6))
    sandbox.reset()
    sandbox.seed(**crowd(50, 6))


def test_seeds_accept_every_key():
    sandbox = Sandbox(switches={"default_admin": False})
    ada = {
        "userName": "ada@corp.example", "externalId": "hr-1", "displayName": "Ada", "name": {"givenName": "Ada"}, "active": False,
        "department": "R and D", "emails": [{"value": "a@x.example"}], "groups": ["devs", "ops"], "admin_linked": True,
    }  # fmt: skip
    sandbox.seed(users=[ada], groups=[{"displayName": "devs", "externalId": "grp-1", "members": []}])
    assert sandbox.tenant.members("devs") == sandbox.tenant.members("ops") == {"ada@corp.example"}
    assert sandbox.tenant.user("ADA@corp.example").admin_linked
    assert sandbox.tenant.group("devs").attributes["externalId"] == "grp-1"
    assert sandbox.tenant.drain() == []


# The command line


def command(*arguments: str, by_path: bool = True) -> subprocess.CompletedProcess[str]:
    start = [str(PACKAGE)] if by_path else ["-m", "sandbox"]
    return subprocess.run([sys.executable, *start, *arguments], capture_output=True, text=True, timeout=60, cwd=PACKAGE.parent, check=False)


def test_up_status_down(tmp_path):
    folder = tmp_path / "state"
    options = ("--state-dir", str(folder))
    wanted = ("--users", "3", "--groups", "2", "--set", "rate_retry_after=none", "--entra-users", "4", "--set", "entra_page_size=3")
    started = command("up", *options, *wanted)
    assert started.returncode == 0, started.stderr
    try:
        facts = json.loads(started.stdout)
        of_entra = {"graph_url", "authority_url", "tenant_id", "client_id", "client_secret"}
        assert facts.keys() == {"base_url", "token", "ca_path", "control_url", "pid", "profile"} | of_entra
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "sandbox.json").stat().st_mode & 0o777 == 0o600
        assert facts["token"] not in (folder / "sandbox.log").read_text()
        assert json.loads(command("status", *options, by_path=False).stdout) == facts
        with requests.Session() as session:
            # No proxy and no .netrc of the environment may come between; the sandbox allows five requests a second.
            session.trust_env = False
            session.verify = facts["ca_path"]
            for _unused in range(20):
                answer = session.get(facts["base_url"] + "/Users", headers={"Authorization": "Bearer " + facts["token"]}, timeout=30)
                if answer.status_code != 429:
                    break
                time.sleep(0.25)
            entra = session.get(facts["control_url"] + "/entra/state", timeout=30).json()
            switches = session.get(facts["control_url"] + "/switches", timeout=30).json()
        assert answer.status_code == 200, answer.text
        assert answer.json()["totalResults"] == 4
        assert (len(entra["users"]), entra["tenantId"]) == (4, facts["tenant_id"])
        assert (switches["rate"], switches["rate_retry_after"], switches["entra_page_size"]) == (5.0, "none", 3)
        again = command("up", *options, *wanted)
        assert json.loads(again.stdout) == facts
        other = command("up", *options, "--profile", "conforming")
        assert (other.returncode, "with other options" in other.stderr) == (1, True)
    finally:
        stopped = command("down", *options)
    assert json.loads(stopped.stdout) == {"stopped": facts["pid"]}
    assert not (folder / "sandbox.json").exists()


def test_a_state_directory_is_made_private_and_one_that_is_there_is_left_alone(tmp_path):
    daemon.make_private(tmp_path / "deep" / "new")
    assert (tmp_path / "deep" / "new").stat().st_mode & 0o777 == 0o700
    there = tmp_path / "there"
    there.mkdir()
    there.chmod(0o755)
    daemon.make_private(there)
    assert there.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_state_directory_that_others_can_write_to_is_refused(tmp_path, mode):
    tmp_path.chmod(mode)
    with pytest.raises(daemon.DaemonError, match="others can write"):
        daemon.make_private(tmp_path)
    assert tmp_path.stat().st_mode & 0o7777 == mode
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_a_link_or_a_file_is_no_state_directory(tmp_path, target):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / target)
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(daemon.DaemonError, match="not a directory of this user"):
            daemon.make_private(tmp_path / name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("status",), "no sandbox is running"),
        (("down",), "no sandbox is running"),
        (("up", "--set", "colour=red"), "no switch colour"),
        (("up", "--set", "page_cap"), "wants SWITCH=VALUE"),
        (("run", "--set", "ids=short"), "one of derived"),
        (("up", "--set", "entra_secrets_put=both"), "one of replace, merge"),
    ],
)
def test_errors_are_sentences(tmp_path, arguments, message):
    failed = command(*arguments, "--state-dir", str(tmp_path / "state"))
    assert (failed.returncode, failed.stdout) == (1, "")
    assert message in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_sandbox_that_is_gone_is_forgotten(tmp_path):
    facts = {"control_url": "http://127.0.0.1:1/x", "pid": 1, "options": []}
    daemon.publish(tmp_path, facts)
    assert daemon.running(tmp_path) is None
    with pytest.raises(daemon.DaemonError, match="no sandbox is running"):
        daemon.stop(tmp_path)
    assert not (tmp_path / "sandbox.json").exists()


def test_a_taken_port_is_told_in_the_error(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        failed = command("up", "--state-dir", str(tmp_path), "--port", str(taken.getsockname()[1]))
    assert failed.returncode == 1
    assert "in use" in failed.stderr
