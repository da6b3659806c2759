# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wire against scim2-server, a SCIM service by the letter of the RFCs that nobody here wrote."""

from __future__ import annotations

import secrets
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._converge import Order, converge
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import ServiceError, Unauthorized
from ansible_collections.scimops.zscaler_one.plugins.module_utils._limit import Limit
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import DesiredGroup, DesiredUser, Document, Member, Place
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.http import Http
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.pace import Pace
from ansible_collections.scimops.zscaler_one.plugins.module_utils._transport.secrets import Scrubber
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bodies import patch
from ansible_collections.scimops.zscaler_one.plugins.module_utils._wire.bulk_service import BulkService

pytest.importorskip("scim2_server")

from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.testserver.cli import ThreadingWSGIServer
from scim2_server.utils import load_default_provider

ADA = {
    "external_id": "hr-17",
    "display_name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "email": "ada.l@corp.example",
    "department": "Research",
    "active": True,
}


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def connect(tmp_path):
    """Makes services on one tenant; `token` replaces the right one."""
    right = secrets.token_urlsafe(24)
    application = BearerTokenApplication(InMemoryStorage(), load_default_provider(), bearer_tokens=[right])
    server = make_server("127.0.0.1", 0, application, server_class=ThreadingWSGIServer, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    connections = []

    def make(*, token=right, **options):
        url = f"http://127.0.0.1:{server.server_port}/v2"
        pace = Pace(url, 0, directory=str(tmp_path))
        connections.append(Http(url, authorize=lambda: f"Bearer {token}", pace=pace, scrub=Scrubber([token]), read_only=False))
        return BulkService(connections[-1], **options)

    yield make
    for connection in connections:
        connection.close()
    server.shutdown()
    server.server_close()


def shown(wire, name):
    (user,) = [user for user in wire.read(declared=list(ADA)).users if user.user_name == name]
    return {attribute: getattr(user, attribute) for attribute in ADA}


@pytest.mark.parametrize("update_method", ["patch", "put"])
def test_users(connect, update_method):
    wire = connect(update_method=update_method)
    created = wire.create_user("ada@corp.example", ADA)
    wire.create_user("bob@corp.example", ADA | {"external_id": "hr-18"})
    assert shown(wire, "ada@corp.example") == ADA
    changed = {"display_name": "Ada L", "email": "new@corp.example", "department": "Sales", "active": False}
    wire.update_user(created.id, changed)
    assert shown(wire, "ada@corp.example") == ADA | changed
    cleared = {"given_name": "", "email": "", "department": "", "external_id": ""}
    wire.update_user(created.id, cleared)
    assert shown(wire, "ada@corp.example") == ADA | changed | cleared
    wire.update_user(created.id, {"user_name": "countess@corp.example", "email": "again@corp.example"})
    assert shown(wire, "countess@corp.example")["email"] == "again@corp.example"
    wire.delete_user(created.id)
    wire.delete_user(created.id)
    assert [user.user_name for user in wire.read().users] == ["bob@corp.example"]


@pytest.mark.parametrize("update_method", ["patch", "put"])
def test_groups_and_members(connect, update_method):
    wire = connect(update_method=update_method, members_per_request=3)
    ids = [wire.create_user(f"user{number}@corp.example", {}).id for number in range(8)]
    group = wire.create_group("devs", {"external_id": "grp-1"}).id
    assert wire.change_members(group, ids[:6], []) == {}
    assert wire.change_members(group, ids[6:], [*ids[:2], "nobody"]) == {}
    assert wire.read().members == {group: set(ids[2:])}
    wire.update_group(group, {"display_name": "Developers"})
    ((found, members),) = wire.find_groups(display_name="developers", members=True)
    assert (found.id, found.external_id, members) == (group, "grp-1", set(ids[2:]))
    wire.delete_group(group)
    assert wire.read().groups == ()


@pytest.mark.parametrize("count", [0, 1, 9, 10, 25])
def test_listings_in_pages(connect, count):
    wire = connect(page_size=10)
    names = [f"user{number}@corp.example" for number in range(count)]
    for name in names:
        wire.create_user(name, {})
    directory = wire.read(groups=False)
    assert sorted(user.user_name for user in directory.users) == sorted(names)
    assert directory.doubts == ()


NAMES = ['quo"te', "back\\slash", 'x" or userName pr or userName eq "y', "a+b&c=d%20#e?f", "zoë.ünlü"]


@pytest.mark.parametrize("name", [f"{name}@corp.example" for name in NAMES])
def test_b13_b16_look_ups(connect, name):
    wire = connect()
    wire.create_user("other@corp.example", {})
    created = wire.create_user(name, {"external_id": name})
    assert [user.id for user in wire.find_users(user_name=name)] == [created.id]
    assert [user.id for user in wire.find_users(external_id=name)] == [created.id]
    assert [user.id for user in wire.find_users(id=created.id)] == [created.id]


def test_f30_a_case_variant_is_adopted_and_another_identity_is_a_conflict(connect):
    wire = connect()
    first = wire.create_user("Ada@corp.example", {"external_id": "x"})
    adopted = wire.create_user("ada@CORP.example", {"external_id": "x"})
    assert (adopted.id, adopted.adopted) == (first.id, True)
    with pytest.raises(ServiceError, match=f"id {first.id}"):
        wire.create_user("ada@corp.example", {"external_id": "y"})


def test_one_of_several_addresses_is_changed(connect):
    wire = connect()
    created = wire.create_user("ada@corp.example", ADA)
    home = {"value": "home@corp.example", "type": "home"}
    wire._http.send("PATCH", f"Users/{created.id}", body=patch([{"op": "add", "path": "emails", "value": [home]}]))
    fresh = connect()
    fresh.read()
    fresh.update_user(created.id, {"email": "new@corp.example"})
    emails = fresh.get("Users", created.id)["emails"]
    assert {entry["value"] for entry in emails} == {"new@corp.example", "home@corp.example"}
    fresh.update_user(created.id, {"email": ""})
    assert [entry["value"] for entry in fresh.get("Users", created.id)["emails"]] == ["home@corp.example"]


def test_discovery_and_a_wrong_token(connect):
    wire = connect()
    told = wire.capabilities()
    assert (told.patch, told.filter) == (True, True)
    assert "urn:ietf:params:scim:schemas:core:2.0:User" in wire.schemas()
    with pytest.raises(Unauthorized):
        connect(token="not-a-real-token-" + secrets.token_hex(8)).read()


def declared(users, groups):
    """A document with so many people, some of them in each group."""
    here = Place("", 0, "")
    names = [f"n{number}@corp.example" for number in users]
    # This service takes whatever begins like this for a reference, and refuses it.
    people = tuple(DesiredUser(name, here, {"display_name": "bulkId:x" if "40@" in name else name, "active": True}) for name in names)
    members = tuple(Member(name, here) for name in names[::2])
    return Document(people, tuple(DesiredGroup(f"G{number}", here, members=members) for number in groups))


def test_p9_bulk(connect):
    policy = Policy(prune_users="delete", prune_groups="delete", limit=Limit(100, 1000, 1000))
    sizes = []
    for document in (declared(range(120), range(4)), declared(range(40, 150), range(2, 5))):
        service = connect()
        order = Order(
            document, policy, lambda service: service.read(declared=["display_name", "active"]), listed=True, verify=True, bulk="auto"
        )
        http = service._http
        result = converge(order, service, dry=False, sleep=lambda _seconds: None)
        assert (result.failures, result.stopped, result.warnings) == ([], "", [])
        sizes.append((len(result.operations), http.counts.by_method["POST"]))
        again = converge(order, connect(), dry=True, sleep=lambda _seconds: None)
        assert again.operations == []
    assert all(writes > 150 and posts <= 8 for writes, posts in sizes), sizes
