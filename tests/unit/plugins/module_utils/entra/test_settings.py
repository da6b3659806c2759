# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings, planned: whatever is declared, carried out once, leaves nothing to do and loses nothing."""

from __future__ import annotations

import json

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra import fingerprint
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.fingerprint import MARK, is_known, make_tag, replace_tag
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.settings import (
    plan_settings,
    same_setting,
    secret_state,
    settings_operations,
    shows,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.settings_keys import (
    check_settings,
    describe_settings,
    is_mail_address,
    is_masked,
    known_spelling,
    unseen_options,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from hypothesis import given
from hypothesis import strategies as st

TOKEN = "not-a-real-token-0123456789"
SENSITIVE = ("SecretToken", "Oauth2ClientSecret", "AppKey", "Password")


def options(**given_options):
    return {"update_secret": "on_create", **given_options}


def masked(secrets):
    """The settings as Graph shows them."""
    return {key: "*" if key in SENSITIVE else value for key, value in secrets.items()}


def carry_out(plan, stored, put):
    """What is stored after the PUT of a plan, for a service that replaces or merges; empty values take a key away."""
    after = {**({} if put == "replace" else stored), **plan.secrets}
    return {key: value for key, value in after.items() if value}


TEXTS = st.text(alphabet="abc {}\"'é", min_size=1, max_size=8)
BOOLEANS = st.sampled_from(["True", "true", "False", "false", "TRUE"])
STORED = st.fixed_dictionaries(
    {},
    optional={
        "BaseAddress": st.just("https://scim.zscalerone.net/1/2/scim"),
        "SecretToken": st.just("stored-token"),
        "SyncAll": BOOLEANS,
        "SkipOutOfScopeDeletions": BOOLEANS,
        "AuthenticationType": TEXTS,
        "Domain": TEXTS,
        "SyncNotificationSettings": st.fixed_dictionaries(
            {},
            optional={
                "Enabled": st.booleans(),
                "Recipients": st.sampled_from(["", "it@corp.example"]),
                "DeleteThresholdEnabled": st.booleans(),
                "DeleteThresholdValue": st.sampled_from([0, 1, 500, "500"]),
                "Later": TEXTS,
            },
        ).map(json.dumps),
    },
)
WANTED = st.fixed_dictionaries(
    {"secret_token": st.just(TOKEN), "tenant_url": st.sampled_from(["https://scim.zscalerone.net/1/2/scim", "https://scim.example/?x"])},
    optional={
        "scope": st.sampled_from(["assigned", "all"]),
        "notification_email": st.sampled_from(["", "it@corp.example", "new@corp.example"]),
        "notify_on_failure": st.booleans(),
        "deletion_threshold": st.sampled_from([0, 1, 500]),
        "skip_out_of_scope_deletions": st.booleans(),
    },
)


@given(STORED, WANTED, st.sampled_from(["replace", "merge"]))
def test_a_plan_carried_out_leaves_nothing_to_do_and_keeps_what_is_not_declared(stored, wanted, put):
    try:
        plan = plan_settings(options(**wanted), masked(stored))
    except InputError:
        assert wanted.get("notify_on_failure")
        return
    after = carry_out(plan, stored, put) if plan.changed else stored
    assert shows(plan, masked(after))
    again = plan_settings(options(**wanted), masked(after))
    assert not again.changed
    assert settings_operations(again) == []
    assert "*" not in plan.secrets.values()
    for key in ("AuthenticationType", "Domain"):
        assert after.get(key) == stored.get(key)
    mail, before = json.loads(after.get("SyncNotificationSettings", "{}")), json.loads(stored.get("SyncNotificationSettings", "{}"))
    assert mail.get("Later") == before.get("Later")
    shown = describe_settings(masked(after))
    for name in wanted.keys() - {"secret_token"}:
        assert shown[name] == wanted[name]
    for name in ("scope", "notification_email", "notify_on_failure", "deletion_threshold", "skip_out_of_scope_deletions"):
        if name not in wanted:
            assert shown[name] == describe_settings(masked(stored))[name]


@given(STORED, WANTED)
def test_a_change_is_told_by_name_and_the_secret_never(stored, wanted):
    plan, told = None, ""
    try:
        plan = plan_settings(options(**wanted), masked(stored))
    except InputError as error:
        told = str(error)
    if plan is None:
        assert TOKEN not in told
        return
    operations = settings_operations(plan)
    assert bool(operations) == plan.changed
    assert TOKEN not in repr(operations) + repr(plan.before) + repr(plan.after)


LIVE = {"BaseAddress": "https://scim.zscalerone.net/1/2/scim", "SecretToken": "*", "SyncAll": "True"}


@pytest.mark.parametrize(
    ("update_secret", "live", "rotated", "stored"),
    [
        ("on_create", {}, False, "none"),
        ("on_create", {"SecretToken": "*"}, True, ""),
        ("on_create", {"SecretToken": ""}, False, "none"),
        ("on_change", {"SecretToken": "*"}, True, "changed"),
        ("on_change", {"SecretToken": "*"}, False, ""),
        ("on_change", {}, False, "none"),
        ("always", {"SecretToken": "*"}, False, "always"),
    ],
)
def test_the_matrix_of_update_secret(update_secret, live, rotated, stored):
    wanted = options(secret_token=TOKEN, tenant_url=LIVE["BaseAddress"], update_secret=update_secret)
    plan = plan_settings(wanted, {"BaseAddress": LIVE["BaseAddress"], **live}, rotated=rotated)
    assert (plan.store if plan.changed else "") == stored
    assert secret_state(plan, live) == ("stored" if stored else "kept")


@pytest.mark.parametrize("update_secret", ["on_create", "on_change", "always"])
def test_without_a_secret_nothing_is_stored_whatever_is_said(update_secret):
    assert not plan_settings(options(update_secret=update_secret, scope="all"), LIVE, rotated=True).changed


@pytest.mark.parametrize(
    ("live", "wanted", "told"),
    [
        (LIVE, {"scope": "assigned"}, ["option secret_token", "Scope"]),
        ({}, {"secret_token": TOKEN}, ["option tenant_url"]),
        ({**LIVE, "AppKey": "*", "Password": "***"}, {"scope": "assigned", "secret_token": TOKEN}, ["AppKey", "Password"]),
        ({**LIVE, "BaseAddress": "*"}, {"scope": "assigned", "secret_token": TOKEN}, ["option tenant_url"]),
        ({}, {"notify_on_failure": True}, ["notification_email"]),
        ({**LIVE, "AppKey": "ab****"}, {"scope": "assigned", "secret_token": TOKEN}, ["AppKey"]),
        ({**LIVE, "AppKey": "\u2022\u2022\u2022"}, {"scope": "assigned", "secret_token": TOKEN}, ["AppKey"]),
        ({**LIVE, "AppKey": "\u25cf\u25cf"}, {"scope": "assigned", "secret_token": TOKEN}, ["AppKey"]),
        *(
            ({**LIVE, "SyncNotificationSettings": text}, {"secret_token": TOKEN, **one}, ["notification settings", "deletions"])
            for text in ("{trunc", "*****", "[]", '"{}"', "ab****")
            for one in ({"notification_email": "it@corp.example"}, {"notify_on_failure": False}, {"deletion_threshold": 7})
        ),
    ],
)
def test_what_would_be_lost_is_named_and_nothing_is_planned(live, wanted, told):
    with pytest.raises(InputError) as error:
        plan_settings(options(**wanted), live)
    for words in told:
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("live", "scope", "narrowed"),
    [
        ("true", "assigned", True),
        ("True", "assigned", True),
        ("false", "all", False),
        ("", "assigned", False),
        ("false", "assigned", False),
    ],
)
def test_only_from_all_to_assigned_is_narrower(live, scope, narrowed):
    plan = plan_settings(options(scope=scope, secret_token=TOKEN, deletion_threshold=7), {**LIVE, "SyncAll": live})
    assert plan.narrowed is narrowed


@pytest.mark.parametrize(
    ("key", "live", "wanted", "same"),
    [
        ("SyncAll", "TRUE", "true", True),
        ("SyncAll", "", "false", False),
        ("SkipOutOfScopeDeletions", "", "False", True),
        ("SkipOutOfScopeDeletions", "true", "True", True),
        ("BaseAddress", "HTTPS://Scim.Example/A", "https://scim.example/A", True),
        ("BaseAddress", "https://scim.example/a", "https://scim.example/A", False),
        ("SyncNotificationSettings", '{"Enabled":"true"}', '{"Enabled":true}', True),
        ("SyncNotificationSettings", '{"Enabled":true,"Later":1}', '{"Enabled":true}', True),
        ("SyncNotificationSettings", "no JSON", '{"Enabled":false}', True),
        ("SyncNotificationSettings", "", '{"Recipients":"a@b.c"}', False),
        ("Oauth2ClientId", "*", "robot", True),
        ("Oauth2ClientId", "*", "", False),
    ],
)
def test_what_is_the_same_setting(key, live, wanted, same):
    assert same_setting(key, live, wanted) is same


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("it@corp.example", True),
        ("o'brien+x@corp.example", True),
        ("it+alerts@corp.example", True),
        ("it@corp.example, me@corp.example", False),
        ("it@corp.example;me@corp.example", False),
        ("it@localhost", False),
        ("it at corp.example", False),
        ("it@corp.example\n", False),
        ("@corp.example", False),
        ("a@b@corp.example", False),
    ],
)
def test_one_mail_address(text, fit):
    assert is_mail_address(text) is fit


def test_all_problems_are_found_at_once():
    wrong = options(secret_token="x", oauth2_client_id=" ", notification_email="x", deletion_threshold=-5)
    fields = [problem.place for problem in check_settings(wrong)]
    assert fields == [
        "option secret_token", "option oauth2_client_secret", "option secret_token", "option oauth2_client_id",
        "option notification_email", "option deletion_threshold",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("live", "known"),
    [
        ({"syncall": "true", "secrettoken": "*"}, {"SyncAll": "true", "SecretToken": "*"}),
        ({"BASEADDRESS": "a", "Other": "b", "other": "c"}, {"BaseAddress": "a", "Other": "b", "other": "c"}),
        ({"syncall": "true", "SyncAll": "false"}, {"SyncAll": "false"}),
        ({"SyncAll": "false", "syncall": "true"}, {"SyncAll": "false"}),
        ({}, {}),
    ],
)
def test_known_keys_have_one_spelling(live, known):
    assert known_spelling(live) == known


@pytest.mark.parametrize(
    ("value", "masked_so"),
    [
        ("*", True),
        ("\u2022\u2022\u2022\u2022", True),
        ("ab****", True),
        ("***ab", True),
        ("a*b", False),
        ("*.corp.example", False),
        ("", False),
    ],
)
def test_what_is_a_mask(value, masked_so):
    assert is_masked(value) is masked_so


def test_a_secret_with_asterisks_in_it_is_a_secret():
    assert check_settings(options(secret_token="not-a-***-real-token")) == []


@pytest.mark.parametrize(
    ("live", "given_now", "unseen"),
    [
        (
            {},
            {"tenant_url": "https://scim.example", "deletion_threshold": 0},
            ["scope", "notification_email", "notify_on_failure", "skip_out_of_scope_deletions"],
        ),
        ({**LIVE, "SyncNotificationSettings": "{}", "SkipOutOfScopeDeletions": "False"}, {}, []),
        (
            {**LIVE, "SyncAll": ""},
            {"skip_out_of_scope_deletions": False},
            ["scope", "notification_email", "notify_on_failure", "deletion_threshold"],
        ),
    ],
)
def test_options_of_settings_that_are_not_shown(live, given_now, unseen):
    assert unseen_options(options(**given_now), live) == unseen


@pytest.mark.parametrize(
    ("threshold", "wanted", "warned"), [(50, 0, True), (50, 49, False), (0, 0, False), (None, 0, False), (0, 50, False), (50, None, False)]
)
def test_turning_off_the_protection_is_warned_of(threshold, wanted, warned):
    mail = {} if threshold is None else {"DeleteThresholdEnabled": threshold > 0, "DeleteThresholdValue": threshold}
    live = {**LIVE, "SyncNotificationSettings": json.dumps(mail)}
    plan = plan_settings(options(secret_token=TOKEN, deletion_threshold=wanted, scope="assigned"), live)
    assert bool(plan.warnings) is warned
    assert ("50" in str(plan.warnings)) is warned


# The fingerprint


def test_only_the_newest_fingerprints_are_compared(monkeypatch):
    mine = make_tag({"SecretToken": TOKEN}, b"0" * 16)
    others = [f"{MARK}{number:032x}:{number:064x}" for number in range(30)]
    made = []
    monkeypatch.setattr(fingerprint, "make_tag", lambda secrets, salt: made.append(salt) or make_tag(secrets, salt))
    assert is_known({"SecretToken": TOKEN}, [*others, "another tag", mine])
    assert not is_known({"SecretToken": TOKEN}, [mine, *others])
    assert len(made) <= 6


def test_a_fingerprint_knows_its_secret_and_no_other():
    tags = ["WindowsAzureActiveDirectoryIntegratedApp", make_tag({"SecretToken": TOKEN}, b"0" * 16)]
    assert is_known({"SecretToken": TOKEN}, tags)
    assert not is_known({"SecretToken": TOKEN + "x"}, tags)
    assert not is_known({"Oauth2ClientSecret": TOKEN}, tags)
    assert not is_known({"SecretToken": TOKEN}, [f"{MARK}no hex", f"{MARK}", tags[0]])
    assert make_tag({"SecretToken": TOKEN}, b"1" * 16) not in tags
    assert len(tags[1]) < 256


def test_all_other_tags_stay_in_their_order():
    assert replace_tag(["b", f"{MARK}old:1", "a", f"{MARK}old:2"], "new") == ["b", "a", "new"]
