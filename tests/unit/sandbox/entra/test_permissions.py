# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the sandbox takes for each request is what Microsoft's permission index says, and so is what the modules advise.

The index (graph-permissions-matrix.json) lies beside the file that GRAPH_OPENAPI names; without it these tests are skipped.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.permissions import permission
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra import permissions
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.contract import FILE_VARIABLE
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.permissions import OWNED, is_enough
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.routes import Table
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

TABLE = Table(Sandbox().entra)
ROWS = [(method, route) for route, method in TABLE.names()]
VOCABULARY = {value for value in vars(permissions).values() if isinstance(value, str) and re.fullmatch(r"[A-Z]\w+(\.\w+)+", value)}
"""The permissions that the sandbox knows; the index has many more, most of them for wider access."""

SYNCHRONIZATION, POLICY = "/servicePrincipals/{id}/synchronization", "/servicePrincipals/{id}/claimsMappingPolicies"
NOT_IN_THE_INDEX = {
    ("GET", "/applicationTemplates"): "the gallery is open to every client",
    ("GET", "/applicationTemplates/{id}"): "the gallery is open to every client",
    ("GET", "/directory/deletedItems/graph.application"): "as any list of applications",
    ("GET", f"{SYNCHRONIZATION}/secrets"): "published without a row; as the PUT",
    ("POST", f"{SYNCHRONIZATION}/jobs/validateCredentials"): "published without a row; as that of a job",
    ("PATCH", f"{SYNCHRONIZATION}/jobs/{{id}}/schema"): "does not work",
    ("GET", f"{SYNCHRONIZATION}/jobs/{{id}}/schema/directories"): "part of the schema; no module asks",
    ("GET", f"{SYNCHRONIZATION}/jobs/{{id}}/schema/directories/{{id}}"): "part of the schema; no module asks",
}
OTHERWISE = {
    ("POST", "/directory/deletedItems/{id}/restore"): "the index has only what restores a user",
    ("GET", "/directoryObjects/{id}"): "the index has only what reads all of the directory; no module asks",
    ("POST", "/directoryObjects/getByIds"): "the index has only what reads all of the directory; no module asks",
    ("POST", f"{SYNCHRONIZATION}/jobs/{{id}}/schema/directories/{{id}}/discover"): "the index has only what writes all of the directory",
    (
        "POST",
        "/servicePrincipals/{id}/appRoleAssignedTo",
    ): "the index also has Application.ReadWrite.All alone; the page does not",
    ("DELETE", "/servicePrincipals/{id}/appRoleAssignedTo/{id}"): "the same",
}


@pytest.fixture(scope="module")
def index():
    """For each verb and address the sets of application permissions, each enough."""
    path = Path(os.environ.get(FILE_VARIABLE) or "nowhere").parent / "graph-permissions-matrix.json"
    if not path.is_file():
        pytest.skip(f"{FILE_VARIABLE} names no file beside which the permission index lies")
    operations = json.loads(path.read_text())["operations"]
    return {(one["method"], re.sub(r"\{[^}]*\}", "{id}", one["path"]).replace("()", "")): choices(one["application"]) for one in operations}


def choices(application):
    """The sets of one row: a permission alone, or with each of those of which it also requires one."""
    also = application.get("alsoRequiresOneOf", {})
    names = [*application["least"], *application["higher"]]
    return {frozenset({name, *more}) for name in names for more in ([[other] for other in also[name]] if name in also else [[]])}


def known(sets, route):
    """Those that the sandbox has words for; of fact P3, that being the owner is not enough for synchronization."""
    of_owners = {frozenset({OWNED})} if "/synchronization" in route else set()
    return {one for one in sets if one <= VOCABULARY} - of_owners


@pytest.mark.parametrize(("method", "route"), [row for row in ROWS if row not in NOT_IN_THE_INDEX | OTHERWISE])
def test_the_sandbox_takes_what_the_index_says(index, method, route):
    assert set(TABLE.permissions(route, method)) == known(index[(method, route)], route)


def test_the_exceptions_are_ones(index):
    assert (NOT_IN_THE_INDEX.keys() | OTHERWISE.keys()) <= set(ROWS)
    assert NOT_IN_THE_INDEX.keys() & index.keys() == set()
    for method, route in OTHERWISE:
        assert set(TABLE.permissions(route, method)) != known(index[(method, route)], route), route


def test_p3_the_owner_alone_may_not_touch_synchronization():
    for method, route in ROWS:
        assert not ("/synchronization" in route and is_enough(TABLE.permissions(route, method), {OWNED}, ())), route


UNASKED = re.compile(r"/directoryObjects|/appRoleAssignments$")
"""What no module asks for, so that there is no advice on it."""


def advised(method, route):
    """The sets that a module would advise: C(X), C(X and Y), C(X (or Z))."""
    text = permission(f"{method} {route.strip('/').replace('{id}', '1')}")
    sets = [set()]
    for part in filter(None, text.split(" and ")):
        sets = [one | {name} for one in sets for name in re.findall(r"[A-Z]\w+(?:\.\w+)+", part)]
    return sets


@pytest.mark.parametrize(("method", "route"), [row for row in ROWS if not UNASKED.search(row[1])])
def test_what_is_advised_is_enough(method, route):
    needed = TABLE.permissions(route, method)
    assert needed == () or advised(method, route) != [set()]
    for names in advised(method, route):
        assert is_enough(needed, names or {"none"}, ()), names
        assert not [name for name in names if needed and is_enough(needed, names - {name} or {"none"}, ())], "more than is needed"


def test_the_advice_for_policies_names_both():
    assert advised("GET", POLICY) == [{"Policy.Read.All", OWNED}, {"Policy.Read.All", "Application.ReadWrite.All"}]
