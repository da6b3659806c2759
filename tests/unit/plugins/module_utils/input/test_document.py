# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What entries may hold, and what a document may not (rows B1-B28, B37, B45-B49, B55, B58, B60 of the bad-input matrix)."""

from __future__ import annotations

import copy
import secrets
import typing as t
from types import MappingProxyType

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.document import build_document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.entries import Inspection, check_group, check_user
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.fields import GROUP_FIELDS, USER_FIELDS, Raw, Unquoted
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.sources import inline_entries
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.text import UNRESOLVED
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Document, Place
from hypothesis import given, settings
from hypothesis import strategies as st

TODAY = "2026-11-22"
ADA: dict[str, object] = {"user_name": "ada@corp.example"}


def build(users: list[t.Any] | None = None, groups: list[t.Any] | None = None, **options: t.Any) -> Document:
    # Copies, because a document uses its entries up.
    raw = [Raw("user", Place("people.json", 0, f"users[{index}]"), copy.copy(user)) for index, user in enumerate(users or [])]
    raw += [Raw("group", Place("people.json", 0, f"groups[{index}]"), group) for index, group in enumerate(groups or [])]
    return build_document(raw, today=TODAY, **options)


def problems(users: list[t.Any] | None = None, groups: list[t.Any] | None = None, **options: t.Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        build(users, groups, **options)
    return [str(problem) for problem in caught.value.problems]


def one(users: list[t.Any] | None = None, groups: list[t.Any] | None = None, **options: t.Any) -> str:
    found = problems(users, groups, **options)
    assert len(found) == 1, found
    return found[0]


def test_a_whole_document() -> None:
    document = build(
        [{**ADA, "external_id": "hr-17", "display_name": "Ada Lovelace", "active": False, "groups": ["Engineering"]}],
        [{"display_name": "Engineering", "previous_names": ["Eng"], "membership": "exact", "members": ["bob@corp.example"]}],
    )
    (user,), (group,) = document.users, document.groups
    assert user.values == {"external_id": "hr-17", "display_name": "Ada Lovelace", "active": False}
    assert (user.user_name, user.groups, user.present) == ("ada@corp.example", ("Engineering",), True)
    assert (group.display_name, group.previous_names, group.membership, group.external_id) == ("Engineering", ("Eng",), "exact", None)
    assert group.members is not None
    assert [(member.user_name, str(member.place)) for member in group.members] == [("bob@corp.example", "people.json (groups[0])")]


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        pytest.param({"display_name": "Ada"}, "is missing", id="b01"),
        pytest.param({"user_name": ""}, "is empty", id="b02"),
        pytest.param({"user_name": "  "}, "holds nothing but spaces", id="b03-spaces"),
        pytest.param({"user_name": "\u00a0"}, "holds nothing but spaces", id="b03-nbsp"),
        pytest.param({"user_name": " ada@corp.example"}, "begins or ends with a space", id="b04-front"),
        pytest.param({"user_name": "ada@corp.example\u2003"}, "begins or ends with a space", id="b04-em-space"),
        pytest.param({"user_name": "ad\u00a0a@corp.example"}, "U+00A0", id="b04-inside"),
        pytest.param({"user_name": "ad\u200ba@corp.example"}, "invisible character (U+200B at position 3)", id="b11-zero-width"),
        pytest.param({"user_name": "ad\u202ea@corp.example"}, "invisible character (U+202E", id="b11-bidi"),
        pytest.param({"user_name": "ad\u3164a@corp.example"}, "invisible character (U+3164", id="b11-filler"),
        pytest.param({"user_name": "ad\u200da@corp.example"}, "invisible character (U+200D", id="b11-joiner"),
        pytest.param({"user_name": "ada\x00@corp.example"}, "control character (U+0000", id="b12-nul"),
        pytest.param({"user_name": "ada\r\nX: y@corp.example"}, "control character (U+000D", id="b12-crlf"),
        pytest.param({"user_name": "ada\x85@corp.example"}, "control character (U+0085", id="b12-c1"),
        pytest.param({"user_name": "a" * 115 + "@corp.example"}, "has 128 characters; at most 127", id="b18"),
        pytest.param({"user_name": "ada"}, "has no '@'", id="b18-no-at"),
        pytest.param({"user_name": "@corp.example"}, "both sides of the '@'", id="b18-no-user"),
        pytest.param({"user_name": "ada@"}, "both sides of the '@'", id="b18-no-domain"),
        pytest.param({"user_name": 12345}, "expected text, got an integer; put it in quotes", id="b19-int"),
        pytest.param({"user_name": ["ada@corp.example"]}, "expected text, got a list", id="b19-list"),
        pytest.param({"user_name": None}, "is null", id="b19-null"),
        pytest.param({"user_name": Unquoted("1e3", "a number")}, "expected text, got a number; put it in quotes", id="b19-number"),
        pytest.param({"user_name": "{{ user }}"}, "was not resolved", id="b37-template"),
        pytest.param({"user_name": "********@corp.example"}, "was not resolved", id="b37-mask"),
        pytest.param({"user_name": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}, "was not resolved", id="b37-no-log"),
        pytest.param({"user_name": "$ANSIBLE_VAULT;1.1;AES256 61@x"}, "was not resolved", id="b37-vault"),
        pytest.param({"user_name": "ada\ud800@corp.example"}, "half of a surrogate pair", id="b46-surrogate"),
        pytest.param({"user_name": "ada\ufffd@corp.example"}, "damaged", id="b46-replacement"),
        pytest.param({"user_name": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER@corp.example"}, "was not resolved", id="b37-no-log-at"),
    ],
)
def test_b01_b02_b03_b04_b11_b12_b18_b19_b37_b46_user_names_that_are_refused(user: dict[str, object], reason: str) -> None:
    found = one([ADA | {"user_name": "bob@corp.example"}, user])
    assert found.startswith("people.json (users[1]): user_name: ")
    assert reason in found


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('o"brien@corp.example', id="b13"),
        pytest.param("dom\\ada@corp.example", id="b14"),
        pytest.param('x" or userName pr or userName eq "y@corp.example', id="b15"),
        pytest.param("a%2f&b+c#d?e/..@corp.example", id="b16"),
        pytest.param("=cmd@corp.example", id="b40-equals"),
        pytest.param("@ada@corp.example", id="b40-at"),
        pytest.param("\u05d0\u05d1\u05d2@corp.example", id="b46-rtl"),
        pytest.param("\U0001f600@corp.example", id="b46-emoji"),
        pytest.param("a" * 114 + "@corp.example", id="b18-longest"),
    ],
)
def test_b13_b14_b15_b16_b40_b46_user_names_that_are_kept_as_they_are(name: str) -> None:
    assert build([{"user_name": name}]).users[0].user_name == name


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30 1",
        "-x",
        "@home",
        "\u0645\u062d\u0645\u062f",
        "\U0001f469\u200d\U0001f4bb Ada",
        "\u2764\ufe0f\u200d\U0001f525",
        "山田\u3000太郎",
    ],
)
def test_b40_b46_display_names_round_trip(text: str) -> None:
    assert build([{**ADA, "display_name": text}]).users[0].values == {"display_name": text}


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        pytest.param("ada@corp.example", "ada@corp.example", "is declared twice; first at a.yml:3 (users[0]); keep one", id="b05"),
        pytest.param("ada@corp.example", "Ada@CORP.example", 'as "ada@corp.example", which is the same name', id="b06"),
        pytest.param("zo\u00eb@corp.example", "zoe\u0308@corp.example", "which is the same name", id="b07"),
        pytest.param("stra\u00dfe@corp.example", "STRASSE@corp.example", "which is the same name", id="b08-sharp-s"),
        pytest.param("kim@corp.example", "\u212aim@corp.example", "which is the same name", id="b08-kelvin"),
    ],
)
def test_b05_b06_b07_b08_b45_the_same_user_twice_names_both_places(first: str, second: str, words: str) -> None:
    raw = [
        Raw("user", Place("a.yml", 3, "users[0]"), {"user_name": first, "department": "Research"}),
        Raw("user", Place("b.csv", 9, ""), {"user_name": second, "department": "Sales"}),
    ]
    with pytest.raises(InputError) as caught:
        build_document(raw, today=TODAY)
    (problem,) = caught.value.problems
    assert (problem.place, problem.field) == ("b.csv:9", "user_name")
    assert words in problem.reason


def test_b08_the_dotless_i_is_another_letter() -> None:
    assert len(build([{"user_name": "ali@corp.example"}, {"user_name": "al\u0131@corp.example"}]).users) == 2


def test_b09_external_ids_and_ids_belong_to_one_user() -> None:
    users = [{"user_name": f"{name}@corp.example", "external_id": "hr-1", "id": "7"} for name in ("ada", "bob")]
    assert [found.split(";")[0] for found in problems(users)] == [
        'people.json (users[1]): external_id: "hr-1" is declared twice',
        'people.json (users[1]): id: "7" is declared twice',
    ]
    assert len(build([{"user_name": f"{name}@corp.example", "external_id": ""} for name in ("ada", "bob")]).users) == 2
    assert len(build([{**ADA, "external_id": "hr"}, {"user_name": "bob@corp.example", "external_id": "HR"}]).users) == 2
    assert "external_id" in one(groups=[{"display_name": name, "external_id": "7"} for name in ("A", "B")])


def test_b10_letters_that_look_latin_are_a_warning_with_code_points() -> None:
    document = build(
        [{"user_name": "\u0430da@corp.example", "display_name": "\u0410\u0434\u0430 Lovelace", "department": "R\u0435search"}],
        [{"display_name": "\u041e\u0442\u0434\u0435\u043b IT"}],
    )
    assert len(document.warnings) == 2
    assert "people.json (users[0]): user_name" in document.warnings[0]
    assert "U+0430 CYRILLIC SMALL LETTER A" in document.warnings[0]
    assert "department" in document.warnings[1]
    many = build([{"user_name": f"\u0430da{index}@corp.example"} for index in range(25)])
    assert len(many.warnings) == 21
    assert many.warnings[-1].startswith("and 5 more")


@pytest.mark.parametrize(("given_", "value"), [(True, True), (False, False), ("true", True), ("False", False), ("FALSE", False)])
def test_b20_documented_spellings_of_active(given_: object, value: bool) -> None:
    assert build([{**ADA, "active": given_}]).users[0].values["active"] is value


@pytest.mark.parametrize("given_", ["no", "yes", 0, 1, "maybe", "", " true", [], {}, 0.0, Unquoted("0", "an integer")])
def test_b20_active_is_never_a_matter_of_truthiness(given_: object) -> None:
    assert one([{**ADA, "active": given_}]).endswith("active: expected true or false")


@pytest.mark.parametrize("name", ["active", "groups", "department", "state", "id"])
def test_b21_b24_null_is_an_error_in_a_document(name: str) -> None:
    assert f"{name}: is null; leave the key out" in one([{**ADA, name: None}])


@pytest.mark.parametrize(
    "mail",
    [
        "ada",
        "ada@",
        "@corp.example",
        "a b@corp.example",
        "ada@corp",
        "ada@-corp.example",
        "a@b@corp.example",
        "ada@corp..example",
        "Ada <ada@corp.example>",
    ],
)
def test_b22_bad_mail_addresses(mail: str) -> None:
    assert one([{**ADA, "email": mail}]).endswith("email: is no mail address such as ada@corp.example")


@pytest.mark.parametrize(
    "mail", ["ada@corp.example", "a.d+a@sub.corp.example", "o'brien@corp.example", "zo\u00eb@m\u00fcnchen.example", ""]
)
def test_b22_good_mail_addresses(mail: str) -> None:
    assert build([{**ADA, "email": mail}]).users[0].values == {"email": mail}


def test_b23_there_is_one_mail_address() -> None:
    assert "email: expected text, got a list" in one([{**ADA, "email": [{"value": "a@corp.example", "primary": True}]}])
    assert "emails: is not a known key; did you mean email?" in one([{**ADA, "emails": []}])


def test_b24_absent_groups_are_left_alone_and_an_empty_list_clears() -> None:
    absent, cleared = build([ADA, {"user_name": "bob@corp.example", "groups": []}]).users
    assert absent.groups is None
    assert cleared.groups == ()


def test_empty_texts_clear_and_absent_ones_are_not_there() -> None:
    assert build([{**ADA, "department": "", "email": ""}]).users[0].values == {"department": "", "email": ""}
    assert build(groups=[{"display_name": "A", "external_id": ""}]).groups[0].external_id == ""
    assert "id: is empty" in one([{**ADA, "id": ""}])


def test_b26_group_names_that_differ_by_case() -> None:
    found = one(groups=[{"display_name": "Sales"}, {"display_name": "SALES"}])
    assert found.startswith('people.json (groups[1]): display_name: "SALES" is declared twice; first at ')
    assert 'people.json (groups[0]) as "Sales"' in found


def test_b26_previous_names_belong_to_one_group() -> None:
    assert "previous_names" in one(groups=[{"display_name": "Eng"}, {"display_name": "Engineering", "previous_names": ["eng"]}])
    assert "previous_names" in one(groups=[{"display_name": name, "previous_names": ["Old"]} for name in ("A", "B")])
    assert "previous_names" in one(groups=[{"display_name": "A", "previous_names": ["a"]}])


def test_b28_groups_are_no_members_of_groups() -> None:
    assert "members[0]: has no '@'" in one(groups=[{"display_name": "Sales", "members": ["Sales"]}])
    found = problems(groups=[{"display_name": "Sales", "members": [{"group": "Sales"}]}])
    assert found[0].endswith("members[0].group: a group cannot be a member of a group; name its users")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("dispalyName", "display_name"),
        ("userName", "user_name"),
        ("externalId", "external_id"),
        ("departement", "department"),
        ("group", "groups"),
    ],
)
def test_b29_unknown_keys_name_the_nearest_valid_one(wrong: str, right: str) -> None:
    assert one([{**ADA, wrong: "x"}]) == f"people.json (users[0]): {wrong}: is not a known key; did you mean {right}?"


def test_b29_a_key_like_no_other_gets_all_valid_ones() -> None:
    assert "valid are user_name, external_id, id," in one([{**ADA, "zzz\n": 1}])


@pytest.mark.parametrize("entry", ["ada@corp.example", ["ada"], None, 7, True])
def test_b31_an_entry_is_a_mapping(entry: object) -> None:
    assert "expected a mapping with user_name, got " in one([entry])


@pytest.mark.parametrize(
    ("field", "length", "fine"),
    [
        ("display_name", 128, True),
        ("display_name", 129, False),
        ("department", 128, True),
        ("department", 129, False),
        ("external_id", 257, False),
    ],
)
@pytest.mark.parametrize("letter", ["a", "\u00e4"])
def test_b18_lengths_of_texts(field: str, length: int, fine: bool, letter: str) -> None:
    user = {**ADA, field: letter * length}
    assert (build([user]) is not None) if fine else (f"has {length} characters" in one([user]))


@pytest.mark.parametrize("text", [" a", "a ", " ", "a\n", "\na", "\ta", "{{ a }}"])
@pytest.mark.parametrize("field", ["display_name", "department", "id", "external_id"])
def test_b03_b04_b12_b37_other_texts(field: str, text: str) -> None:
    assert one([{**ADA, field: text}]).startswith(f"people.json (users[0]): {field}: ")


def test_b18_group_names_are_measured_in_bytes() -> None:
    assert build(groups=[{"display_name": "a" * 127}, {"display_name": "\u00e4" * 63}])
    assert "has 128 bytes in UTF-8; at most 127" in one(groups=[{"display_name": "\u00e4" * 64}])
    assert "has 128 bytes in UTF-8; at most 127" in one([{**ADA, "groups": ["a" * 128]}])


@pytest.mark.parametrize(
    "date", ["2027-02-29", "2027-13-01", "31.01.2027", "2027-1-1", "2027-01-31T00:00:00Z", "tomorrow", "0000-01-01", "２０２７-01-31"]
)
def test_b47_dates_in_another_form(date: str) -> None:
    found = one(groups=[{"display_name": "A", "members": [{**ADA, "expires": date}]}])
    assert "members[0].expires: is " in found
    assert "YYYY-MM-DD" in found
    assert "2027-01-31" in found


def test_b47_members_stay_through_their_last_day() -> None:
    members = [
        {"user_name": "past@corp.example", "expires": "2026-11-21"},
        {"user_name": "today@corp.example", "expires": TODAY},
        {"user_name": "yaml@corp.example", "expires": Unquoted("2028-02-29", "a date")},
        {"user_name": "always@corp.example"},
    ]
    (group,) = build(groups=[{"display_name": "A", "members": members}]).groups
    assert [member.user_name.partition("@")[0] for member in group.members or ()] == ["today", "yaml", "always"]
    (empty,) = build(groups=[{"display_name": "A", "members": members[:1]}]).groups
    assert empty.members == ()


@pytest.mark.parametrize("membership", ["append", "remove"])
def test_b47_expires_is_refused_where_nobody_would_be_taken_out(membership: str) -> None:
    group = {"display_name": "A", "membership": membership, "members": [{**ADA, "expires": "2027-01-31"}]}
    assert f"expires has no effect with membership: {membership}" in one(groups=[group])


@pytest.mark.parametrize("membership", ["append", "remove"])
def test_b47_expires_is_refused_under_the_membership_of_the_task_too(membership: str) -> None:
    members = [{**ADA, "expires": "2027-01-31"}]
    found = one(groups=[{"display_name": "A", "members": members}], membership=membership)
    assert f"expires has no effect with membership: {membership} (the option of the task)" in found
    own = build(groups=[{"display_name": "A", "membership": "exact", "members": members}], membership=membership)
    assert own.groups[0].members


@pytest.mark.parametrize(("groups", "wrong"), [(["Ops"], True), ([], False)])
def test_an_absent_user_has_no_groups(groups: list[str], wrong: bool) -> None:
    entry = {**ADA, "groups": groups, "state": "absent"}
    if wrong:
        assert one([entry]) == "people.json (users[0]): groups: names groups of a user who is to be absent; drop groups, or state: absent"
    else:
        assert not build([entry]).users[0].present


def test_an_absent_user_cannot_be_renamed() -> None:
    fields = {**USER_FIELDS, "new_user_name": USER_FIELDS["user_name"]._replace(required=False)}
    with pytest.raises(InputError, match="new_user_name: has no meaning with state: absent"):
        check_user({**ADA, "new_user_name": "eve@corp.example", "state": "absent"}, Place("", 0, "x"), fields=fields)


@pytest.mark.parametrize("name", ["password", "Bearer_Token", "clientSecret", "api_key", "pass-phrase", "pwd"])
def test_b49_secrets_are_refused_and_never_shown(name: str) -> None:
    value = secrets.token_urlsafe(24)
    with pytest.raises(InputError) as caught:
        build([{**ADA, name: value}])
    assert f"{name}: secrets have no place here" in str(caught.value)
    assert value not in str(caught.value)


def test_no_value_of_a_wrong_kind_is_ever_shown() -> None:
    value = secrets.token_urlsafe(24)
    wrong = {**ADA, "email": value, "active": value, "state": value, "department": value + "\x00", "groups": value, "id": {"x": value}}
    assert value not in "\n".join(problems([wrong]))


def test_b55_nothing_declared_changes_nothing() -> None:
    assert build([], []) == Document()
    assert build_document(inline_entries(None, []), today=TODAY, warnings=["w"]) == Document(warnings=("w",))


def test_b58_a_user_is_not_both_present_and_absent() -> None:
    assert "once present and once absent" in one([ADA, {**ADA, "state": "absent"}])
    assert build([{**ADA, "state": "absent"}]).users[0].present is False


@pytest.mark.parametrize(("limit", "fine"), [(3, True), (2, False), (0, True)])
def test_b60_groups_per_user(limit: int, fine: bool) -> None:
    user = {**ADA, "groups": ["A", "B", "C"]}
    if fine:
        assert len(build([dict(user), {**user, "user_name": "bob@corp.example"}], max_groups_per_user=limit).users) == 2
    else:
        found = problems([dict(user), {**user, "user_name": "bob@corp.example"}], max_groups_per_user=limit)
        assert [line.partition(": ")[2] for line in found] == ["groups: names 3 groups; at most 2 are allowed (max_groups_per_user)"] * 2


def test_lists_name_nothing_twice() -> None:
    assert 'groups[2]: "a" is there already, at index 0' in one([{**ADA, "groups": ["A", "B", "a"]}])
    assert "groups[1]" in one([{"user_name": "bob@corp.example", "groups": ["A", "a"]}, {**ADA, "groups": ["a"]}])
    users = [{"user_name": f"{index}@corp.example", "groups": names} for index, names in enumerate((["A"], ["a"], ["B", "A", "a"]))]
    assert 'users[2]): groups[2]: "a" is there already, at index 1' in one(users)
    assert "members[1]" in one(groups=[{"display_name": "A", "members": ["ada@corp.example", {"user_name": "ADA@corp.example"}]}])
    assert "members[1]" in one(groups=[{"display_name": "A", "members": ["ada@corp.example", "ada@corp.example"]}])


@pytest.mark.parametrize("value", ["A", {"A": 1}, 7, True, Unquoted("7", "an integer")])
def test_lists_are_lists(value: object) -> None:
    assert "groups: expected a list, got " in one([{**ADA, "groups": value}])
    assert "members: expected a list, got " in one(groups=[{"display_name": "A", "members": value}])


def test_known_names_do_not_let_other_types_through() -> None:
    for one_ in (Unquoted("1", "an integer"), 1, True, None):
        assert "groups[0]: expected text" in one([{**ADA, "groups": ["1"]}, {"user_name": "bob@corp.example", "groups": [one_]}])


def test_contradictions_name_both_entries() -> None:
    remover = {"display_name": "Sales", "membership": "remove", "members": ["ADA@corp.example"]}
    found = one([{**ADA, "groups": ["sales"]}], [remover])
    assert found.startswith('people.json (users[0]): groups: "sales" is wanted here, and people.json (groups[0]) takes ')
    assert "absent at people.json (groups[0])" in one([{**ADA, "groups": ["sales"]}], [{"display_name": "Sales", "state": "absent"}])
    gone = {**ADA, "state": "absent"}
    assert "is a member here and absent at people.json (users[0])" in one(
        [dict(gone)], [{"display_name": "A", "members": ["ada@corp.example"]}]
    )
    assert build([dict(gone)], [remover])


def test_all_problems_of_all_entries_are_found() -> None:
    found = problems(
        [{"user_name": "", "email": "x", "zzz": 1}, ADA, {**ADA, "active": "x"}],
        [{"display_name": "A", "membership": "all", "members": [1, ""]}, {"members": [{"expires": "x"}]}],
    )
    fields = ["user_name", "email", "zzz", "active", "membership", "members[0]", "members[1]"]
    fields += ["members[0].expires", "members[0].user_name", "display_name", "user_name"]
    assert [line.split(": ")[1] for line in found] == fields


def test_inline_null_means_not_given() -> None:
    (user, group) = inline_entries([{**ADA, "active": None}], [{"display_name": "A", "members": [{**ADA, "expires": None}], "state": None}])
    document = build_document([user, group], today=TODAY)
    assert document.users[0].values == {}
    assert [member.user_name for member in document.groups[0].members or ()] == ["ada@corp.example"]
    assert str(user.place) == "users[0]"


def test_the_modules_check_their_options_alike() -> None:
    fields = {**USER_FIELDS, "new_user_name": USER_FIELDS["user_name"]._replace(required=False)}
    user = check_user({**ADA, "new_user_name": "eve@corp.example"}, Place("", 0, "options"), fields=fields)
    assert (user.user_name, user.new_user_name, user.values) == ("ada@corp.example", "eve@corp.example", {})
    options = {**ADA, "groups": ["A"]}
    assert check_user(options, Place("", 0, "options")).groups == ("A",)
    assert options == {**ADA, "groups": ["A"]}
    with pytest.raises(InputError, match=r"options: email: is no mail address"):
        check_user({**ADA, "email": "x"}, Place("", 0, "options"))
    with pytest.raises(InputError, match=r"options: display_name: is missing"):
        check_group({}, Place("", 0, "options"))


def test_the_field_tables_only_know_kinds_that_are_checked() -> None:
    kinds = {field.kind for table in (USER_FIELDS, GROUP_FIELDS) for field in table.values()}
    assert kinds == {"text", "login", "group", "mail", "flag", "choice", "list"}
    assert all(field.limit or field.limit_bytes for field in USER_FIELDS.values() if field.kind in ("text", "login", "mail"))


TEXTS = st.one_of(
    st.text(st.characters(), max_size=8),
    st.text("ab .@-_'\u00e4\u0430\u200d{*\n", max_size=12),
    st.sampled_from(["ada@corp.example", "bob@corp.example", "A", "a", "present", "exact", "true", "2027-01-31", "2020-01-01"]),
)
SCALARS = st.one_of(
    TEXTS, st.none(), st.booleans(), st.integers(), st.floats(), st.builds(Unquoted, TEXTS, st.sampled_from(["an integer", "a date"]))
)
KEYS = st.one_of(st.sampled_from([*USER_FIELDS, *GROUP_FIELDS, "members", "expires"]), TEXTS)
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)), max_leaves=12
)


@settings(max_examples=4 * settings.default.max_examples, deadline=None)
@given(st.lists(VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_whatever_comes_in_a_document_or_an_input_error_comes_out(users: list[object], groups: list[object]) -> None:
    for raw in (inline_entries(users, groups), [Raw("user", Place("f", 1, ""), item) for item in users]):  # type: ignore[arg-type]
        try:
            assert isinstance(build_document(raw, today=TODAY), Document)
        except InputError as error:
            str(error).encode()


PLAIN_USERS = st.fixed_dictionaries(
    {"user_name": st.one_of(st.from_regex(r"[a-z]{1,3}@[a-z.]{1,4}", fullmatch=True), TEXTS)},
    optional={
        "display_name": st.text("ab @'\u00e4", max_size=130),
        "email": st.one_of(st.from_regex(r"[a-z]{1,3}@[a-z.-]{1,8}", fullmatch=True), TEXTS),
        "department": TEXTS,
        "active": st.one_of(st.booleans(), SCALARS),
        "groups": st.one_of(st.lists(TEXTS, max_size=4), SCALARS),
        "id": TEXTS,
    },
)


@pytest.mark.parametrize("mark", UNRESOLVED)
@pytest.mark.parametrize("name", ["user_name", "display_name", "email", "department", "external_id", "id", "groups"])
def test_b37_the_short_way_knows_every_sign_of_an_unresolved_value(name: str, mark: str) -> None:
    text = f"x{mark}y@corp.example"
    found = one([{"user_name": "ada@corp.example", name: [text] if name == "groups" else text}])
    assert "was not resolved" in found


@settings(max_examples=4 * settings.default.max_examples, deadline=None)
@given(st.lists(PLAIN_USERS, min_size=1, max_size=4))
def test_the_short_way_finds_what_the_long_way_finds(users: list[dict[str, object]]) -> None:
    short, long = Inspection(max_groups_per_user=3), Inspection(max_groups_per_user=3)
    fields = MappingProxyType(dict(USER_FIELDS))  # another table, so no short way
    place = Place("f", 1, "")
    assert [short.user(Raw("user", place, dict(user))) for user in users] == [long.user(Raw("user", place, user), fields) for user in users]
    assert (short.problems, short.warnings) == (long.problems, long.warnings)
