# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports as Markdown: what they say, that they fit into a comment, and that no name is taken for markup."""

from __future__ import annotations

import re
import typing as t

import pytest
from ansible_collections.scimops.zscaler_one.plugins.module_utils._limit import Limit, Overrun, refuse
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.markdown import (
    LONGEST,
    OPEN,
    code,
    drift_markdown,
    run_markdown,
)
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.page import run_page
from hypothesis import given
from hypothesis import strategies as some

from . import samples
from .samples import FAILURES, HARM, Told, drift_of, operation, run_of

SPAN = re.compile("`[^`\n]*`")
"""A code span, as long as nothing else has a backtick."""


NOTES = ("Everything else", "The service", "These", "Declared", "At Zscaler", "Wanted", "Groups", "There,", "Assigned")
"""How lines of ours begin that are no list."""


def frame(text: str) -> str:
    """What is left when all code spans are taken out: our own words."""
    return re.sub(r"(, )?`[^`\n]*`|\*\(empty\)\*", "", text)


def poison(told: Told, text: str) -> Told:
    """The same report with this text wherever somebody else's stands; kinds and verbs stay, for they are told by name."""

    def poisoned(value: t.Any, name: str = "") -> t.Any:
        if isinstance(value, dict):
            return {inner: poisoned(one, inner) for inner, one in value.items()}
        if isinstance(value, list):
            return [poisoned(one) for one in value]
        return text if isinstance(value, str) and value and name not in ("kind", "verb", "category", "listing") else value

    return dict(poisoned(told))


@pytest.mark.parametrize("text", HARM, ids=repr)
@pytest.mark.parametrize("make", ["run", "drift", "error", "stopped"])
def test_no_text_of_others_becomes_markup(make: str, text: str) -> None:
    forms = {
        "run": (run_markdown, run_of(12, failures=FAILURES)),
        "drift": (drift_markdown, drift_of()),
        "error": (run_markdown, run_of(0, error="bad", operations=[])),
        "stopped": (run_markdown, samples.stopped(12, 4)),
    }
    write, told = forms[make]
    plain, harmed = write(poison(told, "x")), write(poison(told, text))
    if text.strip() and "\n" not in text and len(text) < 80:
        # The same lines, with the same words of ours around the same number of spans.
        assert SPAN.sub("``", harmed).split("\n") == SPAN.sub("``", plain).split("\n")
    for word in ("<img", "<script", "</style", "@everyone", "@corp", "](", "evil", "/close", "#1", "**bold"):
        assert word not in frame(harmed)
    assert harmed.count("`") % 2 == 0
    assert all(line.isprintable() for line in harmed.split("\n"))
    assert {line[:2] for line in harmed.split("\n")} <= {"", "- ", "> ", ">", "**", "##", "<!", "<d", "</", "| ", "|-"} | {
        one[:2] for one in NOTES
    }


@given(some.text())
def test_nothing_ends_a_code_span_from_within(text: str) -> None:
    found = code(text)
    if not text:
        assert found == "*(empty)*"
        return
    assert found.startswith("`")
    assert found.endswith("`")
    assert "`" not in found[1:-1]
    assert found[1] != " "
    assert found[-2] != " "
    assert found[1:-1].replace("\\x60", "`").replace("\\x20", " ") == text.replace("\\x60", "`").replace("\\x20", " ")


@pytest.mark.parametrize(
    ("told", "title"),
    [
        (run_of(100, dry=True), "Would make 102 changes"),
        (run_of(100), "Made 102 changes"),
        (run_of(100, failures=FAILURES), "Made 102 changes, 2 failed"),
        (run_of(100, dry=True, failures=FAILURES), "Would make 102 changes, 2 cannot be planned"),
        (run_of(0, operations=[]), "Nothing to do"),
        (run_of(0, operations=[], failures=FAILURES), "Made 0 changes, 2 failed"),
        (samples.stopped(), "Stopped early: 40 of 104 changes made"),
        (samples.under_way(100, 40), "Running, not finished: 40 of 102 changes made"),
        (samples.under_way(100, 0), "Planned, not finished: 102 changes to make"),
        (run_of(0, operations=[], error="x", plan_digest=""), "Failed, nothing was written"),
        (run_of(0, operations=[], error="x"), "Failed, no change is known to be made"),
        (run_of(0, operations=[], error="x", dry=True), "Failed, there is no plan"),
        (run_of(100, error="x"), "Failed after 102 changes"),
    ],
)
def test_the_title_is_the_verdict(told: Told, title: str) -> None:
    lines = run_markdown(told).split("\n")
    assert lines[0] == "<!-- scimops.zscaler_one.scim_directory -->"
    assert lines[1] == f"## {title}"


def test_removals_come_first_and_failures_before_the_rest() -> None:
    text = run_markdown(run_of(100, failures=FAILURES))
    titles = re.findall("^### (.*)$", text, flags=re.MULTILINE)
    assert titles == ["Removals", "Failures", "Changes", "Warnings", "Protected, left alone", "Not verifiable"]
    assert "- `katherine.hamilton@corp.example` was `Katherine Hamilton`" in text
    assert "department `Engineering` to `Research`" in text
    assert "- `Engineering` (1 member): `ada.allen@corp.example`" in text
    failed = "- `grace.hopper@elsewhere.example`: create user: `400 the domain elsewhere.example is not registered` "
    assert f"{failed}(declared in `state/people.yml:12 (users[3])`, request `POST Users`)" in text
    assert "| Created, added | 30 | 1 | 43 |" in text
    assert "2f0a4c1e5b7d9380a6c2e4f81b3d5f70928471a3c5e7f90b1d3f5a7c9e0b2d4f" in text


def test_long_lists_are_folded_and_short_ones_are_not() -> None:
    text = run_markdown(run_of(0, operations=[operation("user", "delete", f"u{number}") for number in range(OPEN)]))
    assert "<details>" not in text
    text = run_markdown(run_of(0, operations=[operation("user", "delete", f"u{number}") for number in range(OPEN + 1)]))
    assert f"<details><summary>Users deleted: {OPEN + 1}</summary>\n\n- `u0`" in text
    assert text.count("<details>") == text.count("</details>") == 1


@pytest.mark.parametrize("name", ["u{}@corp.example", "\U0001f642" * 30 + "{}", "x" * 400 + "{}"])
def test_a_comment_is_never_longer_than_github_takes_and_says_what_is_left_out(name: str) -> None:
    verbs = ("delete", "create", "update")
    operations = [operation("user", verbs[number % 3], name.format(number)) for number in range(10_000)]
    failures = [{**FAILURES[0], "name": name.format(number)} for number in range(3000)]
    told = run_of(0, operations=operations, failures=failures, warnings=["w" * 600] * 50, protected=[name.format("p")] * 900)
    text = run_markdown(told)
    assert LONGEST * 0.9 < len(text.encode("utf-16-le")) // 2 <= LONGEST
    assert text.count("<details>") == text.count("</details>")
    shown = [part.count("\n- `") for part in text.split("### ")[1:3]]
    for count, whole in zip(shown, (3334, 3000), strict=True):
        assert 0 < count < whole
        assert f"... and {whole - count:,} more lines. All are in the plan (plan_path)" in text
    assert shown[0] > shown[1]


@pytest.mark.parametrize("one", ["\U000e0041", "\x1b", "`", "\U0001f642"])
def test_what_is_escaped_does_not_make_it_too_long(one: str) -> None:
    """Who names things at the service could otherwise have GitHub refuse the comment that tells of it."""
    name = one * 500
    found = [{"category": "extra_member", "kind": "group", "name": name, "members": [name] * 50} for _number in range(20)]
    summary = {"users": {}, "groups": {"extra_member": 20}}
    drift = {"drift": found, "summary": summary, "groups": [{"name": name, "missing": 0, "extra": 50}] * 20}
    for text in (drift_markdown(drift), run_markdown(run_of(0, operations=[], error="\n".join([name] * 16), warnings=[one * 9000]))):
        assert len(text.encode("utf-16-le")) // 2 <= LONGEST


def test_ten_thousand_removals_have_the_room_that_there_is() -> None:
    operations = [operation("user", "delete", f"u{number:04}@corp.example") for number in range(1500)]
    operations += [operation("user", "create", f"new{number}@corp.example") for number in range(8500)]
    text = run_markdown(run_of(0, operations=operations))
    assert all(f"`{one['name']}`" in text for one in operations[:1500])
    assert len(text) <= LONGEST


def test_a_long_reason_is_told_whole_and_leaves_room() -> None:
    reason = "Refused: " + "users who would be removed, " * 200 + "set allow_removals_over_limit"
    assert reason in run_markdown(run_of(0, operations=[], error=reason))
    text = run_markdown(run_of(10_000, error="\n".join(["x" * 9000] * 50), stopped="y" * 100_000, warnings=["w" * 100_000] * 9))
    assert len(text) <= LONGEST


def test_drift_is_told_by_category_and_by_group() -> None:
    text = drift_markdown(drift_of())
    assert text.split("\n")[1] == "## Drift: 18 users, 6 groups"
    titles = re.findall("^### (.*)$", text, flags=re.MULTILINE)
    assert titles[:3] == ["Missing", "Extra", "Disabled by hand"]
    assert "| Assigned, not provisioned | 3 | - |" in text
    assert "**Members that are missing or extra, by group**" in text
    assert "department `Sales` instead of `Research`" in text
    assert "Git: `declared`; Entra: `assigned by group Engineering`; Zscaler One: `not there`" in text
    assert "NotEffectivelyEntitled" in text


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"drift": [], "summary": {}, "in_sync": True}, "In sync"),
        ({"drift": [], "summary": {}, "in_sync": False, "listing": "suspect"}, "Not known to be in sync"),
        ({"summary": {"users": {"missing": 1}, "groups": {}}}, "Drift: 1 user, 0 groups"),
    ],
)
def test_the_verdict_on_drift(more: Told, title: str) -> None:
    assert drift_markdown(drift_of(**more)).split("\n")[1] == f"## {title}"


def test_a_category_that_is_not_known_is_told_all_the_same() -> None:
    one = {**drift_of()["drift"][0], "category": "<b>new</b>", "kind": "robot", "name": "r2"}
    text = drift_markdown(drift_of(drift=[one], summary={"users": {"<b>new</b>": 1}, "groups": {}}))
    assert "| Something else | 1 | - |" in text
    assert "- `r2`" in text
    assert "<b>" not in text


def test_r1_a_lifted_brake_stands_under_the_heading() -> None:
    overrun = Overrun("users", 61, 64, 5.0, ("ada@corp.example",))
    told = run_of(3, warnings=[*refuse([overrun], Limit(), allow=True), "another"])
    lines = run_markdown(told).split("\n")
    assert lines[2:6] == ["", "> **The removal brake is lifted**", ">", f"> - `{overrun}`"]
    page = run_page(told)
    assert 0 < page.index("The removal brake is lifted") < page.index('class="overview"')
    assert "brake is lifted" not in run_markdown(run_of(3, warnings=["another"]))


def test_the_dashes_of_a_refusal_do_not_make_lists_in_lists() -> None:
    text = run_markdown(run_of(0, error="Refused.\n- members of group Ops: 3 of 3", operations=[]))
    assert "> - `Refused.`\n> - `members of group Ops: 3 of 3`\n" in text
