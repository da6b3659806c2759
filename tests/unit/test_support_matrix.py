# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The support matrix says what the checks do: the releases of ansible-core, their Pythons, and what the packages need."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.tests.checks import environments
from ansible_collections.scimops.zscaler_one.tests.checks.table import TARGETS, THROUGH

ROOT = Path(__file__).parents[2]
MATRIX = (ROOT / "docs/docsite/rst/support_matrix.rst").read_text(encoding="utf-8")
# ansible-core, its Pythons, the Python of the modules, what is run.
ROWS = re.findall(r"^   \* - (2\.\d+)\n     - (.+)\n     - (.+)\n     - (.+)$", MATRIX, re.MULTILINE)


def read(path: str) -> t.Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_every_release_that_is_tested_is_in_the_matrix_and_no_other() -> None:
    assert [row[0] for row in ROWS] == list(TARGETS)
    locked = {path.stem.removeprefix("core-") for path in (ROOT / "requirements").glob("core-*.in")}
    assert locked == set(TARGETS)


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in ROWS])
def test_a_row_has_the_pythons_that_the_checks_take(row: tuple[str, ...]) -> None:
    core, controller, target, run = row
    assert controller.split(", ") == sorted(environments.PYTHONS[f"core-{core}"])
    assert target == (TARGETS[core] or "the Python of ansible-core")
    ends = core in (min(TARGETS), max(TARGETS))
    assert ("every integration target" in run) == ends
    assert ("three integration targets" in run) != ends
    assert len(THROUGH) == 3


def test_what_galaxy_is_told_is_the_oldest_release() -> None:
    oldest = min(TARGETS)
    assert read("meta/runtime.yml")["requires_ansible"] == f">={oldest}.0"
    for role in (ROOT / "roles").iterdir():
        assert read(f"roles/{role.name}/meta/main.yml")["galaxy_info"]["min_ansible_version"] == oldest, role.name


def test_the_readme_says_the_same() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"ansible-core {min(TARGETS)} to {max(TARGETS)}" in readme
    assert f"ansible-core {min(TARGETS)} to {max(TARGETS)}" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "docs/docsite/rst/support_matrix.rst" in readme


def test_the_oldest_python_is_one() -> None:
    oldest = f"3.{environments.OLDEST_TARGET}"
    assert read("tests/config.yml")["modules"]["python_requires"] == f">={oldest}"
    assert f"Modules run on Python {oldest} or newer" in MATRIX
    assert f"each Python from {oldest} to 3.{environments.NEWEST}" in MATRIX


@pytest.mark.parametrize("package", ["requests", "PyYAML", "azure-identity"])
def test_the_oldest_release_of_a_package_is_that_of_requirements(package: str) -> None:
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    oldest = re.search(rf"^{package}>=([\d.]+)", required, re.MULTILINE)
    assert oldest
    assert f"``{package}`` {oldest[1]} or newer" in MATRIX


def test_the_services_are_those_of_the_interoperability_tests() -> None:
    tests = (ROOT / "tests/interop/test_lifecycle.py").read_text(encoding="utf-8")
    for name in ("scim2-server", "SCIMMY", "django-scim2"):
        assert name in tests
        assert f"   * - {name}" in MATRIX
    for profile in set(re.findall(r'sandbox\("(\w+)"', tests)):
        assert f"   * - sandbox, profile ``{profile}``" in MATRIX
