# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R11: no request and no name look-up goes to any origin but the service's, and no token to a server that cannot be trusted."""

from __future__ import annotations

import os
import sys
import typing as t
from dataclasses import dataclass, field
from unittest import mock

from ansible_collections.scimops.zscaler_one.tests.sandbox import badtls
from ansible_collections.scimops.zscaler_one.tests.sandbox.badtls import BadTls
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .firm import Firm, firm
from .table import Row, Size

HOW = (
    "Redirects of every status and method, to another port, another name and from https to http; links in answers; proxies, netrc and "
    "addresses in the environment and in base_url. Python's own audit of sockets tells every connection and every name look-up of the "
    "process, and a second service counts requests. Then four TLS servers that must not be trusted keep every byte that they are "
    "told."
)
ELSEWHERE = "elsewhere.example"
STATE = {
    "users": [
        {"user_name": "ada@corp.example", "department": "Sales"},
        {"user_name": "new@corp.example", "groups": ["Ops"]},
        {"user_name": "bob@corp.example", "state": "absent"},
    ],
    "groups": [{"display_name": "Ops"}],
}


class Wire:
    """Whom this process talks to: (host, port) of connections, and names that were looked up."""

    def __init__(self) -> None:
        self.listening = False
        self.connections: list[tuple[t.Any, ...]] = []
        self.names: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[t.Any, ...]) -> None:
        if not self.listening or not event.startswith("socket."):
            return
        if event == "socket.connect":
            self.connections.append(tuple(arguments[1]) if isinstance(arguments[1], tuple) else (str(arguments[1]), 0))
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            self.names.append(str(arguments[0]))

    def strange(self, port: int) -> int:
        """How many connections and look-ups were not meant for this port of this machine; forgets them all."""
        found = sum(address[:2] != ("127.0.0.1", port) for address in self.connections) + sum(name != "127.0.0.1" for name in self.names)
        self.connections, self.names = [], []
        return found


_wires: list[Wire] = []


def wire() -> Wire:
    """The one of this process: an audit hook stays for ever."""
    if not _wires:
        _wires.append(Wire())
    return _wires[0]


@dataclass(frozen=True)
class Case:
    """One way to be led elsewhere: a fault, or options, or variables, or a file in HOME."""

    match: dict[str, t.Any] = field(default_factory=dict)
    fault: dict[str, t.Any] = field(default_factory=dict)
    options: dict[str, t.Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    netrc: bool = False
    tls: bool = False


def cases(to: str) -> list[Case]:
    """The twenty cases; `to` is the origin of the second service."""
    far = f"https://{ELSEWHERE}/steal"
    page = {"totalResults": 2, "itemsPerPage": 1, "startIndex": 1, "Resources": [{"id": "1", "userName": "eve@corp.example"}]}
    links = {"nextCursor": f"{to}/Users?cursor=2", "@odata.nextLink": f"{to}/Users?page=2", "next": f"{to}/Users?page=2"}
    odd = {"kind": "status", "status": 200, "body": {**page, **links}}
    return [
        *(Case({"method": "GET"}, {"kind": "redirect", "status": status, "to": to}) for status in (301, 302, 303, 307, 308)),
        *(Case({"method": method}, {"kind": "redirect", "status": 307, "to": to}) for method in ("POST", "PATCH", "DELETE")),
        Case({"method": "GET"}, {"kind": "redirect", "to": to}, tls=True),
        Case({"method": "GET"}, {"kind": "redirect", "to": far}),
        Case({"method": "GET"}, {"kind": "redirect", "to": f"//{ELSEWHERE}/steal"}),
        *(Case({"method": method}, {"kind": "foreign_links", "to": to}) for method in ("GET", "POST", "PATCH")),
        Case({"method": "GET", "route": "/Users"}, odd),
        Case(variables=dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"), to)),
        Case(variables=dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), to), tls=True),
        Case(netrc=True),
        Case(options={"base_url": f"http://{ELSEWHERE}/1234567/098/scim"}),
        Case(options={"base_url": f"https://127.0.0.1:443@{ELSEWHERE}/1234567/098/scim"}),
    ]


def measure(size: Size) -> t.Iterator[Row]:
    """Rows of this goal."""
    strange = requests = wrong = 0
    with Sandbox(tls=False) as elsewhere:
        chosen = size.pick(cases(elsewhere.origin), 4)
        for case in chosen:
            with firm(tls=case.tls) as company:
                strange += _led_astray(company, case)
                wrong += sum(entry.authorization == "wrong" for entry in company.sandbox.journal)
        requests = len(elsewhere.journal)
    measured = f"{requests} requests, {strange} connections or look-ups, {wrong} wrong credentials"
    yield Row(
        f"{len(chosen)} cases", measured, "0 requests, 0 connections or look-ups, 0 wrong credentials", not (requests or strange or wrong)
    )
    told, servers = _untrusted(size)
    yield Row(f"{servers} servers that cannot be trusted", f"{told} bytes", "0 bytes", not told)


def _led_astray(company: Firm, case: Case) -> int:
    """Connections and look-ups beyond those of the service, while one run meets the case."""
    company.sandbox.seed(users=[{"userName": "ada@corp.example", "groups": ["Ops"]}, {"userName": "bob@corp.example"}])
    if case.fault:
        company.sandbox.faults.add(case.match, case.fault)
    if case.netrc:
        (company.folder / ".netrc").write_text(
            f"machine 127.0.0.1 login not-real password not-real\nmachine {ELSEWHERE} login a password b\n"
        )
        (company.folder / ".netrc").chmod(0o600)
    options = {**({"ca_path": company.sandbox.ca_path} if case.tls else {}), "timeout": 3, "deadline": 4, **case.options}
    with mock.patch.dict(os.environ, {"HOME": str(company.folder), **case.variables}):
        return _watched(company, options)


def _watched(company: Firm, options: dict[str, t.Any]) -> int:
    port = int(company.sandbox.origin.rpartition(":")[2])
    wire().strange(port)
    wire().listening = True
    try:
        company.run("scim_directory", **STATE, **options)
    finally:
        wire().listening = False
    return wire().strange(port)


def _untrusted(size: Size) -> tuple[int, int]:
    """How many bytes servers were told that no client may trust, and how many servers there were."""
    kinds = [kind for kind in badtls.KINDS if kind != "old_protocol" or badtls.old_protocol_works()]
    told = 0
    for kind in size.pick(kinds):
        with BadTls(kind) as server, firm() as company:
            # A bundle of the environment that would make it trusted must not count either.
            with mock.patch.dict(os.environ, dict.fromkeys(("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), server.ca_path)):
                company.run("scim_directory", **STATE, base_url=server.base_url, ca_path=server.ca_path, timeout=2, deadline=3)
            told += len(server.received)
    return told, len(size.pick(kinds))
