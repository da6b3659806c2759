# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of checks: what is run, with which environment, where."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from . import environments

# The Python that modules run on in the integration tests of each ansible-core; empty = the Python of the controller.
TARGETS = {"2.18": "3.9", "2.19": "3.9", "2.20": "3.10", "2.21": ""}
# The integration targets that go through everything once. Releases between the oldest and the newest on this machine run no others, and no
# sanity: what it asks changes from release to release, and both ends have it.
THROUGH = ("entra_tutorial", "scim_directory", "scim_membership")
GITOPS = "docs/examples/gitops"
WORKFLOWS = tuple(f"{GITOPS}/.github/workflows/{name}.yml" for name in ("apply", "drift", "plan"))
TYPED = ("plugins.module_utils", "plugins.plugin_utils", "plugins.action", "tests.sandbox", "tests.checks")


@dataclass(frozen=True)
class Check:
    """One line of the report; it passes if its command ends with 0.

    `where` is the folder that it runs in: the repository, the repository seen at its ansible_collections path ("link"), or a
    copy there. Checks of one lane run one after the other, in one copy and with one HOME.
    """

    name: str
    environment: str
    command: tuple[str, ...]
    where: t.Literal["repository", "link", "copy"] = "repository"
    lane: str = ""
    quick: bool = False
    sparing: tuple[str, ...] = ()  # words that the quick part adds to the command
    left_out: str = ""  # known beforehand not to be tested by it on this machine


def checks() -> list[Check]:
    """All checks, the longest lanes first, so that nobody waits for a long one in the end."""
    oldest = (here() or list(TARGETS))[0]
    return [
        *(check for core in TARGETS for check in ansible_test(core)),
        Check("molecule", "lint", ("molecule", "test", "--all"), "copy", "molecule"),
        Check(
            "unit tests",
            "dev",
            ("python", "-m", "pytest", "-n", "2", "--dist", "worksteal", "-rs", "-q", "--durations", "5", "tests/unit"),
            quick=True,
            sparing=("-m", "not slow"),
        ),
        Check("interoperability", "dev", ("python", "-m", "pytest", "-rs", "-q", "tests/interop")),
        Check("Galaxy importer", "galaxy", ("python", "tests/checks/package.py", "judge"), "copy", "galaxy"),
        # In an environment with ansible-core, requests and azure-identity, and nothing else.
        Check("package, installed and run", f"core-{oldest}", ("python", "tests/checks/package.py", "run"), "copy", "package"),
        Check("ansible-lint", "lint", ("ansible-lint", "--strict"), "copy", "ansible-lint"),
        Check(
            "module documentation",
            "lint",
            ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--skip-rstcheck", "--validate-collection-refs", "all", "."),
            "copy",
            "documentation",
        ),
        Check("documentation site", "lint", ("python", "tests/checks/docsite.py")),
        Check("JSON Schema of state files", "dev", ("python", "tests/checks/schema.py")),
        Check("mypy", "dev", ("mypy", "--config-file", "{collection}/.mypy.ini", *typed()), "link", quick=True),
        Check("changelog", "lint", ("antsibull-changelog", "lint")),
        Check("action groups", "dev", ("python", "tests/checks/action_groups.py")),
        Check("CI files for GitHub", "lint", ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)),
        Check(
            "CI file for GitLab",
            "lint",
            ("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", f"{GITOPS}/.gitlab-ci.yml"),
        ),
        Check("yamllint", "lint", ("yamllint", "--strict", ".")),
        Check("ruff", "dev", ("ruff", "check"), quick=True),
        Check("formatting", "dev", ("ruff", "format", "--check"), quick=True),
    ]


def ansible_test(core: str) -> tuple[Check, ...]:
    """What ansible-test says with one release of ansible-core: integration, and sanity with no ignore list."""
    lane = f"core-{core}"
    target = TARGETS[core]
    missing = bool(target) and target not in environments.interpreters()
    python = f"controller:python=venv/{target}" if target and not missing else "controller:python=default"
    between = core not in (here()[0], here()[-1]) if here() else False
    left_out = [f"modules on Python {target}, which is not on this machine"] if missing else []
    left_out += [f"integration targets other than {', '.join(THROUGH)}, and sanity"] if between else []
    sanity = Check(f"sanity, ansible-core {core}", lane, ("ansible-test", "sanity", "--color", "no"), "copy", lane)
    return (
        Check(
            f"integration, ansible-core {core}",
            lane,
            ("ansible-test", "integration", "--color", "no", "--target", python, *(THROUGH if between else ())),
            "copy",
            lane,
            left_out="; ".join(left_out),
        ),
        *(() if between else (sanity,)),
    )


def here() -> list[str]:
    """The releases of ansible-core that this machine has a Python for, the oldest first."""
    return [core for core in TARGETS if any(version in environments.interpreters() for version in environments.PYTHONS[f"core-{core}"])]


def typed() -> list[str]:
    """The words that name the packages which mypy reads."""
    return [word for package in TYPED for word in ("-p", f"ansible_collections.scimops.zscaler_one.{package}")]
