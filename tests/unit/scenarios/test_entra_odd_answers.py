# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of Microsoft Graph in shapes that nobody expects: every module still ends with a result, and tells no secret.

The answers are changed behind the transport, so that the sandbox's own stay as Microsoft describes them.
"""

from __future__ import annotations

import contextlib
import copy
import json
import random
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils import _entra_module, _module
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport import http
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.contract import FILE_VARIABLE
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from ..plugins.modules.conftest import EntraTenant
from .conftest import Company

NAME = "Zscaler One"
IMPATIENT = 0.05
RUNS = 4
"""So many answers are changed in each task, one in each run."""

GONE = object()
"""In place of a value: the key is taken away."""

FLOWS = [
    {"target": "displayName", "expression": 'Join(" ", [givenName], [surname])'},
    {"target": "active", "expression": 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'},
]
FILTERS = [{"name": "research", "clauses": [{"attribute": "department", "operator": "EQUALS", "values": ["Research"]}]}]
KEPT = [
    {"target": "externalId", "source": "mailNickname"},
    {"target": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "source": "department"},
]
USER_NAME = {"target": "userName", "source": "userPrincipalName", "matching_priority": 1}
BOB, GROUP = {"user": "bob@corp.example", "role": "User"}, {"group": "G1", "role": "User"}
SSO = {"identifier": ["https://x.example/a"], "reply_url": ["https://x.example/b"], "sign_on_url": "https://x.example/c"}

TASKS: dict[str, tuple[str, dict[str, t.Any]]] = {
    "gallery_app": ("gallery_app", {"template": NAME}),
    "gallery_app, new": ("gallery_app", {"template": NAME, "display_name": "Zscaler, new", "allow_second": True}),
    "gallery_app, absent": ("gallery_app", {"template": NAME, "display_name": "Zscaler, new", "state": "absent"}),
    "app_assignment": ("app_assignment", {"assignments": [BOB, GROUP]}),
    "app_assignment, exact": (
        "app_assignment",
        {"state": "exact", "assignments": [BOB, GROUP], "allow_removals_over_limit": True},
    ),
    "settings": ("provisioning_settings", {"scope": "all", "notification_email": "a@b.example", "update_secret": "on_change"}),
    "test": ("provisioning_test", {}),
    "mapping": ("provisioning_mapping", {"users": {"attribute_mappings": FLOWS, "scoping_filters": FILTERS}, "groups": {"enabled": False}}),
    "mapping, exact": ("provisioning_mapping", {"mode": "exact", "users": {"attribute_mappings": [USER_NAME, *FLOWS, *KEPT]}}),
    "job": ("provisioning_job", {"state": "started"}),
    "job, restarted": (
        "provisioning_job",
        {"state": "restarted", "wait_for": "initial_cycle", "wait_timeout": 0.2, "wait_interval": 1},
    ),
    "on demand": ("provision_on_demand", {"user": "ada@corp.example"}),
    "info": ("provisioning_info", {}),
    "logs": ("provisioning_log_info", {}),
    "logs of one": ("provisioning_log_info", {"user": "ada@corp.example"}),
    "permissions": ("permission_info", {"needs": ["assign"]}),
    "saml": ("saml_sso", {"mode": "saml", **SSO, "claims": [{"name": "mail", "source": "user.mail"}]}),
}


class Odd:
    """Changes one value of one answer of the next task, and remembers which."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
        self.told = ""
        self._pick: t.Callable[[t.Any], t.Any] | None = None
        echo = f"echo {secret}"
        self._values = [None, "x", 5, [], {}, ["x"], [None], [{}], True, "../..", "\x1b[31m", echo, [echo], {echo: echo}, GONE, GONE, GONE]
        real = http.decode

        def decode(*given: t.Any) -> t.Any:
            body = real(*given)
            return self._pick(body) if self._pick else body

        monkeypatch.setattr(http, "decode", decode)

    @contextlib.contextmanager
    def answers(self, dice: random.Random) -> t.Iterator[None]:
        """Within this, one answer is another one."""
        share = dice.choice([0.3, 0.6, 1])
        self.told = ""

        def pick(body: t.Any) -> t.Any:
            if self.told or not isinstance(body, dict) or "error" in body or dice.random() > share:
                return body
            deepest = dice.randint(1, 7)
            path = dice.choice([path for path in places(body) if len(path) <= deepest])
            value = dice.choice(self._values)
            self.told = f"{path}: {'gone' if value is GONE else repr(value)}"
            return changed(body, path, value)

        self._pick = pick
        yield
        self._pick = None

    def everywhere(self, change: t.Callable[[t.Any], t.Any]) -> None:
        """From now on every answer is what `change` makes of it."""
        self._pick = lambda body: change(copy.deepcopy(body))


def places(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """The paths to everything in an answer; of long lists only the first entries."""
    entries = value.items() if isinstance(value, dict) else enumerate(value[:4]) if isinstance(value, list) else ()
    for name, inner in entries:
        yield (*path, name)
        yield from places(inner, (*path, name))


def changed(answer: t.Any, path: tuple[t.Any, ...], value: t.Any) -> t.Any:
    """The answer with another value in that place."""
    answer = inside = copy.deepcopy(answer)
    for name in path[:-1]:
        inside = inside[name]
    if value is GONE:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return answer


@pytest.fixture
def world(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> t.Iterator[EntraTenant]:
    """A tenant in which provisioning runs, and everything that a module could be told to do is there to be done.

    It does not measure requests by Microsoft's description: what is made of odd answers, such as odd ids, may be odd too.
    """
    monkeypatch.delenv(FILE_VARIABLE, raising=False)
    with Sandbox(tls=False) as sandbox:
        entra = EntraTenant(sandbox, capsys)
        entra.token = sandbox.entra.access_token()
        connection = {"graph_url": sandbox.graph_url, "access_token": entra.token, "consistency_timeout": IMPATIENT}
        entra.connection = lambda: connection
        entra.seed("ada", "bob", groups=["G1"])
        app = sandbox.entra.add_application(NAME)
        app.secrets.update({"BaseAddress": sandbox.base_url, "SecretToken": sandbox.token, "SyncAll": "false"})
        for module, options in (
            ("app_assignment", {"assignments": [{"user": "ada@corp.example", "role": "User"}]}),
            ("provisioning_job", {"state": "started"}),
        ):
            answer = run(entra, module, consistency_timeout=3, **options)
            assert not answer.get("failed"), answer
        sandbox.entra.cycle()
        yield entra


def run(entra: EntraTenant, module: str, **options: t.Any) -> dict[str, t.Any]:
    given = options if "needs" in options else {"display_name": NAME, **options}
    if module == "provisioning_settings":
        given = {"tenant_url": entra.sandbox.base_url, "secret_token": entra.sandbox.token, **given}
    return entra.run(f"entra_{module}", **given)


def parts_of(secret: str) -> set[str]:
    return {secret[start : start + 8] for start in range(len(secret) - 7)}


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("seed", [2, 3])
def test_h1_h2_whatever_an_answer_looks_like_there_is_a_result(
    world: EntraTenant, monkeypatch: pytest.MonkeyPatch, seed: int, check: bool
) -> None:
    odd, secret = Odd(monkeypatch, world.token), parts_of(world.token)
    for title, (module, options) in TASKS.items():
        for number in range(RUNS):
            with odd.answers(random.Random(f"{seed} {title} {number}")):
                try:
                    answer = run(world, module, check=check, diff=True, **options)
                except Exception as error:
                    raise AssertionError(f"{title} {number}: {odd.told}") from error
            told = {name: value for name, value in answer.items() if name not in ("reads", "writes")}
            text = json.dumps(told, ensure_ascii=False)
            assert "Traceback" not in text, odd.told
            assert not [part for part in secret if part in text], odd.told


def echoing(secret: str) -> t.Callable[[t.Any], t.Any]:
    """A schema that has a secret where a number belongs."""

    def change(body: t.Any) -> t.Any:
        for rule in body.get("synchronizationRules", ()) if isinstance(body, dict) else ():
            rule["objectMappings"][0]["attributeMappings"][0]["matchingPriority"] = f"echo {secret}"
        return body

    return change


def test_h1_a_secret_where_a_number_belongs_is_not_told(world: EntraTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    Odd(monkeypatch, world.token).everywhere(echoing(world.token))
    answer = run(world, "provisioning_mapping", groups={"enabled": False})
    assert answer["failed"]
    assert not answer["changed"]
    place = "synchronizationRules[0].objectMappings[0].attributeMappings[0].matchingPriority"
    assert f"{place} is a text, not a whole number" in answer["msg"]
    assert answer["writes"] == []


def test_m2_what_the_service_calls_a_type_is_scrubbed(world: EntraTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(body: t.Any) -> t.Any:
        for job in body.get("value", [body]) if isinstance(body, dict) else ():
            if "status" in job:
                job["status"]["synchronizedEntryCountByType"] = [{"key": f"x {world.token}", "value": 3}]
        return body

    Odd(monkeypatch, world.token).everywhere(change)
    assert run(world, "provisioning_info")["provisioning"]["counts"] == {"x ********": 3}


@pytest.mark.parametrize("key", ["directories", "synchronizationRules"])
@pytest.mark.parametrize("value", [GONE, [], None], ids=["gone", "empty", "null"])
def test_l4_a_schema_that_is_not_whole_is_not_written_back(
    world: EntraTenant, monkeypatch: pytest.MonkeyPatch, key: str, value: t.Any
) -> None:
    odd = Odd(monkeypatch, world.token)
    odd.everywhere(lambda body: changed(body, (key,), value) if isinstance(body, dict) and key in body else body)
    answer = run(world, "provisioning_mapping", groups={"enabled": False})
    assert answer["failed"]
    assert f"the schema: Microsoft Graph answers with something that this collection does not understand: {key} is" in answer["msg"]
    assert answer["writes"] == []


def test_l6_a_name_without_end_is_cut(world: EntraTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(body: t.Any) -> t.Any:
        for one in body.get("value", ()) if isinstance(body, dict) else ():
            if "principalDisplayName" in one:
                one["principalDisplayName"] = "A" * 2**20
        return body

    Odd(monkeypatch, world.token).everywhere(change)
    answer = run(world, "app_assignment", diff=True, assignments=[{"user": "ada@corp.example", "role": "User"}])
    assert not answer.get("failed")
    assert len(json.dumps(answer)) < 100_000
    assert answer["assignments"][0]["principal"].startswith("AAA")


def raising(error: Exception) -> t.Callable[..., t.Any]:
    """A function that only breaks."""

    def broken(*_given: t.Any, **_options: t.Any) -> t.Any:
        raise error

    return broken


def test_what_an_unknown_shape_breaks_is_one_sentence(world: EntraTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_entra_module, "make_result", raising(KeyError(f"echo {world.token}")))
    answer = run(world, "provisioning_info")
    assert answer["failed"]
    assert not answer["changed"]
    assert "does not understand (KeyError" in answer["msg"]
    assert "echo" not in json.dumps({**answer, "reads": []})


def test_what_breaks_after_a_write_is_told_as_a_change(world: EntraTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_entra_module, "make_result", raising(IndexError("echo")))
    answer = run(world, "gallery_app", template=NAME, display_name="Zscaler, broken", consistency_timeout=3)
    assert answer["failed"]
    assert answer["changed"]
    assert "1 write was sent; run it again to see what is left" in answer["msg"]


def test_the_scim_half_tells_of_a_machine_that_is_at_its_end(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_module, "converge", raising(MemoryError()))
    answer = company.apply({"users": [{"user_name": "ada@corp.example"}]})
    assert answer["failed"]
    assert "The machine that runs this task cannot go on: no memory (" in answer["msg"]


@pytest.mark.parametrize("error", [KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, OverflowError])
def test_the_scim_half_has_the_same_net(company: Company, monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    monkeypatch.setattr(_module, "converge", raising(error(f"echo {company.sandbox.token}")))
    answer = company.apply({"users": [{"user_name": "ada@corp.example"}]})
    assert answer["failed"]
    assert f"does not understand ({error.__name__}" in answer["msg"]
    assert "echo" not in json.dumps({**answer, "reads": []})
