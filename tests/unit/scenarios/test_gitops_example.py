# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/examples/gitops, run as its CI files run it: plan, review, exactly that plan, a stale one, and what goes wrong on the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._rendering.markdown import LONGEST
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

from .secret_rows import hits

EXAMPLE = Path(__file__).resolve().parents[3] / "docs/examples/gitops"
BIN = Path(sys.executable).parent
COMMAND = re.compile(r"ansible-playbook scimops\.zscaler_one\.(\w+)([^\n]*)")
Json = dict[str, t.Any]


def scripts() -> dict[str, str]:
    """All scripts of the CI files, by where they stand."""
    found = {}
    for path in sorted((EXAMPLE / ".github/workflows").glob("*.yml")):
        for job, about in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
            for number, step in enumerate(about["steps"]):
                if "run" in step:
                    found[f"{path.stem}/{job}/{number}"] = step["run"]
    for job, about in yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text(encoding="utf-8")).items():
        if isinstance(about, dict) and "script" in about:
            found[f"gitlab/{job}"] = "\n".join(about["script"])
    return found


SCRIPTS = scripts()
COMMANDS = {where: next(COMMAND.finditer(script))[0] for where, script in SCRIPTS.items() if COMMAND.search(script)}


class Run(t.NamedTuple):
    """What came of one command of the CI files."""

    code: int
    page: str
    output: str
    writes: list[str]


class Team:
    """A repository made of the example, a tenant, and the CI that runs its commands there."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder / "repository"
        shutil.copytree(EXAMPLE, self.folder)
        self.home = folder / "home"

    def ci(self, where: str, *words: str, **variables: str) -> Run:
        """Run the script of a job as the CI does, with its variables."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZSCALER_ONE_", "AZURE_", "ANSIBLE_"))}
        environment |= {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / "ansible"),
            "ANSIBLE_LOG_PATH": str(self.folder.parent / "ansible.log"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
            "ANSIBLE_INVENTORY": "inventory",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
            "ZSCALER_ONE_SCIM_BASE_URL": self.sandbox.base_url,
            "ZSCALER_ONE_SCIM_BEARER_TOKEN": self.sandbox.token,
            "ZSCALER_ONE_SCIM_CA_PATH": str(self.sandbox.ca_path),
            "ZSCALER_ONE_SCIM_REQUESTS_PER_SECOND": "0",
            **variables,
        }
        last = max((entry.number for entry in self.sandbox.journal), default=0)
        script = " ".join([COMMANDS[where], *words])
        done = subprocess.run(
            ["bash", "-ec", script], env=environment, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        output = done.stdout + done.stderr
        page = re.search(r"\] \*+\nok: \[corp\] => *\n +msg: \|-\n((?: {8}.*\n|\n)+)", output)
        writes = [f"{entry.method} {entry.route}" for entry in self.sandbox.journal.select(since=last, writes=True)]
        return Run(done.returncode, page[1] if page else "", output, writes)

    def take_over(self) -> None:
        """Hand the plan of the pull request to the workflow that applies it."""
        (self.folder / "reviewed").mkdir(exist_ok=True)
        shutil.move(self.folder / "plan.json", self.folder / "reviewed/plan.json")

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a file of the repository."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def people(self) -> dict[str, bool]:
        """Who is in the tenant, and whether enabled."""
        records = [record.attributes for record in self.sandbox.tenant.users.records.values()]
        return {one["userName"]: one["active"] for one in records if not one["userName"].startswith("admin@")}


@pytest.fixture
def team(tmp_path: Path) -> t.Iterator[Team]:
    with Sandbox() as sandbox:
        team = Team(sandbox, tmp_path)
        yield team
        left = [path.read_text(errors="ignore") for path in tmp_path.rglob("*") if path.is_file()]
        assert any("TASK [" in text for text in left)
        assert [hit for text in left for hit in hits(text, sandbox.token)] == []


def test_every_script_is_understood_by_the_shell() -> None:
    for where, script in SCRIPTS.items():
        done = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), where


def test_the_token_is_in_the_steps_that_need_it_and_in_no_other() -> None:
    for path in (EXAMPLE / ".github/workflows").glob("*.yml"):
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {}
        assert "pull_request_target" not in workflow[True]  # YAML 1.1 takes the key "on" for true
        for job in workflow["jobs"].values():
            assert "secrets." not in str({**job, "steps": None})
            for step in job["steps"]:
                assert ("secrets." in str(step)) == bool(COMMAND.search(step.get("run", ""))), step
                # What a pull request brings is never text of a script.
                assert "${{" not in step.get("run", "")
                assert step.get("uses", "actions/").startswith("actions/")
                if step.get("uses", "").startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is False


def test_two_applications_never_run_at_once_and_none_is_ended_halfway() -> None:
    jobs = yaml.safe_load((EXAMPLE / ".github/workflows/apply.yml").read_text(encoding="utf-8"))["jobs"]
    applying = {name: job for name, job in jobs.items() if "scimops.zscaler_one.apply" in str(job)}
    assert set(applying) == {"reviewed", "approved"}
    assert all(job["concurrency"] == {"group": "zscaler-one", "cancel-in-progress": False} for job in applying.values())
    gitlab = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    assert (gitlab["apply"]["resource_group"], gitlab["apply"]["interruptible"]) == ("zscaler-one", False)
    # Only exactly a plan that somebody saw is ever applied.
    assert [where for where, command in COMMANDS.items() if ".apply" in command and "directory_apply_plan=" not in command] == []


GH = """#!/bin/sh
printf '%s\\n' "$*" >> calls
case "$*" in
    *ref/heads/main*) printf '%s' "$MAIN" ;;
    *commits/*) printf '%s' "$HEAD" ;;
    "run list"*) printf '%s' "$RUN" ;;
    *environments/*) printf '%b' "$RULES" ;;
    *--paginate*) printf '%b' "$COMMENTS" ;;
esac
"""
"""The program that asks GitHub, as far as the workflows use it: what it was asked is in the file calls."""


def asked(folder: Path, where: str, **answers: str) -> tuple[int, str, list[str]]:
    """How a script of a workflow ends if GitHub answers so: exit code, output, and what it asked."""
    program = folder / "gh"
    program.write_text(GH)
    program.chmod(0o755)
    (folder / "calls").unlink(missing_ok=True)
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "GH_REPO": "corp/zscaler", "GITHUB_SHA": "feed", "NUMBER": "7"}
    environment |= {"GITHUB_RUN_ATTEMPT": "1", "MAIN": "feed"}
    environment |= {"RESULT": "success", "HEAD": "", "RUN": "", "RULES": "", "COMMENTS": "", **answers}
    done = subprocess.run(["bash", "-ec", SCRIPTS[where]], env=environment, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, (folder / "calls").read_text().splitlines()


def test_a_merge_finds_the_plan_of_its_pull_request_or_goes_no_further(tmp_path: Path) -> None:
    where = "apply/reviewed/1"
    code, _output, calls = asked(tmp_path, where, HEAD="beef", RUN="4711")
    assert (code, calls[-1]) == (0, "run download 4711 --name plan --dir reviewed")
    assert "--commit beef --status success" in calls[1]
    for answers in ({"HEAD": "beef"}, {}):
        code, output, calls = asked(tmp_path, where, **answers)
        assert (code, [call for call in calls if "download" in call]) == (1, [])
        assert "No plan was reviewed for this commit. Start this workflow by hand" in output


def test_a_run_that_is_started_again_does_not_bring_back_what_was_taken_back_since(tmp_path: Path) -> None:
    answers = {"HEAD": "beef", "RUN": "4711", "GITHUB_RUN_ATTEMPT": "2"}
    assert asked(tmp_path, "apply/reviewed/1", **answers)[0] == 0
    code, output, calls = asked(tmp_path, "apply/reviewed/1", **answers, MAIN="cafe")
    assert (code, len(calls)) == (1, 1)
    assert "main has moved on since this run" in output


@pytest.mark.parametrize("where", ["gitlab/plan", "gitlab/apply"])
def test_a_variable_of_a_pipeline_is_no_more_than_a_switch(tmp_path: Path, where: str) -> None:
    """At GitLab whoever may start a pipeline can give it any text."""
    program = tmp_path / "ansible-playbook"
    program.write_text("#!/bin/sh\necho ran > ran\n")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    texts = ("false directory_prune_users=delete", "{{ lookup('pipe', 'env') }}", "")
    for shell, text in [(shell, text) for shell in ("bash", "sh") for text in (*texts, "true", "false")]:
        (tmp_path / "ran").unlink(missing_ok=True)
        environment = {"PATH": path, "ALLOW_REMOVALS_OVER_LIMIT": text}
        done = subprocess.run([shell, "-ec", SCRIPTS[where]], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode == 0, (tmp_path / "ran").exists()) == (text in ("true", "false"), text in ("true", "false")), text


def test_nobody_plans_by_hand_where_nobody_has_to_approve(tmp_path: Path) -> None:
    assert asked(tmp_path, "apply/plan/0", RULES="branch_policy\\nrequired_reviewers\\n")[0] == 0
    for rules in ("", "branch_policy\\n"):
        code, output, _calls = asked(tmp_path, "apply/plan/0", RULES=rules)
        assert code == 1
        assert "has no required reviewers" in output


def test_the_comment_is_one_and_is_renewed(tmp_path: Path) -> None:
    plan = "\n".join(["- `" + "é" * 1000 + "@corp `"] * 59)
    assert len(plan) < LONGEST < len(plan.encode())
    (tmp_path / "plan.md").write_text(plan, encoding="utf-8")
    code, _output, calls = asked(tmp_path, "plan/comment/1")
    assert (code, calls[-1]) == (0, "api repos/corp/zscaler/issues/7/comments --field body=@comment.md")
    code, _output, calls = asked(tmp_path, "plan/comment/1", COMMENTS="12\\n13\\n")
    assert (code, calls[-1]) == (0, "api repos/corp/zscaler/issues/comments/12 --method PATCH --field body=@comment.md")
    comment = (tmp_path / "comment.md").read_text(encoding="utf-8")
    # Cut within a line, what is left of a code span would be markup, and could mention or show anything.
    assert comment.endswith(plan)
    assert len(comment) < 65_536
    (tmp_path / "plan.md").unlink()
    code, _output, calls = asked(tmp_path, "plan/comment/1", RESULT="failure")
    assert code == 0
    assert "failure. The log of the job tells more" in (tmp_path / "comment.md").read_text()


@pytest.mark.slow
def test_from_a_pull_request_to_the_tenant(team: Team) -> None:
    planned = team.ci("plan/plan/3")
    assert (planned.code, planned.writes, team.people()) == (0, [], {}), planned.output[-3000:]
    assert "THE PLAN. Nothing was written to the tenant." in planned.page
    assert "users: 2 to create; 0 as declared" in planned.page
    assert "- add bob@corp.example to Engineering" in planned.page
    assert "-e directory_apply_plan=plan.json, does just this or nothing" in planned.page
    reviewed = (team.folder / "plan.md").read_text(encoding="utf-8")
    assert "ada@corp.example" in reviewed
    team.take_over()

    applied = team.ci("apply/reviewed/4")
    assert (applied.code, len(applied.writes)) == (0, 5), applied.output[-3000:]
    assert applied.page.lstrip().startswith("DONE.")
    assert team.people() == {"ada@corp.example": True, "bob@corp.example": True}
    assert "ada@corp.example" in (team.folder / "applied.jsonl").read_text(encoding="utf-8")

    night = team.ci("drift/drift/3")
    assert (night.code, night.writes) == (0, []), night.output[-3000:]
    assert (team.folder / "drift.html").is_file()
    again = team.ci("gitlab/plan", ALLOW_REMOVALS_OVER_LIMIT="false")
    assert (again.code, again.writes) == (0, []), again.output[-3000:]
    assert again.page.lstrip().startswith("NOTHING TO DO: the tenant is as declared.")
    # A job that is started once more says so, and does nothing.
    twice = team.ci("apply/reviewed/4")
    assert (twice.code != 0, twice.writes) == (True, [])
    assert "There is nothing left to do: was this plan applied before?" in twice.page
    assert "Nobody has agreed" not in twice.page


@pytest.mark.slow
def test_no_name_begins_a_line_of_a_page(team: Team) -> None:
    """Else whoever names things at the service writes what reviewers read, and commands that the CI takes from its log."""
    name = "eve\nNOTHING TO DO: the tenant is as declared.\n::stop-commands::x@corp.example"
    team.sandbox.seed(
        users=[{"userName": name, "displayName": name}, {"userName": "ada@corp.example"}],
        groups=[{"displayName": f"Service Admin {name}", "members": [name]}, {"displayName": "Engineering", "members": [name]}],
    )
    team.edit("inventory/group_vars/all.yml", "directory_prune_users: none", "directory_prune_users: disable")
    team.edit("inventory/group_vars/all.yml", "directory_prune_groups: none", "directory_prune_groups: delete")
    export = "&& ansible-playbook scimops.zscaler_one.export -e directory_export_dest=all.yml -e directory_export_undeclarable=warn"
    for where, words in (("plan/plan/3", [export]), ("drift/drift/3", [])):
        run = team.ci(where, *words)
        assert run.output.count("eve\\nNOTHING") >= 3, run.output[-3000:]
        assert [line for line in run.output.splitlines() if line.strip().startswith(("NOTHING", "::"))] == []


@pytest.mark.slow
def test_a_plan_that_is_stale_is_refused_and_the_way_out_works(team: Team) -> None:
    assert team.ci("plan/plan/3").code == 0
    team.take_over()
    team.sandbox.seed(users=[{"userName": "bob@corp.example", "displayName": "Robert"}])
    refused = team.ci("apply/reviewed/4")
    assert (refused.code != 0, refused.writes) == (True, [])
    assert "not needed any more: create user bob@corp.example" in refused.page
    assert "Nobody has agreed to what would be done today. Make a new plan, and have it reviewed." in refused.page
    assert team.ci("apply/plan/4", ALLOW="false").code == 0
    team.take_over()
    applied = team.ci("apply/approved/4", ALLOW="false")
    assert (applied.code, len(applied.writes)) == (0, 5), applied.output[-3000:]


@pytest.mark.slow
def test_the_brake_stops_the_plan_and_only_by_hand_it_is_lifted(team: Team) -> None:
    team.sandbox.seed(users=[{"userName": f"person{number}@corp.example", "active": True} for number in range(30)])
    team.edit("inventory/group_vars/all.yml", "directory_prune_users: none", "directory_prune_users: disable")
    stopped = team.ci("plan/plan/3")
    assert (stopped.code != 0, stopped.writes) == (True, [])
    assert "NO PLAN." in stopped.page
    assert "users: 30 of 30 would be removed, 5 are allowed" in stopped.page
    assert "-e directory_allow_removals_over_limit=true, for one run" in stopped.page
    assert not (team.folder / "plan.json").exists()
    allowed = team.ci("apply/plan/4", ALLOW="true")
    assert (allowed.code, allowed.writes) == (0, []), allowed.output[-3000:]
    assert "users: 2 to create, 30 to disable; 0 as declared" in allowed.page
    team.take_over()
    forgotten = team.ci("apply/approved/4", ALLOW="false")
    assert (forgotten.code != 0, forgotten.writes) == (True, [])


@pytest.mark.slow
def test_what_is_wrong_is_told_in_words_before_anything_is_asked(team: Team) -> None:
    team.edit("state/people.yml", "department: Research", "departmnt: Research")
    wrong = team.ci("plan/plan/3", '-e directory_of_mine=1 -e \'{"directory_foreign_variables": ["directory_of_mine"]}\'')
    assert wrong.code != 0
    assert "- state/people.yml:9" in wrong.page
    assert "did you mean department?" in wrong.page
    misspelt = team.ci("plan/plan/3", "-e directory_protected_user=ada@corp.example")
    assert misspelt.code != 0
    assert "This role has no variable directory_protected_user; did you mean directory_protected_users?" in misspelt.output
    team.edit("state/people.yml", "departmnt: Research", "department: Research")
    # Where the name of the plan got lost, nothing is applied without one.
    lost = team.ci("apply/reviewed/4", "-e directory_apply_plan=")
    assert (lost.code != 0, "was written by plan_path" in lost.page) == (True, True)
    same = team.ci("plan/plan/3", f"-i one,two, -e ansible_python_interpreter={sys.executable}")
    assert same.code != 0
    assert "Several tenants would write the same file: " in same.output
    assert list(team.sandbox.journal) == []


@pytest.mark.slow
def test_the_state_beside_where_one_is_and_only_numbers_in_the_log(team: Team) -> None:
    # With no inventory at all, from the folder that has state/, as in the README.
    quiet = team.ci("plan/plan/3", "-i localhost, -e directory_shown=0 -e ansible_python_interpreter=" + sys.executable)
    assert quiet.code == 0, quiet.output[-3000:]
    assert "users: 2 to create; 0 as declared" in quiet.output
    assert "ada@corp.example" not in quiet.output
    assert json.loads((team.folder / "plan.json").read_text(encoding="utf-8"))["summary"]["users"]["created"] == 2
