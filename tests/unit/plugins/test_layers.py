# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The layers: imports point down this list and never up, and what is called pure touches no machine."""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[3] / "plugins"
UTILS = PLUGINS / "module_utils"

ORDER = (
    # the shell, and what it is told
    "_export_module", "_drift_module", "_drift_reads", "_module", "_entra_module", "_task", "_reads", "_results", "_orders", "_converge",
    "_carrying.records", "_carrying.plan_file", "_carrying.page_report",
    "_carrying.document_report", "_carrying.line_report", "_carrying.progress_file",
    "_carrying.output", "_carrying.bulk", "_carrying.bulk_run", "_carrying.bulk_packing", "_carrying.bulk_terms",
    "_carrying.judging", "_carrying.pieces",
    "_carrying.carrier", "_carrying.crew", "_carrying.record", "_carrying.halt", "_carrying.breaker", "_carrying.writer", "_carrying.waves",
    "_carrying.outcome", "_entra_arguments", "_arguments", "_advice", "_discreet",
    # the workflows of Entra, one for each module, and what several share
    "_workflow.app_assignment", "_workflow.assignment_writes", "_workflow.gallery_app", "_workflow.permission_info",
    "_workflow.provision_on_demand",
    "_workflow.provisioning_job", "_workflow.provisioning_log_info", "_workflow.provisioning_info", "_workflow.provisioning_mapping",
    "_workflow.provisioning_settings", "_workflow.provisioning_test", "_workflow.connection_test", "_workflow.restarting",
    "_workflow.saml_sso",
    "_workflow.sso_writes",
    # the wire of Microsoft Graph
    "_graph.assignments", "_graph.audit", "_graph.schema", "_graph.sso", "_graph.synchronization",
    "_graph.applications", "_graph.people", "_graph.directory", "_graph.again", "_graph.permissions", "_graph.client",
    "_graph.patience", "_graph.dialect", "_graph.resources", "_graph.shapes",
    # planning of what Entra is to do
    "_entra.narrowing", "_entra.latest", "_entra.naming",
    "_entra.gallery", "_entra.assignees", "_entra.assignments", "_entra.fingerprint", "_entra.jobs", "_entra.mapping", "_entra.side",
    "_entra.flow_checks", "_entra.located", "_entra.flow", "_entra.expression", "_entra.scoping_checks", "_entra.attributes",
    "_entra.on_demand", "_entra.logs", "_entra.verdict", "_entra.saml", "_entra.certificates", "_entra.claims", "_entra.sso_step",
    "_entra.settings",
    "_entra.settings_keys", "_entra.status", "_entra.scoping", "_entra.declared", "_entra.outcome", "_entra.model",
    # the wire
    "_wire.bulk_service", "_wire.bulk_answers", "_wire.bulk",
    "_wire.scim", "_wire.members", "_wire.reader", "_wire.ahead", "_wire.discovery", "_wire.listing", "_wire.reduction", "_wire.bodies",
    "_wire.trust", "_wire.resources",
    # the transport
    "_transport.connect_graph", "_transport.credentials", "_transport.choice", "_transport.clouds", "_transport.azure_transport",
    "_transport.connect_scim", "_transport.shared_options", "_transport.http", "_transport.call", "_transport.dialect", "_transport.auth",
    "_transport.connection", "_transport.dial", "_transport.exchange", "_transport.limits",
    "_transport.pace", "_transport.rate", "_transport.waiting", "_transport.retry", "_transport.answer", "_transport.address",
    "_transport.secrets",
    # the comparison of Git, Entra and Zscaler
    "_drift.compare", "_drift.groups", "_drift.people", "_drift.case", "_drift.rows", "_drift.model",
    # reports for people
    "_rendering.page", "_rendering.markdown", "_rendering.charts", "_rendering.elements", "_rendering.style", "_rendering.drift_sheet",
    "_rendering.run_sheet", "_rendering.operations", "_rendering.sheet",
    # what is there, written down
    "_export.adoption", "_export.choice", "_export.gaps", "_export.csv_text", "_export.yaml_text", "_export.json_text",
    "_export.difference",
    # planning
    "_planning.verify", "_planning.saved", "_planning.directory", "_planning.memberships", "_planning.people", "_planning.users",
    "_planning.groups",
    "_planning.brake",
    "_planning.report", "_planning.match", "_planning.nearest", "_planning.plan", "_planning.policy",
    # the input
    "_input.sources", "_input.yaml_file", "_input.csv_file", "_input.json_file", "_input.files", "_input.document", "_input.entries",
    "_input.checks", "_input.plain", "_input.text", "_input.fields",
    # what all of them know
    "_garbage", "_surprises", "_limit", "_model", "_errors", "_wording",
)  # fmt: skip

MAY_KNOW = {
    ("_carrying", "_planning"), ("_carrying", "_wire"), ("_carrying", "_rendering"),
    ("_carrying", "_input.files"),
    ("_wire", "_transport"), ("_graph", "_transport"), ("_graph", "_entra.model"), ("_workflow", "_graph"), ("_workflow", "_entra"),
    ("_entra", "_transport.address"), ("_drift", "_planning"), ("_export", "_input"),
}  # fmt: skip
"""Which package may know which, or one module of it; otherwise they do not know each other, and the shell joins them."""

PURE = (
    "_errors", "_surprises", "_model", "_wording", "_results", "_advice", "_carrying.breaker", "_carrying.outcome",
    "_carrying.waves", "_carrying.pieces",
    "_wire.bulk", "_wire.bulk_answers",
    "_wire.resources", "_wire.bodies", "_wire.trust", "_wire.reduction",
    "_input.fields", "_input.text", "_input.plain",
    "_input.checks", "_input.entries",
    "_transport.choice", "_transport.clouds", "_transport.call", "_transport.dialect", "_transport.retry", "_transport.answer",
    "_transport.address", "_transport.rate", "_transport.secrets",
    "_graph.dialect", "_graph.patience", "_graph.permissions", "_graph.resources", "_graph.shapes",
    *(name for name in ORDER if name.startswith(("_planning.", "_entra.", "_export.", "_drift.", "_rendering."))),
)  # fmt: skip
IMPURE = {
    "ansible", "requests", "urllib3", "os", "io", "time", "datetime", "random", "secrets", "socket", "ssl", "threading", "subprocess",
    "tempfile", "pathlib", "shutil", "logging", "fcntl",
}  # fmt: skip


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(UTILS).with_suffix("").parts)


FILES = {name_of(path): path for path in UTILS.rglob("*.py") if path.name != "__init__.py"}


def imports(name: str) -> t.Iterator[tuple[str, bool]]:
    """The modules that a file imports: ours by their name below module_utils, others by their first word; and whether only for types."""
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    package = name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], id(node) in typing_only
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = ".".join([*base, *([node.module] if node.module else [])])
            found = [target] if target in FILES else [f"{target}.{alias.name}".strip(".") for alias in node.names]
            for one in found:
                yield one, id(node) in typing_only
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).split(".", maxsplit=1)[0], id(node) in typing_only


def ours(name: str) -> list[tuple[str, bool]]:
    return [(found, typing_only) for found, typing_only in imports(name) if found in FILES]


def test_every_file_has_its_place_in_the_order() -> None:
    assert sorted(FILES) == sorted(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_imports_point_down(name: str) -> None:
    below = ORDER[ORDER.index(name) + 1 :]
    assert [found for found, typing_only in ours(name) if found not in below and not typing_only] == []


@pytest.mark.parametrize("name", [name for name in ORDER if "." in name])
def test_the_columns_do_not_know_each_other(name: str) -> None:
    here = name.split(".")[0]
    others = [found for found, typing_only in ours(name) if "." in found and not typing_only and found.split(".")[0] != here]
    assert [other for other in others if not {(here, other), (here, other.split(".")[0])} & MAY_KNOW] == []


@pytest.mark.parametrize("name", PURE)
def test_what_is_pure_touches_no_machine(name: str) -> None:
    assert sorted(found for found, typing_only in imports(name) if found in IMPURE and not typing_only) == []
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(FILES[name].read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "print", "input", "exec", "eval"}


def code_lines(path: Path) -> int:
    """Lines of code without blank lines, comments, docstrings and documentation."""
    text = path.read_text(encoding="utf-8")
    strings = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (node.end_lineno or 0) > node.lineno
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return sum(1 for number, line in lines if number not in strings and line.strip() and not line.strip().startswith(("#", '"""')))


@pytest.mark.parametrize("path", sorted((PLUGINS / "modules").glob("*.py")), ids=lambda path: path.name)
def test_a_module_is_a_form_and_a_call(path: Path) -> None:
    assert code_lines(path) <= 40
    text = path.read_text(encoding="utf-8")
    assert "check_mode" not in text.split("def main")[-1]
    assert "import requests" not in text


@pytest.mark.parametrize("name", ORDER)
def test_a_file_has_one_job(name: str) -> None:
    assert code_lines(FILES[name]) <= 260


def test_nothing_catches_everything() -> None:
    for path in PLUGINS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, path
                names = {one.id for one in ast.walk(node.type) if isinstance(one, ast.Name)}
                assert not names & {"Exception", "BaseException"}, path
