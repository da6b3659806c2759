# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guides say about the code is so: messages exist, options exist, switches of the sandbox exist, state files are ones."""

from __future__ import annotations

import ast
import dataclasses
import functools
import json
import re
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._graph.permissions import CONSENT, NEEDS
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input import fields
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.document import build_document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.sources import read_sources
from ansible_collections.scimops.zscaler_one.tests.sandbox.entra.switches import entra_switches_of
from ansible_collections.scimops.zscaler_one.tests.sandbox.faults import FaultScript
from ansible_collections.scimops.zscaler_one.tests.sandbox.profiles import switches_of

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs/docsite/rst").glob("*.rst"))
LABEL = "ansible_collections.scimops.zscaler_one.docsite"
MESSAGES = re.findall(r"^   \* - ``(.+)``$", (ROOT / "docs/docsite/rst/troubleshooting.rst").read_text(encoding="utf-8"), re.MULTILINE)


def guide(name: str) -> str:
    return (ROOT / f"docs/docsite/rst/{name}.rst").read_text(encoding="utf-8")


def _texts(tree: ast.Module) -> t.Iterator[str]:
    """The texts of a file, with ... for what is filled in; implicit concatenation is one text, and so is one with +."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "..." for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@functools.cache
def code() -> str:
    """All texts of the modules, a line each."""
    files = (ROOT / "plugins/module_utils").rglob("*.py")
    texts = (text for file in files for text in _texts(ast.parse(file.read_text(encoding="utf-8"))))
    return "\n".join(" ".join(text.split()) for text in texts)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_of_the_troubleshooting_page_is_in_the_code(message: str) -> None:
    pieces = [re.escape(piece.strip()) for piece in message.replace(CONSENT, "...").split("...") if piece.strip(" ;:.,")]
    assert pieces
    assert re.search(".*".join(pieces), code()), "mend the page: the code says something else now"


def test_the_page_has_messages() -> None:
    assert len(MESSAGES) > 50
    assert len(set(MESSAGES)) == len(MESSAGES)


@functools.cache
def documentation(file: Path, name: str = "DOCUMENTATION") -> dict[str, t.Any]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return t.cast("dict[str, t.Any]", yaml.safe_load(ast.literal_eval(node.value)))
    raise AssertionError(f"{file} has no {name}")


@functools.cache
def options(module: str) -> set[str]:
    """The options of a module, those of its fragments included."""
    found = documentation(ROOT / f"plugins/modules/{module}.py")
    names = set(found.get("options", {}))
    for fragment in found["extends_documentation_fragment"]:
        _namespace, _collection, file, *section = fragment.split(".")
        part = documentation(ROOT / f"plugins/doc_fragments/{file}.py", section[0].upper() if section else "DOCUMENTATION")
        names |= set(part.get("options", {}))
    return names


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in GUIDES])
def test_options_results_and_pages_that_a_guide_names_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f".. _{LABEL}.{path.stem}:\n")
    for module, option in re.findall(r":ansopt:`scimops\.zscaler_one\.(\w+)#module:(\w+)`", text):
        assert option in options(module), module
    for module, result in re.findall(r":ansretval:`scimops\.zscaler_one\.(\w+)#module:(\w+)`", text):
        assert result in documentation(ROOT / f"plugins/modules/{module}.py", "RETURN"), module
    for name, kind in re.findall(r":ansplugin:`scimops\.zscaler_one\.(\w+)#(\w+)`", text):
        assert (ROOT / {"module": f"plugins/modules/{name}.py", "role": f"roles/{name}"}[kind]).exists(), name
    pages = {path.stem for path in GUIDES}
    assert set(re.findall(rf"{LABEL}\.(\w+)", text)) <= pages


def test_every_guide_is_on_the_first_page() -> None:
    sections = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in sections for name in section["toctree"]) == [path.stem for path in GUIDES]


def test_switches_that_the_limits_name_exist() -> None:
    known = {one.name for switches in (switches_of("zia", {}), entra_switches_of({})) for one in dataclasses.fields(switches)}
    named = re.findall(r"switch(?:es)? ((?:``\w+``(?:, )?)+)", guide("limits_and_open_questions"))
    switches = {name for names in named for name in re.findall(r"``(\w+)``", names)}
    assert len(switches) > 20
    assert switches <= known


def test_the_permissions_matrix_has_every_need() -> None:
    text = guide("entra_guide")
    for name, need in NEEDS.items():
        assert f"``{name}``" in text
        assert f"``{need.permission.split()[0]}``" in text or name == "watch", need.permission


def test_faults_of_the_sandbox_guide_exist() -> None:
    rules = [json.loads(body)["rules"] for body in re.findall(r"/faults\" -d '(.+)'", guide("sandbox_guide"))]
    assert len(rules) == 2
    FaultScript([rule for some in rules for rule in some])  # refuses what it does not know


def test_the_reference_of_state_files_has_all_keys() -> None:
    text = guide("state_document")
    for table in (fields.USER_FIELDS, fields.GROUP_FIELDS, fields.MEMBER_FIELDS):
        for name in table:
            assert f"``{name}``" in text


def blocks(path: Path, language: str) -> list[str]:
    """The blocks of one language in a guide, such as yaml, as they are copied from it."""
    found = re.findall(rf"^( *)\.\. code-block:: {language}\n\n((?:\1    .*\n|\n)+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [textwrap.dedent(block) for _indent, block in found]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in GUIDES])
def test_blocks_of_yaml_and_json_can_be_read(path: Path, tmp_path: Path) -> None:
    schema = json.loads((ROOT / "docs/schema/state.json").read_text(encoding="utf-8"))["$id"]
    for block in blocks(path, "json"):
        json.loads(block)
    for index, block in enumerate(blocks(path, "yaml")):
        found = yaml.safe_load(block)
        assert found is not None
        if "yaml-language-server" in block:
            assert f"# yaml-language-server: $schema={schema}\n" in block
            file = tmp_path / f"{index}.yml"
            file.write_text(block, encoding="utf-8")
            assert build_document(read_sources([str(file)])[0], today="2026-11-22").users
