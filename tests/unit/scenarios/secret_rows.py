# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that meet every fault, and the search for the token in all that they print, log or leave behind (R10)."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import typing as t
import urllib.parse
from pathlib import Path

from ansible_collections.scimops.zscaler_one.tests.sandbox import badtls
from ansible_collections.scimops.zscaler_one.tests.sandbox.badtls import BadTls
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

Row = dict[str, t.Any]

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
HOSTS = 4
"""So many rows are under way at once: most of their time is waiting for a service that does not answer."""
BEYOND = 70 * 1024**2
"""Bytes; more than the transport takes in one answer (F9)."""
ECHO = "Bearer {token} or {quoted} or {base64}"


def status(code: int, **options: t.Any) -> Row:
    """A refusal by a service that echoes what it was sent."""
    return {"kind": "status", "status": code, "body": {"detail": f"not with {ECHO}", "scimType": "{token}"}, **options}


ANY_REQUEST: list[Row] = [
    {"kind": "close"},
    {"kind": "reset"},
    {"kind": "hang", "seconds": 2},
    {"kind": "half_body"},
    {"kind": "short_body"},
    {"kind": "close_idle"},
    {"kind": "html"},
    {"kind": "html", "status": 503},
    {"kind": "huge", "bytes": BEYOND},
    {"kind": "gzip_bomb", "bytes": BEYOND},
    {"kind": "drip", "part": "headers", "seconds": 0.1},
    {"kind": "drip", "part": "body", "seconds": 0.1},
    {"kind": "redirect", "to": "https://elsewhere.example/?t={token}"},
    {"kind": "broken_json"},
    {"kind": "content_type"},
    {"kind": "empty_body"},
    {"kind": "foreign_links", "to": "https://elsewhere.example/{token}"},
    *(status(code) for code in (400, 401, 403, 404, 409, 412, 413, 500, 501)),
    status(429, retry_after="86400"),
    status(429, retry_after="{token}"),
    status(503, retry_date=-5),
    {"kind": "status", "status": 500, "body": f"<html>{ECHO}</html>"},
]
"""What can happen to a reading request and to a creating one."""

CREATES: list[Row] = [{"kind": kind} for kind in ("commit_then_status", "commit_then_hang", "commit_then_reset", "ignored_write")]
CHANGES: list[Row] = [*(status(code) for code in (400, 403, 404, 409, 412, 413, 500, 501)), {"kind": "delete_first"}, {"kind": "reset"}]
DELETES: list[Row] = [*(status(code) for code in (403, 404, 409, 412, 500)), {"kind": "commit_then_reset"}]
MEMBERS: list[Row] = [{"kind": "half_then_status"}, {"kind": "ignored_write"}, *(status(code) for code in (400, 404, 412, 413))]
PAGES: list[Row] = [
    {"kind": "short_page", "size": 3},
    {"kind": "empty_page"},
    {"kind": "wrong_total", "delta": 2},
    {"kind": "wrong_total", "page": True},
    {"kind": "overlap"},
    {"kind": "skip"},
    {"kind": "delete_while_paging"},
    {"kind": "add_while_paging"},
    {"kind": "start_index_ignored"},
    {"kind": "count_ignored"},
    {"kind": "empty_listing"},
    {"kind": "html"},
    {"kind": "huge", "bytes": BEYOND},
    status(500),
]
BULKS: list[Row] = [{"kind": "bulk_lie", "lie": "rubbish"}, {"kind": "bulk_lie"}, status(500), status(400), {"kind": "html"}]
STATUSES = {400, 401, 403, 404, 409, 412, 413, 429, 500, 501, 503}
CONNECTIONS = ("no such name", "nobody listens", *badtls.KINDS)
LEFT_OUT: dict[str, str] = {}
"""Kinds of faults that no row has, each with its reason; none so far."""


def fault_rows(ids: t.Callable[[str], str]) -> tuple[list[Row], list[Row]]:
    """The tasks, and for each the rule that strikes it alone, known by a name, an id or a page size that only this task sends."""
    tasks: list[Row] = []
    rules: list[Row] = []

    def add(match: Row, fault: Row, **task: t.Any) -> None:
        tasks.append({"module": "scim_user", **task})
        rules.append({"match": match, "fault": fault})

    for number, fault in enumerate(ANY_REQUEST):
        add({"method": "GET", "contains": f'"read-{number}@corp.example"'}, fault, user_name=f"read-{number}@corp.example")
    for number, fault in enumerate([*ANY_REQUEST, *CREATES]):
        name = f"write-{number}@corp.example"
        add({"method": "POST", "contains": f'"{name}"'}, fault, user_name=name, department="Research")
    for kind, method, faults in (("change", "PATCH", CHANGES), ("delete", "DELETE", DELETES)):
        for number, fault in enumerate(faults):
            name = f"{kind}-{number}@corp.example"
            what = {"department": "Research"} if kind == "change" else {"state": "absent"}
            add({"method": method, "contains": ids(name)}, fault, user_name=name, **what)
    for number, fault in enumerate(MEMBERS):
        name = f"member-{number}@corp.example"
        add({"method": "PATCH", "contains": ids(name)}, fault, user_name=name, groups=["Engineering"])
    for number, fault in enumerate(PAGES):
        match = {"method": "GET", "route": "/Users", "contains": f"count={FIRST_SIZE + number}\n"}
        add(match, fault, module="scim_directory", user_name=f"page-{number}@corp.example", page_size=FIRST_SIZE + number)
    for number, fault in enumerate(BULKS):
        name = f"bulk-{number}@corp.example"
        add({"method": "POST", "route": "/Bulk", "contains": f'"{name}"'}, fault, module="scim_directory", user_name=name, bulk="always")
    return tasks, rules


FIRST_SIZE = 10
SEEDED = [f"{kind}-{number}@corp.example" for kind, faults in (("change", CHANGES), ("delete", DELETES)) for number in range(len(faults))]
SEEDED += [f"member-{number}@corp.example" for number in range(len(MEMBERS))]
SEEDED += [f"user-{number}@corp.example" for number in range(30)]


@contextlib.contextmanager
def broken_connections() -> t.Iterator[tuple[list[Row], list[BadTls]]]:
    """Tasks that get no connection which they may use, and the servers that would see the token if they did."""
    with contextlib.ExitStack() as stack:
        taken = stack.enter_context(socket.socket())
        taken.bind(("127.0.0.1", 0))  # and never listens
        rows = [
            {"base_url": "https://scim.zscaler.invalid/1234567/098/scim"},
            {"base_url": f"https://127.0.0.1:{taken.getsockname()[1]}/1234567/098/scim"},
        ]
        servers = [stack.enter_context(BadTls(kind)) for kind in badtls.KINDS]
        rows += [{"base_url": server.base_url, "ca_path": server.ca_path} for server in servers]
        yield [{"module": "scim_user", "user_name": "ada@corp.example", **row} for row in rows], servers


def run_rows(folder: Path) -> list[Row]:
    """Tasks that end for reasons of the run, whatever the service says: F12, F45, F46, F56, F62."""
    empty = folder / "empty.json"
    empty.write_text("")
    name = {"module": "scim_directory", "user_name": "ada@corp.example"}
    return [
        {**name, "base_url": "http://scim.zscaler.invalid/1234567/098/scim"},
        {**name, "src": [str(empty)]},
        {**name, "src": [str(folder / "nowhere.json")]},
        {**name, "prune_users": "delete"},
        {**name, "report_path": str(folder / "nowhere" / "report.jsonl")},
    ]


def spelled(rules: list[Row], token: str) -> list[Row]:
    """The rules with the token where a service that echoes what it was sent would put it."""
    text = json.dumps(rules).replace("{token}", token).replace("{quoted}", urllib.parse.quote(token, safe=""))
    found: list[Row] = json.loads(text.replace("{base64}", base64.b64encode(f"Bearer {token}".encode()).decode()))
    return found


def forms(token: str) -> set[str]:
    """The token as it may look: raw, URL-encoded, base64 at any offset, and every slice of eight characters."""
    found = {token, urllib.parse.quote(token, safe="")}
    found |= {base64.b64encode(b"x" * shift + token.encode()).decode()[4:-4] for shift in range(3)}
    return found | {token[start : start + 8] for start in range(len(token) - 7)}


def hits(text: str, token: str) -> list[str]:
    return sorted(form for form in forms(token) if form in text)


def run(tasks: list[Row], sandbox: Sandbox, folder: Path, *, programs: Path = BIN, verbosity: str = "-vvvv") -> str:
    """All that ansible-playbook prints; what it leaves behind is below `folder`. `programs` has the ansible-core to run it with."""
    for number, task in enumerate(tasks):
        task["tmp"] = str(folder / f"tmp-{number}")
        Path(task["tmp"]).mkdir()
    (folder / "rows.json").write_text(json.dumps(tasks))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZSCALER_ONE_")}
    environment |= {
        "ZSCALER_ONE_SCIM_BASE_URL": sandbox.base_url,
        "ZSCALER_ONE_SCIM_BEARER_TOKEN": sandbox.token,
        "ZSCALER_ONE_SCIM_CA_PATH": sandbox.ca_path,
        "ZSCALER_ONE_SCIM_REQUESTS_PER_SECOND": "0",
        "SANDBOX_ROWS": str(folder / "rows.json"),
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
    }
    hosts = "".join(f"row{number}," for number in range(HOSTS))
    playbook = [str(programs / "ansible-playbook"), "-i", hosts, "-f", str(HOSTS), str(HERE / "no_secret_leaves.yml")]
    command = [*playbook, verbosity] if verbosity else playbook
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]
    return output


def leaks(sandbox: Sandbox, output: str, folder: Path) -> dict[str, list[str]]:
    """Where the token, or eight characters of it, is in what was printed or left behind: in which forms, by place."""
    left = {str(path): path.read_text(errors="ignore") for path in folder.rglob("*") if path.is_file()}
    found = {place: hits(text, sandbox.token) for place, text in {"output": output, **left}.items()}
    return {place: forms for place, forms in found.items() if forms}


def spared(sandbox: Sandbox) -> list[Row]:
    """The faults of the script that no task met."""
    return [rule for rule in sandbox.faults.as_json()["rules"] if not rule["given"]]


def seed(sandbox: Sandbox) -> None:
    """The users and the group that the tasks are about."""
    sandbox.switch(bulk=True)
    sandbox.seed(users=[{"userName": name} for name in SEEDED], groups=[{"displayName": "Engineering"}])


def id_of(sandbox: Sandbox, user_name: str) -> str:
    """The id of a seeded user."""
    return sandbox.tenant.users.find("userName", user_name)[0].id
