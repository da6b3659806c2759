# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a tenant becomes entries, what cannot, and the law: whatever was exported, there is nothing to do."""

from __future__ import annotations

import json
import random
import re
import tempfile
import typing as t
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import Refusal
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export import gaps
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.adoption import Adoption, adopt
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.csv_text import write_csv
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.json_text import write_json
from ansible_collections.scimops.zscaler_one.plugins.module_utils._export.yaml_text import write_yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.document import build_document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.sources import read_sources
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Directory, Document, LiveGroup, LiveUser
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.directory import plan_directory
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.plan import Plan
from ansible_collections.scimops.zscaler_one.plugins.module_utils._planning.policy import Policy, Scope, check_document
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..planning.worlds import NO_LIMIT, directories, policies

FORMS: dict[str, t.Callable[..., str]] = {"yml": write_yaml, "json": write_json, "csv": write_csv}
ALL = Policy(limit=NO_LIMIT)
LONG = "x" * 200
BAD = ("", "Sales", LONG, " Sales", "a\u200bb", "{{ x }}", "a\nb", "\ufffd", "=1+1", "1e3", 'Ada, "the" first')
LOGINS = (
    "ada@corp.example",
    "ADA@corp.example",
    "bob@corp.example",
    "eve@other.example",
    "printer",
    "a b@corp.example",
    f"{LONG}@corp.example",
)
TITLES = ("Engineering", "engineering", "A;B", "[]", " Sales", "ü" * 64, "Zscaler Admins", 'Ops, "core"', "yes")

many = settings(deadline=None)


def adopted(directory: Directory, policy: Policy = ALL, form: str = "yml", most_groups: int = 128) -> Adoption:
    return adopt(directory, policy, flat=form == "csv", most_groups=most_groups)


def document_of(adoption: Adoption, form: str) -> Document:
    """What scim_directory reads of a file with this."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"state.{form}")
        path.write_text(FORMS[form](adoption.users, adoption.groups))
        return build_document(read_sources([str(path)])[0], today="2026-11-23")


def user(id: str, name: str, **values: t.Any) -> LiveUser:
    return LiveUser(id, name)._replace(**values)


@st.composite
def odd_directories(draw: st.DrawFn) -> Directory:
    """A tenant with all that no state file can say: names twice, ids twice, values of every kind, members whom nobody knows."""
    text = st.none() | st.sampled_from(BAD)
    users = tuple(
        LiveUser(
            f"u{number}",
            draw(st.sampled_from(LOGINS)),
            external_id=draw(st.none() | st.sampled_from(["", "hr-1", f"hr-{number}", LONG * 2])),
            display_name=draw(text),
            department=draw(text),
            email=draw(st.sampled_from([None, "", "a@mail.example", "none"])),
            active=draw(st.sampled_from([None, True, False])),
        )
        for number in range(draw(st.integers(1, 6)))
    )
    groups = tuple(
        LiveGroup(f"g{number}", draw(st.sampled_from(TITLES)), draw(st.sampled_from([None, "", "x1", f"x{number}", LONG * 2])))
        for number in range(draw(st.integers(0, 5)))
    )
    people = st.lists(st.sampled_from([*(one.id for one in users), "stranger"]), unique=True)
    return Directory(users, groups, {one.id: set(draw(people)) for one in groups})


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    return Scope(
        suffixes=draw(st.sampled_from([(), ("@corp.example",)])),
        external_id=draw(st.sampled_from([None, None, re.compile("^hr-")])),
        group_name=draw(st.sampled_from([None, None, re.compile("^[EOA]")])),
    )


def plan_of_what_was_exported(directory: Directory, policy: Policy, form: str) -> Plan:
    """What is left to do. Where something could not be declared, that is without pruning, for pruning would remove just that."""
    adoption = adopted(directory, policy, form)
    assume(adoption.users or adoption.groups)
    document = document_of(adoption, form)
    assert [user.user_name for user in document.users] == [entry["user_name"] for entry in adoption.users]
    policy = replace(
        policy,
        prune_users="none" if adoption.refusals or not document.users else policy.prune_users,
        prune_groups="none" if adoption.refusals or not document.groups else policy.prune_groups,
        membership="exact",
        missing_members="fail",
        external_id_conflict="fail",
        protected_users=(),
    )
    check_document(document, policy)
    return plan_directory(document, directory, policy)


@many
@given(directories(), policies(), st.sampled_from(list(FORMS)))
def test_what_was_exported_is_found_unchanged(directory: Directory, policy: Policy, form: str) -> None:
    plan = plan_of_what_was_exported(directory, policy, form)
    assert plan.empty, plan
    assert plan.failures == ()


@many
@given(odd_directories(), scopes(), st.sampled_from(["none", "disable", "delete"]), st.sampled_from(list(FORMS)))
def test_so_it_is_where_much_cannot_be_declared(directory: Directory, scope: Scope, prune: str, form: str) -> None:
    policy = replace(ALL, scope=scope, prune_users=prune, prune_groups="none" if prune == "none" else "delete")
    plan = plan_of_what_was_exported(directory, policy, form)
    assert plan.empty, plan
    assert plan.failures == ()


@many
@given(odd_directories(), st.sampled_from(list(FORMS)), st.randoms(use_true_random=False))
def test_the_order_of_the_service_decides_nothing(directory: Directory, form: str, chance: random.Random) -> None:
    """Nor do its ids, which are others in the same tenant made anew."""

    def told(adoption: Adoption) -> tuple[t.Any, ...]:
        return FORMS[form](adoption.users, adoption.groups), adoption.summary, adoption.protected, adoption.unseen

    users, groups = ([*chance.sample(one, len(one))] for one in (directory.users, directory.groups))
    shuffled = replace(directory, users=tuple(users), groups=tuple(groups))
    assert told(adopted(shuffled, ALL, form)) == told(adopted(directory, ALL, form))
    assert adopted(shuffled, ALL, form).warnings == adopted(directory, ALL, form).warnings
    names = {
        id: f"new-{number}" for number, id in enumerate(chance.sample([one.id for one in (*users, *groups)], len(users) + len(groups)))
    }
    members = {names[id]: {names.get(one, one) for one in found} for id, found in (directory.members or {}).items()}
    renumbered = Directory(
        tuple(one._replace(id=names[one.id]) for one in users), tuple(one._replace(id=names[one.id]) for one in groups), members
    )
    assert told(adopted(renumbered, ALL, form)) == told(adopted(directory, ALL, form))


@many
@given(odd_directories(), scopes(), st.sampled_from(list(FORMS)))
def test_whoever_is_in_scope_is_in_the_file_or_named(directory: Directory, scope: Scope, form: str) -> None:
    adoption = adopted(directory, replace(ALL, scope=scope), form)
    summary = adoption.summary
    assert sum(summary["users"].values()) == len(directory.users)
    assert sum(summary["groups"].values()) == len(directory.groups)
    named = {gap.name for gap in adoption.refusals if gap.kind == "user" and not gap.field}
    for live in directory.users:
        ours = scope.has_user(live.user_name, live.external_id)
        assert (live.user_name in {entry["user_name"] for entry in adoption.users}) <= ours
        assert not ours or live.user_name in named or live.user_name in {entry["user_name"] for entry in adoption.users}


SCHEMA = jsonschema.Draft7Validator(json.loads((Path(__file__).parents[5] / "docs" / "schema" / "state.json").read_text()))


@many
@given(odd_directories())
def test_editors_find_no_fault_in_the_file(directory: Directory) -> None:
    adoption = adopted(directory, form="json")
    assume(adoption.users)
    assert list(SCHEMA.iter_errors(json.loads(write_json(adoption.users, adoption.groups)))) == []


def test_an_entry_has_what_is_there_and_no_id() -> None:
    ada = LiveUser("7", "ada@corp.example", "hr-1", "Ada", "", None, "ada@mail.example", "Research", True)
    adoption = adopted(Directory((ada, user("8", "bob@corp.example", active=False)), (LiveGroup("9", "Ops", "x"),), {"9": {"8", "7"}}))
    assert adoption.users == [
        {
            "user_name": "ada@corp.example",
            "external_id": "hr-1",
            "display_name": "Ada",
            "email": "ada@mail.example",
            "department": "Research",
            "active": True,
        },
        {"user_name": "bob@corp.example", "active": False},
    ]
    assert adoption.groups == [{"display_name": "Ops", "external_id": "x", "members": ["ada@corp.example", "bob@corp.example"]}]
    assert adoption.unseen == ["family_name"]
    assert adoption.refusals == adoption.gaps == adoption.warnings == []


def test_names_are_sorted_as_they_are_compared_then_to_the_letter() -> None:
    names = ["Zoe@x.example", "a\u0308@x.example", "ä1@x.example", "B@x.example", "a@x.example", "b1@x.example"]
    users = tuple(user(str(number), name) for number, name in enumerate(names))
    adoption = adopted(Directory(users, (LiveGroup("g", "All", None),), {"g": {one.id for one in users}}))
    expected = ["a@x.example", "b1@x.example", "B@x.example", "Zoe@x.example", "ä1@x.example", "a\u0308@x.example"]
    assert [entry["user_name"] for entry in adoption.users] == expected
    assert adoption.groups[0]["members"] == expected


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"department": LONG}, "has 200 characters"),
        ({"department": "a\u200bb"}, "an invisible character"),
        ({"department": "a\x1b[31m"}, "a control character"),
        ({"department": " Sales"}, "begins or ends with a space"),
        ({"display_name": "{{ name }}"}, "looks like a template"),
        ({"email": "none"}, "is no mail address"),
        ({"external_id": LONG * 2}, "has 400 characters"),
    ],
)
def test_values_that_no_file_can_have_are_left_out_and_named(values: dict[str, str], reason: str) -> None:
    (field,) = values
    adoption = adopted(Directory((user("1", "ada@corp.example", active=True, **values), user("2", "bob@corp.example")), (), {}))
    assert adoption.users == [{"user_name": "ada@corp.example", "active": True}, {"user_name": "bob@corp.example"}]
    assert adoption.refusals == []
    ((kind, name, left_out, why, ids),) = adoption.gaps
    assert (kind, name, left_out, ids) == ("user", "ada@corp.example", field, ("1",))
    assert reason in why
    (warning,) = gaps.warn(adoption.gaps)
    assert f"{field} of 1 user: ada@corp.example (" in warning
    assert warning.isprintable()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("printer", "has no '@'"),
        (f"{LONG}@corp.example", "at most 127"),
        ("a\u200b@corp.example", "an invisible character"),
        (" a@x.example", "space"),
    ],
)
def test_a_user_who_is_no_login_is_refused_by_id(name: str, reason: str) -> None:
    adoption = adopted(Directory((user("17", name), user("2", "bob@corp.example")), (), {}))
    (refusal,) = adoption.refusals
    assert (refusal.name, refusal.field, refusal.ids) == (name, "", ("17",))
    assert reason in refusal.reason
    with pytest.raises(Refusal, match=r"id 17\).*no file was written|no file was written.*\n.*id 17\)"):
        gaps.refuse(adoption.refusals)


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize(
    ("names", "external_ids"),
    [
        (("ada@corp.example", "ADA@corp.example"), ("hr-1", "hr-2")),
        (("zoë@corp.example", "zoe\u0308@corp.example"), ("", "")),
        (("ada@corp.example", "bob@corp.example"), ("hr-1", "hr-1")),
    ],
    ids=["case", "Unicode form", "externalId"],
)
def test_law_03_two_that_are_one_to_a_file_are_refused_with_both_ids(
    form: str, names: tuple[str, str], external_ids: tuple[str, str]
) -> None:
    twins = tuple(user(id, name, external_id=one) for id, name, one in zip(("id-1", "id-2"), names, external_ids, strict=True))
    adoption = adopted(Directory((*twins, user("3", "eve@corp.example")), (), {}), ALL, form)
    assert len(adoption.refusals) == 2
    for refusal in adoption.refusals:
        assert "id-1" in refusal.reason
        assert "id-2" in refusal.reason


def test_one_twin_out_of_scope_is_a_twin_all_the_same() -> None:
    """scim_directory would not know which of them is meant: it matches among all."""
    scope = Scope(external_id=re.compile("^hr-"))
    directory = Directory(
        (user("1", "ada@corp.example", external_id="hr-1"), user("2", "ADA@corp.example"), user("3", "bob@corp.example")), (), {}
    )
    adoption = adopted(directory, replace(ALL, scope=scope))
    assert [refusal.ids for refusal in adoption.refusals] == [("1",)]


PAIR = (user("1", "ada@corp.example"), user("2", "bob@other.example"))


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("title", ["Service Admin", "Zscaler Admins", "Dynamic Group 7"])
def test_f59_groups_of_zscaler_s_own_are_left_out(form: str, title: str) -> None:
    directory = Directory(PAIR, (LiveGroup("g", title), LiveGroup("h", "Ops")), {"g": {"1"}, "h": {"1"}})
    adoption = adopted(directory, ALL, form)
    assert adoption.protected == [title]
    assert title not in FORMS[form](adoption.users, adoption.groups)
    assert adoption.summary["groups"] == {"exported": 1, "out_of_scope": 0, "protected": 1, "left_out": 0}
    # Whom somebody makes an administrator later is none of the file's business.
    later = replace(directory, members={"g": {"1", "2"}, "h": {"1"}})
    assert plan_directory(document_of(adoption, form), later, replace(ALL, prune_users="delete")).empty
    everything = adopted(directory, replace(ALL, protected_groups=()), form)
    assert title in FORMS[form](everything.users, everything.groups)


@pytest.mark.parametrize("form", list(FORMS))
def test_members_out_of_scope_are_left_out_and_counted(form: str) -> None:
    policy = replace(ALL, scope=Scope(suffixes=("@corp.example",)))
    adoption = adopted(Directory(PAIR, (LiveGroup("g", "Ops"),), {"g": {"1", "2"}}), policy, form)
    assert "bob" not in FORMS[form](adoption.users, adoption.groups)
    assert adoption.summary == {
        "users": {"exported": 1, "out_of_scope": 1, "left_out": 0},
        "groups": {"exported": 1, "out_of_scope": 0, "protected": 0, "left_out": 0},
        "memberships": {"exported": 1, "left_out": 1},
    }


def test_members_whom_the_listing_lacks_are_a_reason_to_write_nothing() -> None:
    """Or the listing of users is cut off, which nothing else would show."""
    adoption = adopted(Directory(PAIR, (LiveGroup("g", "Ops"),), {"g": {"1", "17", "18"}}))
    (refusal,) = adoption.refusals
    assert (refusal.kind, refusal.name, refusal.field) == ("group", "Ops", "members")
    assert "2 of 3 are listed as no user" in refusal.reason
    assert adoption.groups == [{"display_name": "Ops", "membership": "append", "members": ["ada@corp.example"]}]


def test_groups_that_only_users_show_are_a_reason_too() -> None:
    (refusal,) = adopted(Directory(PAIR, unlisted_groups=frozenset({"g2", "g1"}))).refusals
    assert refusal.ids == ("g1", "g2")


def test_in_csv_users_have_their_groups_and_what_is_lost_is_named() -> None:
    groups = (LiveGroup("g", "Ops", "x1"), LiveGroup("h", "Empty"), LiveGroup("i", "Alpha"))
    adoption = adopted(Directory(PAIR, groups, {"g": {"1"}, "h": set(), "i": {"1"}}), ALL, "csv")
    assert [entry["groups"] for entry in adoption.users] == [["Alpha", "Ops"], []]
    assert adoption.groups == []
    empty, external_id = adoption.warnings
    assert empty.endswith("that no user in the file has; YAML and JSON have: Empty")
    assert external_id.endswith("the external_id of groups; YAML and JSON have: Ops")
    assert adoption.summary["groups"] == {"exported": 2, "out_of_scope": 0, "protected": 0, "left_out": 1}
    assert adoption.summary["memberships"] == {"exported": 2, "left_out": 0}


@pytest.mark.parametrize("title", ["A;B", "[]"])
def test_a_group_that_csv_cannot_have_is_refused_and_nobody_loses_it(title: str) -> None:
    directory = Directory(PAIR, (LiveGroup("g", title), LiveGroup("h", "Ops")), {"g": {"1"}, "h": {"1", "2"}})
    assert adopted(directory).refusals == []
    adoption = adopted(directory, ALL, "csv")
    (refusal,) = adoption.refusals
    assert (refusal.kind, refusal.name, refusal.ids) == ("group", title, ("g",))
    assert [entry.get("groups") for entry in adoption.users] == [None, ["Ops"]]
    assert [(gap.name, gap.field) for gap in adoption.gaps] == [("ada@corp.example", "groups")]


def test_more_groups_than_a_user_may_declare_are_refused_in_csv_alone() -> None:
    groups = tuple(LiveGroup(f"g{number}", f"Group {number}") for number in range(3))
    directory = Directory(PAIR, groups, {one.id: {"1"} for one in groups})
    assert adopted(directory, most_groups=2).refusals == adopted(directory, ALL, "csv", most_groups=0).refusals == []
    (refusal,) = adopted(directory, ALL, "csv", most_groups=2).refusals
    assert (refusal.name, refusal.field) == ("ada@corp.example", "groups")


def test_cells_that_a_spreadsheet_would_calculate_are_named_in_csv_alone() -> None:
    directory = Directory((user("1", "ada@corp.example", display_name="=HYPERLINK(1)"),), (), {})
    assert adopted(directory).warnings == []
    assert "ada@corp.example (display_name)" in str(adopted(directory, ALL, "csv").warnings)
    directory = Directory((user("1", "ada@corp.example"),), (LiveGroup("g", "=1+1"),), {"g": {"1"}})
    assert "ada@corp.example (groups)" in str(adopted(directory, ALL, "csv").warnings)


def test_a_long_list_of_gaps_is_cut_and_counted() -> None:
    found = [gaps.Gap("user", f"user{number}", "", "has no '@'", (str(number),)) for number in range(300)]
    (warning,) = gaps.warn(found)
    assert "lacks 300 users" in warning
    assert warning.endswith("and 290 more")
    assert len(gaps.list_gaps(found)) == 200
    with pytest.raises(Refusal, match="and 280 more") as refused:
        gaps.refuse(found)
    assert len(t.cast("list[t.Any]", refused.value.details["undeclarable"])) == 200
    gaps.refuse([])
