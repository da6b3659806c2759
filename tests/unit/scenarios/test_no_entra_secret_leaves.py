# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Law 10 for the Entra half: no secret is in anything that leaves, at `-vvvv`, in a log, a warning or a file left behind.

The secrets: the access token that Entra gives, the client secret, the password of a certificate, the token of the target, and the secret
of the target's client. The services echo those that they, or the task, ever saw, in all spellings, in the way of many faults.
"""

from __future__ import annotations

import base64
import contextlib
import html
import itertools
import json
import os
import secrets
import subprocess
import typing as t
import urllib.parse
import uuid
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow import permission_info
from ansible_collections.scimops.zscaler_one.tests.sandbox import badtls
from ansible_collections.scimops.zscaler_one.tests.sandbox.badtls import BadTls
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from ..plugins.module_utils.transport.test_credentials import certificate_file
from ..plugins.modules.conftest import EntraTenant
from .secret_rows import BEYOND, BIN, HERE, HOSTS, Row

Secrets = dict[str, str]

OUTPUT = "output"
TOKEN = "/{tenant}/oauth2/v2.0/token"
PRINCIPAL = "/servicePrincipals/{id}"
SETTINGS = PRINCIPAL + "/synchronization/secrets"
TEST = PRINCIPAL + "/synchronization/jobs/validateCredentials"
ODD = '/+"&='
"""Characters that each spelling writes in its own way; they end every secret."""


def spellings(secret: str) -> list[str]:
    """The secret as a service may repeat it."""
    raw = f"Bearer {secret}".encode()
    encoded = [base64.b64encode(b"x" * shift + raw).decode() for shift in range(3)]
    return [
        secret,
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        *encoded,
    ]


def hits(text: str, known: Secrets) -> set[str]:
    """The names of the secrets of which eight characters in a row are in the text, in any spelling."""
    return {name for name, secret in known.items() if any(piece in text for piece in pieces(secret))}


def pieces(secret: str) -> set[str]:
    random = secret.removesuffix(ODD)
    found = {base64.b64encode(b"x" * shift + random.encode()).decode()[4:-4] for shift in range(3)} | {random}
    return {form[start : start + 8] for form in found for start in range(len(form) - 7)}


def nest(content: object, depth: int) -> object:
    """An error as the synchronization service sends it: JSON in the text of JSON."""
    for _layer in range(depth):
        content = {"error": {"code": "CredentialValidationFailure", "message": json.dumps(content)}}
    return content


def faults(known: Secrets) -> list[Row]:
    """What can happen to a request, told with the secrets that the service saw."""
    echo = " or ".join(text for secret in known.values() for text in spellings(secret))
    first = next(iter(known.values()))
    graph = {"error": {"code": f"No_{first}", "message": f"not with {echo}", "innerError": {"request-id": first, "date": echo}}}
    login = {"error": f"invalid {first}", "error_description": f"AADSTS7000215: not with {echo} Trace ID: {first}"}
    headers = {"request-id": first, "WWW-Authenticate": f'Bearer error="{urllib.parse.quote(first)}"'}
    refusals = [{"kind": "status", "status": code, "body": graph, "headers": headers} for code in (400, 401, 403, 409, 500)]
    return [
        *refusals,
        *({"kind": "status", "status": code, "body": login} for code in (400, 401, 503)),
        {"kind": "status", "status": 400, "body": nest(graph, 1)},
        {"kind": "status", "status": 400, "body": nest(graph, 4)},
        {"kind": "status", "status": 500, "body": f"<html>{html.escape(echo)}</html>"},
        {"kind": "status", "status": 200, "body": echo},
        {"kind": "status", "status": 200, "body": {"access_token": [echo], "token_type": echo, "value": echo}},
        {"kind": "status", "status": 429, "body": graph, "retry_after": "86400"},
        {"kind": "status", "status": 429, "body": graph, "retry_after": first},
        {"kind": "redirect", "to": f"https://elsewhere.example/?t={urllib.parse.quote(first, safe='')}"},
        {"kind": "redirect", "to": f"https://{first[:20].lower()}.example/", "status": 307},
        {"kind": "foreign_links", "to": f"https://elsewhere.example/{urllib.parse.quote(first, safe='')}"},
        {"kind": "html"},
        {"kind": "huge", "bytes": BEYOND},
        {"kind": "gzip_bomb", "bytes": BEYOND},
        *(
            {"kind": kind}
            for kind in ("close", "reset", "half_body", "short_body", "close_idle", "broken_json", "content_type", "empty_body")
        ),
        {"kind": "hang", "seconds": 2},
        {"kind": "drip", "part": "headers", "seconds": 0.1},
        {"kind": "drip", "part": "body", "seconds": 0.1},
    ]


COMMITTED: list[Row] = [{"kind": kind} for kind in ("commit_then_status", "commit_then_hang", "commit_then_reset")]


@pytest.fixture
def known() -> Secrets:
    names = ("access_token", "client_secret", "certificate_password", "secret_token", "oauth2_client_secret")
    return {name: secrets.token_urlsafe(32) + ODD for name in names}


def choose(known: Secrets, *names: str) -> Secrets:
    """Some of the secrets."""
    return {name: known[name] for name in names}


@contextlib.contextmanager
def tenant(known: Secrets, *, tls: bool) -> t.Iterator[Sandbox]:
    """A sandbox whose secrets are these."""
    with Sandbox(tls=tls) as sandbox:
        sandbox.token = sandbox.scim.token = known["secret_token"]
        sandbox.entra.client_secret = known["client_secret"]
        with sandbox.entra._token_lock:
            sandbox.entra._tokens[known["access_token"]] = float("inf")
        sandbox.entra.access_token = lambda lifetime=None: known["access_token"]  # type: ignore[method-assign]
        yield sandbox


# In this process: every module, every fault, every spelling

OPTIONS: dict[str, Row] = {
    "entra_gallery_app": {"display_name": "Other"},
    "entra_app_assignment": {"assignments": [{"user": "ada@corp.example", "role": "User"}]},
    "entra_saml_sso": {"identifier": ["zscalerone.net"]},
    "entra_provisioning_settings": {"tenant_url": "https://127.0.0.1/1/scim", "secret_token": "{secret_token}"},
    "entra_provisioning_test": {
        "tenant_url": "https://127.0.0.1/1/scim",
        "oauth2_client_id": "zscaler",
        "oauth2_client_secret": "{oauth2_client_secret}",
        "oauth2_token_url": "https://127.0.0.1/token",
    },
    "entra_provisioning_job": {"state": "started"},
    "entra_provisioning_mapping": {"users": {"attribute_mappings": [{"target": "displayName", "source": "givenName"}]}},
    "entra_provision_on_demand": {"user": "ada@corp.example"},
    "entra_provisioning_info": {},
    "entra_provisioning_log_info": {},
    "entra_permission_info": {"needs": ["assign", "provision"], "auth_source": "client_secret"},
}


class Strict(EntraTenant):
    """Modules whose every printed character is looked at."""

    known: Secrets

    def connection(self) -> Row:
        options = super().connection()
        patience = {"timeout": 0.5, "deadline": 0.2, "consistency_timeout": 0.2}
        login = {
            "authority_url": self.sandbox.authority_url,
            "tenant_id": self.sandbox.entra.tenant_id,
            "client_id": self.sandbox.entra.client_id,
        }
        return {**options, **login, "client_secret": self.known["client_secret"], "auth_source": "token", **patience}


@pytest.mark.parametrize("module", OPTIONS)
def test_no_result_has_a_secret_that_the_service_echoes(
    module: str, known: Secrets, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(permission_info, "PAUSE", 0)
    given: Row = {name: known.get(value.strip("{}"), value) if isinstance(value, str) else value for name, value in OPTIONS[module].items()}
    told = choose(known, "access_token", "client_secret", *(name for name in OPTIONS[module] if name in known))
    with tenant(known, tls=False) as sandbox:
        runner = Strict(sandbox, capsys)
        runner.known = known
        sandbox.entra.add_application("Zscaler One")
        sandbox.entra.seed(users=[{"userPrincipalName": "ada@corp.example"}])
        name: Row = {} if "display_name" in given or "needs" in given else {"display_name": "Zscaler One"}
        echoes = [fault for fault in faults(told) if fault["kind"] in ("status", "redirect", "foreign_links")]
        for nth, fault in [*((1, fault) for fault in echoes), *((nth, fault) for nth in (2, 3, 4) for fault in echoes[:3])]:
            sandbox.faults.set([{"match": {"nth": nth}, "fault": fault}])
            answer = runner.run(module, diff=True, **name, **given)
            assert hits(json.dumps({**answer, "reads": 0, "writes": 0}, ensure_ascii=False), known) == set(), (fault, nth)


# With Ansible: what is printed, logged and left behind

INFO, STORE, TRY = "info", "settings", "test"


def rows_of(known: Secrets, ids: t.Iterator[str]) -> list[tuple[Row, Row]]:
    """The tasks, each with the rule that strikes it alone: by the id of its client or that of its application."""
    rows: list[tuple[Row, Row]] = []

    def add(module: str, route: str, method: str, fault: Row, **task: t.Any) -> None:
        task = {"module": module, "client_id": str(uuid.uuid4()), "service_principal_id": next(ids), **task}
        own = task["client_id"] if route == TOKEN else task["service_principal_id"]
        rows.append((task, {"match": {"route": route, "method": method, "contains": own}, "fault": fault}))

    for fault in faults(choose(known, "client_secret")):
        add(INFO, TOKEN, "POST", fault)
    add(INFO, TOKEN, "POST", faults(choose(known, "certificate_password"))[1], certificate_path="{certificate}")
    add(INFO, PRINCIPAL, "GET", faults(choose(known, "certificate_password", "access_token"))[0], certificate_path="{certificate}")
    for fault in faults(choose(known, "access_token", "client_secret", "secret_token"))[8:]:
        add(STORE, PRINCIPAL, "GET", fault)
    for fault in [faults(choose(known, "secret_token", "access_token"))[0], *COMMITTED]:
        add(STORE, SETTINGS, "PUT", fault)
    for fault in faults(choose(known, "oauth2_client_secret", "access_token"))[:2]:
        add(TRY, TEST, "POST", fault)
    return rows


@contextlib.contextmanager
def broken_connections() -> t.Iterator[tuple[list[Row], list[BadTls]]]:
    """Tasks whose login service, or whose Graph, may not be trusted, and those servers."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(BadTls(kind)) for kind in badtls.KINDS for _twice in range(2)]
        yield (
            [
                {"module": INFO, "client_id": str(uuid.uuid4()), "service_principal_id": str(uuid.uuid4()), "ca_path": server.ca_path}
                | {("graph_url", "authority_url")[number % 2]: server.base_url.partition("/1234567")[0]}
                for number, server in enumerate(servers)
            ],
            servers,
        )


@pytest.mark.slow
def test_law_10_no_secret_of_entra_is_in_any_output_at_full_verbosity(known: Secrets, tmp_path: Path) -> None:
    certificate = certificate_file(tmp_path, "pem", known["certificate_password"])
    with tenant(known, tls=True) as sandbox, broken_connections() as (broken, servers):
        rows = rows_of(known, (sandbox.entra.add_application(f"Row {number}").principal_id for number in itertools.count()))
        sandbox.faults.set([rule for _task, rule in rows])
        tasks = [
            {
                "tenant_url": sandbox.base_url,
                "graph_url": sandbox.graph_url,
                "authority_url": sandbox.authority_url,
                "ca_path": sandbox.ca_path,
                "tenant_id": sandbox.entra.tenant_id,
                **task,
                **({"certificate_path": certificate} if "certificate_path" in task else {}),
            }
            for task in [*broken, *(task for task, _rule in rows)]
        ]
        sandbox.entra.client_id = AnyClient()
        output = run(tasks, known, tmp_path)
        spared = [rule for rule in sandbox.faults.as_json()["rules"] if not rule["given"]]
        assert spared == [], "faults that no task met"
        assert [server.received for server in servers] == [b""] * len(servers)
        assert output.count("EXEC") > len(tasks), "not the verbosity that this test is about"
        left = {str(path): path.read_text(errors="ignore") for path in tmp_path.rglob("*") if path.is_file()}
        assert str(tmp_path / "ansible.log") in left
        texts = {OUTPUT: output, **left}
        assert {where: found for where, text in texts.items() if (found := hits(text, known))} == {}


class AnyClient(str):
    """A client id that is equal to every other: each task has its own, by which its fault finds it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


def run(tasks: list[Row], known: Secrets, folder: Path) -> str:
    """All that ansible-playbook prints at its highest verbosity; what it leaves behind is below `folder`."""
    for number, task in enumerate(tasks):
        task["tmp"] = str(folder / f"tmp-{number}")
        Path(task["tmp"]).mkdir()
    (folder / "rows.json").write_text(json.dumps(tasks))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZSCALER_ONE_", "AZURE_"))}
    environment |= {f"SANDBOX_{name.upper()}": secret for name, secret in known.items() if name != "access_token"}
    environment |= {
        "SANDBOX_ROWS": str(folder / "rows.json"),
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "remote"),
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
    }
    hosts = "".join(f"row{number}," for number in range(HOSTS))
    command = [str(BIN / "ansible-playbook"), "-i", hosts, "-f", str(HOSTS), str(HERE / "no_entra_secret_leaves.yml"), "-vvvv"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-3000:]
    return output


def test_what_is_looked_for_is_found() -> None:
    secret = secrets.token_urlsafe(32) + ODD
    for text in spellings(secret):
        assert hits(f"said {text} twice", {"one": secret}) == {"one"}, text
    assert hits("said ******** twice", {"one": secret}) == set()
