# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings: tested before they are stored, stored whole in one request, and only when something differs."""

from __future__ import annotations

import json
import secrets

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._entra.fingerprint import MARK
from ansible_collections.scimops.zscaler_one.plugins.module_utils._workflow import provisioning_settings

from .provisioning import NAME, OTHER_MAIL_KEY, Provisioning

SECRETS = "/servicePrincipals/{id}/synchronization/secrets"
RESTART = "/servicePrincipals/{id}/synchronization/jobs/{id}/restart"
PRINCIPAL = "/servicePrincipals/{id}"
MAIL = {"Enabled": True, "Recipients": "old@corp.example", "DeleteThresholdEnabled": True, "DeleteThresholdValue": 500, "Later": "kept"}


@pytest.fixture
def fresh(entra):
    return Provisioning(entra, stored=False)


@pytest.fixture
def zscaler(entra):
    """One with settings that somebody made in the portal, keys that we do not know among them."""
    found = Provisioning(entra)
    found.app.secrets.update({"SyncAll": "True", "SyncNotificationSettings": json.dumps(MAIL), "AuthenticationType": "Basic"})
    found.assign("zoe")
    return found


def everything(found, **changes):
    """Options for all that the module can set."""
    return {
        "tenant_url": found.sandbox.base_url,
        "secret_token": found.sandbox.token,
        "scope": "assigned",
        "notification_email": "it@corp.example",
        "notify_on_failure": True,
        "deletion_threshold": 50,
        "skip_out_of_scope_deletions": True,
        **changes,
    }


def stored(body):
    return {pair["key"]: pair["value"] for pair in body["value"]}


def asked(done):
    return [request for request, _body in done["writes"]]


# The first time


def test_all_settings_are_stored_in_one_request(fresh):
    done = fresh.cycle("settings", **everything(fresh))
    ((request, body),) = done["writes"]
    assert request == f"PUT {SECRETS}"
    sent = stored(body)
    assert json.loads(sent.pop("SyncNotificationSettings")) == {
        "Recipients": "it@corp.example", "Enabled": True, "DeleteThresholdEnabled": True, "DeleteThresholdValue": 50,
    }  # fmt: skip
    assert sent == {
        "BaseAddress": fresh.sandbox.base_url,
        "SecretToken": "(hidden)",
        "SyncAll": "false",
        "SkipOutOfScopeDeletions": "True",
    }
    assert fresh.app.secrets["SecretToken"] == fresh.sandbox.token
    assert done["settings"] == {
        "tenant_url": fresh.sandbox.base_url,
        "authentication": "bearer_token",
        "oauth2_client_id": None,
        "oauth2_token_url": None,
        "scope": "assigned",
        "notification_email": "it@corp.example",
        "notify_on_failure": True,
        "deletion_threshold": 50,
        "skip_out_of_scope_deletions": True,
        "secret": "stored",
        "tested": True,
        "restart_needed": False,
    }
    assert [operation["verb"] for operation in done["operations"]] == ["update"] * 7 + ["store"]


@pytest.mark.parametrize("put", ["replace", "merge"])
@pytest.mark.parametrize("delay", [0, 0.3])
def test_it_comes_to_rest_whatever_a_write_does_to_the_set_and_however_late_it_shows(fresh, put, delay):
    fresh.sandbox.switch(entra_secrets_put=put, entra_secrets_delay=delay)
    fresh.cycle("settings", **everything(fresh))
    fresh.cycle("settings", **everything(fresh, notification_email="other@corp.example"))
    assert fresh.app.secrets["SecretToken"] == fresh.sandbox.token


def test_the_test_needs_no_job_and_takes_that_of_the_application_if_there_is_one(fresh):
    done = fresh.run("settings", **everything(fresh))
    assert "POST /servicePrincipals/{id}/synchronization/jobs/validateCredentials" in done["reads"]
    fresh.run("job", state="present")
    done = fresh.run("settings", **everything(fresh, deletion_threshold=51))
    assert "POST /servicePrincipals/{id}/synchronization/jobs/{id}/validateCredentials" in done["reads"]


def test_an_application_that_does_not_exist_yet_is_planned_in_check_mode(entra):
    options = {"display_name": NAME, "tenant_url": entra.sandbox.base_url, "secret_token": entra.sandbox.token}
    planned = entra.run("entra_provisioning_settings", check=True, **options)
    assert planned["changed"]
    assert planned["settings"]["secret"] == "stored"
    assert planned["settings"]["tested"] is False
    assert "entra_gallery_app" in entra.run("entra_provisioning_settings", **options)["msg"]


# One thing changes


def test_one_address_changes_and_everything_else_is_kept(zscaler):
    before = dict(zscaler.app.secrets)
    done = zscaler.cycle("settings", secret_token=zscaler.sandbox.token, notification_email="new@corp.example")
    ((request, body),) = done["writes"]
    assert request == f"PUT {SECRETS}"
    sent = stored(body)
    assert json.loads(sent["SyncNotificationSettings"]) == {**MAIL, "Recipients": "new@corp.example", OTHER_MAIL_KEY: False}
    for key in before.keys() - {"SyncNotificationSettings", "SecretToken"}:
        assert sent[key] == before[key], key
    assert sent.keys() == before.keys()
    assert done["operations"] == [
        {
            "kind": "setting",
            "verb": "update",
            "name": "Notification e-mail",
            "details": {"before": "old@corp.example", "after": "new@corp.example"},
        },
        {
            "kind": "secret",
            "verb": "store",
            "name": "Secret token",
            "details": {"because": "sent again: Entra takes all settings at once"},
        },
    ]
    assert zscaler.app.secrets["SecretToken"] == zscaler.sandbox.token


@pytest.mark.parametrize(
    ("option", "value", "shown"),
    [
        ("scope", "assigned", {"SyncAll": "false"}),
        ("notify_on_failure", False, {"Enabled": False}),
        ("notification_email", "", {"Recipients": ""}),
        ("deletion_threshold", 0, {"DeleteThresholdEnabled": False, "DeleteThresholdValue": 500}),
        ("deletion_threshold", 499, {"DeleteThresholdValue": 499}),
        ("skip_out_of_scope_deletions", True, {"SkipOutOfScopeDeletions": "True"}),
    ],
)
def test_each_setting_by_itself_is_one_write(zscaler, option, value, shown):
    extra = {"notify_on_failure": False} if value == "" else {}
    done = zscaler.cycle("settings", secret_token=zscaler.sandbox.token, **{option: value}, **extra)
    assert asked(done) == [f"PUT {SECRETS}"]
    assert done["settings"][option] == value
    for key, text in shown.items():
        assert zscaler.app.secrets.get(key, zscaler.mail.get(key)) == text


@pytest.mark.parametrize(
    "options",
    [
        {"scope": "all"},
        {"notification_email": "old@corp.example", "notify_on_failure": True},
        {"deletion_threshold": 500},
        {"skip_out_of_scope_deletions": False},
        {},
    ],
)
def test_what_is_so_already_costs_no_write_and_no_test(zscaler, options):
    done = zscaler.run("settings", **options)
    assert (done["changed"], done["writes"]) == (False, [])
    assert done["reads"] == ["GET /servicePrincipals", f"GET {SECRETS}"]
    assert done["settings"]["secret"] == "kept"


def test_flags_of_the_tenant_url_are_kept(fresh):
    url = f"{fresh.sandbox.base_url}?aadOptscim062020"
    fresh.cycle("settings", tenant_url=url, secret_token=fresh.sandbox.token)
    assert fresh.app.secrets["BaseAddress"] == url


# Secrets that cannot be read


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_a_change_without_the_secret_fails_before_the_write(zscaler, check):
    done = zscaler.run("settings", notification_email="new@corp.example", check=check)
    assert done["failed"]
    assert "option secret_token" in done["msg"]
    assert "Notification e-mail" in done["msg"]
    assert done["writes"] == []
    assert all("validateCredentials" not in request for request in done["reads"])


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_a_masked_value_is_never_written_back(zscaler, check):
    zscaler.app.secrets["AppKey"] = "nobody can read this"
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned", check=check)
    assert done["failed"]
    assert "AppKey" in done["msg"]
    assert done["writes"] == []
    assert zscaler.app.secrets["AppKey"] == "nobody can read this"


def test_no_write_ever_holds_asterisks(zscaler):
    for options in ({"scope": "assigned"}, {"update_secret": "always"}):
        done = zscaler.run("settings", secret_token=zscaler.sandbox.token, **options)
        assert asked(done) == [f"PUT {SECRETS}"]
        assert "*" not in zscaler.app.secrets.values()


def test_from_oauth2_to_a_token_and_the_client_is_taken_away(fresh):
    fresh.app.secrets.update(
        {
            "BaseAddress": fresh.sandbox.base_url,
            "Oauth2ClientId": "robot",
            "Oauth2ClientSecret": "x" * 16,
            "Oauth2TokenExchangeUri": "https://sts.example/token",
        }
    )
    fresh.sandbox.switch(entra_secrets_put="merge")
    done = fresh.cycle("settings", secret_token=fresh.sandbox.token)
    assert asked(done) == [f"PUT {SECRETS}"]
    assert done["settings"]["authentication"] == "bearer_token"
    assert fresh.app.secrets == {"BaseAddress": fresh.sandbox.base_url, "SecretToken": fresh.sandbox.token}


def test_an_oauth2_client_in_place_of_the_token(zscaler):
    secret = secrets.token_urlsafe(24)
    client = {"oauth2_client_id": "robot", "oauth2_client_secret": secret, "oauth2_token_url": "https://sts.example/token"}
    done = zscaler.cycle("settings", test_connection=False, **client)
    assert done["settings"]["authentication"] == "oauth2"
    assert zscaler.app.secrets["Oauth2ClientSecret"] == secret
    assert "SecretToken" not in zscaler.app.secrets
    assert "AuthenticationType" in str(done["warnings"])


# The test comes first


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_a_failing_test_stores_nothing_and_says_why(zscaler, check):
    before = dict(zscaler.app.secrets)
    wrong = secrets.token_urlsafe(24)
    done = zscaler.run("settings", secret_token=wrong, scope="assigned", check=check)
    assert done["failed"]
    assert "invalid credentials" in done["msg"]
    assert "nothing was stored" in done["msg"]
    assert done["writes"] == []
    assert zscaler.app.secrets == before
    assert wrong not in json.dumps(done)


def test_a_failing_test_does_not_restart_the_job(zscaler):
    zscaler.run("job", state="started")
    done = zscaler.run("settings", secret_token=secrets.token_urlsafe(24), scope="assigned")
    assert done["failed"]
    assert done["writes"] == []


def test_without_the_test_everything_is_stored(zscaler):
    wrong = secrets.token_urlsafe(24)
    done = zscaler.run("settings", secret_token=wrong, scope="assigned", test_connection=False)
    assert asked(done) == [f"PUT {SECRETS}"]
    assert done["settings"]["tested"] is False
    assert zscaler.app.secrets["SecretToken"] == wrong


def test_a_service_that_may_not_be_asked_is_no_failed_test(zscaler):
    zscaler.sandbox.switch(entra_missing_permissions=["Synchronization.ReadWrite.All", "Application.ReadWrite.OwnedBy"])
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert done["failed"]
    assert done["writes"] == []
    assert "connection test" not in done["msg"]


# When a secret is stored


@pytest.mark.parametrize(
    ("update_secret", "first", "second", "rotated"),
    [("on_create", [], [], []), ("on_change", ["store"], [], ["store"]), ("always", ["store"], ["store"], ["store"])],
)
def test_when_a_given_secret_is_stored(zscaler, update_secret, first, second, rotated):
    def stores(token, **options):
        done = zscaler.run("settings", secret_token=token, update_secret=update_secret, **options)
        assert not done.get("failed"), done
        return [operation["verb"] for operation in done["operations"] if operation["kind"] == "secret"]

    new = secrets.token_urlsafe(24)
    assert stores(zscaler.sandbox.token, check=True) == first
    assert stores(zscaler.sandbox.token) == first
    assert stores(zscaler.sandbox.token) == second
    assert stores(new, check=True, test_connection=False) == rotated
    assert stores(new, test_connection=False) == rotated
    assert stores(new, test_connection=False) == second
    assert (zscaler.app.secrets["SecretToken"] == new) == bool(rotated)


def test_the_fingerprint_leaves_all_other_tags_and_tells_nothing(zscaler):
    others = list(zscaler.app.principal["tags"])
    assert others
    done = zscaler.cycle("settings", secret_token=zscaler.sandbox.token, update_secret="on_change")
    assert asked(done) == [f"PUT {SECRETS}", f"PATCH {PRINCIPAL}"]
    tags = zscaler.app.principal["tags"]
    assert tags[: len(others)] == others
    (tag,) = tags[len(others) :]
    assert tag.startswith(MARK)
    assert zscaler.sandbox.token not in tag
    rotated = secrets.token_urlsafe(24)
    zscaler.run("settings", secret_token=rotated, update_secret="on_change", test_connection=False)
    assert [one for one in zscaler.app.principal["tags"] if one.startswith(MARK)] != [tag]
    assert len(zscaler.app.principal["tags"]) == len(others) + 1


def test_a_fingerprint_that_cannot_be_written_makes_the_next_run_store_again(zscaler):
    zscaler.sandbox.faults.add({"method": "PATCH", "route": PRINCIPAL}, {"kind": "status", "status": 400}, 1)
    first = zscaler.run("settings", secret_token=zscaler.sandbox.token, update_secret="on_change")
    assert not first.get("failed")
    assert "the next run stores it again" in str(first["warnings"])
    assert [operation["kind"] for operation in first["operations"]] == ["secret"]
    second = zscaler.run("settings", secret_token=zscaler.sandbox.token, update_secret="on_change")
    assert asked(second) == [f"PUT {SECRETS}", f"PATCH {PRINCIPAL}"]


def test_a_fingerprint_from_before_follows_every_secret_that_is_stored(zscaler):
    zscaler.run("settings", secret_token=zscaler.sandbox.token, update_secret="on_change")
    rotated = secrets.token_urlsafe(24)
    zscaler.run("settings", secret_token=rotated, update_secret="always", test_connection=False)
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, update_secret="on_change")
    assert asked(done) == [f"PUT {SECRETS}", f"PATCH {PRINCIPAL}"]
    assert not zscaler.run("settings", secret_token=zscaler.sandbox.token, update_secret="on_change")["changed"]


# The scope


def test_from_all_to_assigned_restarts_the_running_job_once(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.run("job", state="started")
    done = zscaler.cycle("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert asked(done) == [f"PUT {SECRETS}", f"POST {RESTART}"]
    assert done["operations"][-1]["verb"] == "restart"


def test_a_job_that_never_ran_needs_no_restart(zscaler):
    zscaler.run("job", state="present")
    done = zscaler.cycle("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert asked(done) == [f"PUT {SECRETS}"]
    assert not done["settings"]["restart_needed"]
    assert "restart" not in str(done.get("warnings"))


def test_a_job_that_is_paused_is_not_run_by_a_restart_and_the_warning_says_what_has_to_follow(zscaler):
    """Facts 3.7: without a restart everybody stays in scope, also of a job that is started again."""
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    engine = zscaler.sandbox.entra
    zscaler.entra.seed("ada")
    zscaler.run("job", state="started")
    engine.cycle()
    assert zscaler.active("ada") == [True]
    zscaler.run("job", state="paused")
    for check in (True, False):
        done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned", check=check)
        assert asked(done) == ([] if check else [f"PUT {SECRETS}"])
        assert done["settings"]["restart_needed"]
        assert "state: restarted" in str(done["warnings"])
    assert zscaler.job.schedule["state"] == "Paused"
    zscaler.run("job", state="started")
    engine.cycle()
    assert zscaler.active("ada") == [True], "started, it goes on as before"
    zscaler.run("job", state="restarted")
    engine.cycle()
    assert zscaler.active("ada") == [False]


def test_a_running_job_works_by_the_narrower_scope_after_the_restart(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.entra.seed("ada")
    zscaler.run("job", state="started")
    zscaler.sandbox.entra.cycle()
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert not done["settings"]["restart_needed"]
    zscaler.sandbox.entra.cycle()
    assert zscaler.active("ada") == [False]


def test_from_assigned_to_all_restarts_nothing(zscaler):
    zscaler.app.secrets["SyncAll"] = "false"
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.run("job", state="started")
    assert asked(zscaler.cycle("settings", secret_token=zscaler.sandbox.token, scope="all")) == [f"PUT {SECRETS}"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_held_deletes_are_not_restarted_away(zscaler, check):
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.run("job", state="started")
    zscaler.quarantine("TooManyDeletes")
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned", check=check)
    assert asked(done) == ([] if check else [f"PUT {SECRETS}"])
    assert "takes effect after a restart" in str(done["warnings"])
    assert done["settings"]["restart_needed"]


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
@pytest.mark.parametrize("default_access", [True, False])
@pytest.mark.parametrize("paused", [True, False])
def test_a_scope_of_nobody_is_refused_before_any_write(zscaler, check, default_access, paused):
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.app.assignments.clear()
    zscaler.entra.seed("ada", "bob")
    if default_access:
        zscaler.assign("eve", role="Default Access")
    zscaler.run("job", state="started")
    zscaler.sandbox.entra.cycle()
    if paused:
        zscaler.run("job", state="paused")
    narrowed = {"secret_token": zscaler.sandbox.token, "scope": "assigned"}
    done = zscaler.run("settings", check=check, **narrowed)
    assert done["failed"]
    assert done["writes"] == []
    assert "allow_empty_scope" in done["msg"]
    assert done["refused"]["provisioned"]["User"] >= 2
    assert f"{done['refused']['provisioned']['User']} of type User" in done["msg"]
    assert done["refused"]["default_access"] == int(default_access)
    assert zscaler.app.secrets["SyncAll"] == "True"
    allowed = zscaler.run("settings", check=check, allow_empty_scope=True, **narrowed)
    assert not allowed.get("failed")
    assert asked(allowed)[:1] == ([] if check else [f"PUT {SECRETS}"])
    assert "nobody is assigned" in str(allowed["warnings"])


def test_a_narrower_scope_is_told_with_how_many_are_assigned(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.entra.seed("ada")
    zscaler.run("job", state="started")
    zscaler.sandbox.entra.cycle()
    done = zscaler.cycle("settings", secret_token=zscaler.sandbox.token, scope="assigned", deletion_threshold=0)
    told = str(done["warnings"])
    assert "1 (1 users, 0 groups" in told
    assert "no deletion_threshold holds that back" in told
    assert "turns off the protection" in told


def test_a_restart_that_fails_is_told_and_the_settings_stay(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.run("job", state="started")
    zscaler.sandbox.faults.add({"route": RESTART}, {"kind": "status", "status": 400}, 0)
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert done["failed"]
    assert done["changed"]
    assert "state: restarted" in done["msg"]
    assert done["settings"]["restart_needed"], "everybody stays in scope until somebody restarts it"
    assert [one for one in done["operations"] if one["kind"] == "job"] == []
    assert zscaler.app.secrets["SyncAll"] == "false"


# What a replica does not show


class Replica:
    """Answers of a replica that does not know all settings, or shows them in another way, for the first so many looks."""

    def __init__(self, monkeypatch, change, times):
        self.left = times

        def read(graph, principal_id):
            live = whole(graph, principal_id)
            self.left -= 1
            return change(live) if self.left >= 0 else live

        whole = provisioning_settings.read_secrets
        monkeypatch.setattr(provisioning_settings, "read_secrets", read)


def only(*keys):
    return lambda live: {key: live[key] for key in keys}


@pytest.fixture
def running(zscaler):
    zscaler.sandbox.switch(entra_cycle_delay=3600)
    zscaler.app.secrets["SkipOutOfScopeDeletions"] = "True"
    zscaler.run("job", state="started")
    zscaler.sandbox.entra.cycle()
    return zscaler


@pytest.mark.parametrize("shown", [(), ("BaseAddress", "SecretToken"), ("BaseAddress", "SecretToken", "SyncAll")])
@pytest.mark.parametrize("times", [1, 2])
def test_what_one_look_does_not_show_is_not_lost(running, monkeypatch, shown, times):
    before = dict(running.app.secrets)
    Replica(monkeypatch, only(*shown), times)
    done = running.run("settings", secret_token=running.sandbox.token, scope="assigned", notification_email="new@corp.example")
    assert not done.get("failed"), done
    assert asked(done) == [f"PUT {SECRETS}", f"POST {RESTART}"]
    assert {**before, "SyncAll": "false"} == {**running.app.secrets, "SyncNotificationSettings": json.dumps(MAIL)}
    assert {**running.mail, OTHER_MAIL_KEY: False} == {**MAIL, "Recipients": "new@corp.example", OTHER_MAIL_KEY: False}


@pytest.mark.parametrize("check", [True, False], ids=["check", "real"])
def test_settings_that_are_gone_although_the_job_has_run_are_refused_unless_all_are_given(running, monkeypatch, check):
    before = dict(running.app.secrets)
    Replica(monkeypatch, only(), 1000)
    some = {"tenant_url": running.sandbox.base_url, "secret_token": running.sandbox.token, "scope": "all", "deletion_threshold": 5}
    done = running.run("settings", check=check, **some)
    assert done["failed"]
    assert done["writes"] == []
    assert done["refused"]["missing"] == ["notification_email", "notify_on_failure", "skip_out_of_scope_deletions"]
    assert "skip_out_of_scope_deletions" in done["msg"]
    assert running.app.secrets == before
    whole = running.run("settings", check=check, **everything(running))
    assert not whole.get("failed"), whole


def test_settings_that_were_never_stored_are_believed_at_last(running):
    for key in ("SyncNotificationSettings", "SkipOutOfScopeDeletions"):
        del running.app.secrets[key]
    done = running.run("settings", secret_token=running.sandbox.token, notification_email="new@corp.example")
    assert not done.get("failed"), done
    assert asked(done) == [f"PUT {SECRETS}"]
    assert running.mail["Recipients"] == "new@corp.example"


@pytest.mark.parametrize("text", ["{trunc", "*****"])
def test_notification_settings_that_cannot_be_read_are_not_replaced(running, monkeypatch, text):
    Replica(monkeypatch, lambda live: {**live, "SyncNotificationSettings": text}, 1000)
    done = running.run("settings", secret_token=running.sandbox.token, notification_email="new@corp.example")
    assert done["failed"]
    assert done["writes"] == []
    assert "threshold" in done["msg"]


def test_a_key_in_another_case_is_not_sent_twice(running, monkeypatch):
    Replica(monkeypatch, lambda live: {"syncall" if key == "SyncAll" else key: value for key, value in live.items()}, 1000)
    done = running.run("settings", secret_token=running.sandbox.token, scope="assigned")
    ((_request, body), (_restart, _scope)) = done["writes"]
    assert [key for key in stored(body) if key.casefold() == "syncall"] == ["SyncAll"]
    assert stored(body)["SyncAll"] == "false"


# What is wrong


def test_all_problems_are_told_at_once_before_any_request(zscaler):
    done = zscaler.run(
        "settings",
        tenant_url="http://scim.zscalerone.net/1/2/scim",
        secret_token="short",
        oauth2_client_id="robot",
        notification_email="it@corp.example; me@corp.example",
        deletion_threshold=-1,
    )
    assert done["failed"]
    for option in ("tenant_url", "secret_token", "oauth2_client_secret", "notification_email", "deletion_threshold"):
        assert f"option {option}" in done["msg"], option
    assert done["reads"] == done["writes"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tenant_url": "https://robot:secret@scim.example/scim"}, "user or a password"),
        ({"tenant_url": "https://scim.example/scim#here"}, "fragment"),
        ({"tenant_url": "{{ url }}"}, "never resolved"),
        ({"secret_token": "{{ vault_token }}"}, "never resolved"),
        ({"secret_token": "********"}, "masked value"),
        ({"secret_token": "*" * 5}, "at least 8"),
        ({"secret_token": "a token\nof two lines"}, "line ends"),
        ({"notification_email": "nobody"}, "one mail address"),
        ({"notification_email": "", "notify_on_failure": True}, "needs an address"),
        ({"oauth2_token_url": "http://sts.example/token"}, "https"),
    ],
)
def test_what_cannot_be_right_is_refused_before_any_request(zscaler, options, words):
    done = zscaler.run("settings", **options)
    assert done["failed"]
    assert words in done["msg"]
    assert done["reads"] == []


def test_a_mail_needs_an_address(fresh):
    done = fresh.run("settings", **everything(fresh, notification_email=None))
    assert done["failed"]
    assert "give notification_email" in done["msg"]


def test_the_first_settings_need_an_address_and_a_secret(fresh):
    assert "option tenant_url" in fresh.run("settings", secret_token=fresh.sandbox.token)["msg"]
    assert "option secret_token" in fresh.run("settings", tenant_url=fresh.sandbox.base_url)["msg"]


# Trouble on the way


@pytest.mark.parametrize("kind", ["commit_then_reset", "reset", "commit_then_status", "half_body"])
def test_a_lost_answer_to_the_write_ends_well(zscaler, kind):
    zscaler.sandbox.faults.add({"method": "PUT", "route": SECRETS}, {"kind": kind}, 1)
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert not done.get("failed")
    assert zscaler.app.secrets["SyncAll"] == "false"


@pytest.mark.parametrize(("kind", "times"), [("commit_then_reset", 1), ("commit_then_status", 1), ("reset", 2)])
def test_a_write_that_can_be_seen_is_not_sent_again(zscaler, kind, times):
    zscaler.sandbox.faults.add({"method": "PUT", "route": SECRETS}, {"kind": kind}, 1)
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert asked(done) == [f"PUT {SECRETS}"] * times


def test_the_new_settings_are_looked_at_more_than_once(zscaler):
    """Replicas answer in turn: one may know what the next does not."""
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert done["reads"].count(f"GET {SECRETS}") >= 3, "one before the write, two after it"


def test_a_service_that_stays_busy_is_no_failed_test(zscaler):
    route = "/servicePrincipals/{id}/synchronization/jobs/validateCredentials"
    zscaler.sandbox.faults.add({"route": route}, {"kind": "status", "status": 409}, 0)
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert done["failed"]
    assert done["writes"] == []
    assert "connection test" not in done["msg"]


def test_the_first_requests_may_be_refused_for_a_while(fresh):
    fresh.app.sync_errors = 4
    assert not fresh.run("settings", **everything(fresh)).get("failed")


def test_an_application_that_cannot_be_read_yet_is_waited_for(fresh):
    fresh.sandbox.faults.add({"method": "GET", "route": SECRETS}, {"kind": "status", "status": 404}, 2)
    assert not fresh.run("settings", **everything(fresh)).get("failed")


def test_a_look_that_fails_after_the_write_is_a_warning(zscaler):
    zscaler.sandbox.faults.add({"method": "GET", "route": SECRETS, "nth": [2, 3, 4, 5, 6, 7]}, {"kind": "html"}, 0)
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert not done.get("failed")
    assert done["changed"]
    assert "Entra took the settings, but looking at it failed" in str(done["warnings"])
    assert zscaler.app.secrets["SyncAll"] == "false"


def test_haste_is_slowed_down(zscaler):
    zscaler.sandbox.faults.add({"route": SECRETS}, {"kind": "status", "status": 429, "retry_after": "0"}, 2)
    done = zscaler.run("settings", secret_token=zscaler.sandbox.token, scope="assigned")
    assert not done.get("failed")
    assert done["requests"]["throttled"] == 2


def test_no_secret_is_in_any_result(zscaler):
    token = zscaler.sandbox.token
    for options in (
        {"update_secret": "always"},
        {"scope": "assigned"},
        {"update_secret": "on_change"},
        {"tenant_url": "https://nowhere.invalid/scim"},
    ):
        for check in (True, False):
            done = zscaler.run("settings", secret_token=token, diff=True, check=check, **options)
            done.pop("writes")
            assert token not in json.dumps(done), options
