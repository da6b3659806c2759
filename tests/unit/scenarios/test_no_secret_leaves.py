# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""R10: the token is in nothing that leaves, at `-vvvv`, in a log, a diff, a warning, an exception or a file left behind."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import typing as t
import urllib.parse
from pathlib import Path

from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
ECHO = "Bearer {token}"

FAULTS: list[dict[str, t.Any]] = [
    {"match": {"method": "GET"}, "fault": {"kind": "close"}, "times": 1},
    {"match": {"method": "GET"}, "fault": {"kind": "hang", "seconds": 3}, "times": 1},
    {"match": {"method": "POST"}, "fault": {"kind": "commit_then_hang", "seconds": 3}, "times": 1},
    {"match": {"method": "POST"}, "fault": {"kind": "commit_then_reset"}, "times": 1},
    {"match": {"method": "GET"}, "fault": {"kind": "short_body"}, "times": 1},
    {"match": {"method": "GET"}, "fault": {"kind": "html"}},
    {"match": {"method": "GET"}, "fault": {"kind": "drip", "part": "body", "seconds": 0.3}, "times": 1},
    {"match": {"method": "GET"}, "fault": {"kind": "redirect"}},
    {"match": {"method": "GET"}, "fault": {"kind": "broken_json"}},
    {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 429, "retry_after": "86400"}},
    {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 503, "retry_after": "1"}, "times": 1},
    {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 401, "body": {"detail": f"bad header Authorization: {ECHO}"}}},
    {"match": {"method": "POST"}, "fault": {"kind": "status", "status": 403, "body": {"detail": f"not with {ECHO}"}}},
    {"match": {"method": "POST"}, "fault": {"kind": "status", "status": 400, "body": {"detail": "{quoted} and {base64}"}}},
    {"match": {"method": "GET"}, "fault": {"kind": "status", "status": 500, "body": f"<html>{ECHO}</html>"}},
    {"match": {"method": "GET"}, "fault": {"kind": "redirect", "to": "https://elsewhere.example/?t={token}"}},
    {"match": {"method": "PATCH"}, "fault": {"kind": "half_then_status", "status": 500}},
    {"match": {"method": "PATCH"}, "fault": {"kind": "ignored_write"}},
]


def spelled(faults: list[dict[str, t.Any]], token: str) -> list[dict[str, t.Any]]:
    """The faults with the token where a service that echoes what it was sent would put it."""
    text = json.dumps(faults).replace("{token}", token).replace("{quoted}", urllib.parse.quote(token, safe=""))
    rules: list[dict[str, t.Any]] = json.loads(text.replace("{base64}", base64.b64encode(f"Bearer {token}".encode()).decode()))
    return rules


def forms(token: str) -> set[str]:
    """The token as it may look: raw, URL-encoded, base64 at any offset, and every slice of eight characters."""
    found = {token, urllib.parse.quote(token, safe="")}
    found |= {base64.b64encode(b"x" * shift + token.encode()).decode()[4:-4] for shift in range(3)}
    return found | {token[start : start + 8] for start in range(len(token) - 7)}


def hits(text: str, token: str) -> list[str]:
    return sorted(form for form in forms(token) if form in text)


def test_r10_the_token_is_in_no_output_at_full_verbosity(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        (tmp_path / "faults.json").write_text(json.dumps(spelled(FAULTS, sandbox.token)))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZSCALER_ONE_")}
        environment |= {
            "ZSCALER_ONE_SCIM_BASE_URL": sandbox.base_url,
            "ZSCALER_ONE_SCIM_BEARER_TOKEN": sandbox.token,
            "ZSCALER_ONE_SCIM_CA_PATH": sandbox.ca_path,
            "ZSCALER_ONE_SCIM_REQUESTS_PER_SECOND": "0",
            "SANDBOX_CONTROL": sandbox.control_url,
            "SANDBOX_FAULTS": str(tmp_path / "faults.json"),
            "HOME": str(tmp_path),
            "ANSIBLE_HOME": str(tmp_path / "home"),
            "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"),
            "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote"),
            "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
        }
        command = [str(BIN / "ansible-playbook"), "-i", "localhost,", str(HERE / "no_secret_leaves.yml"), "-vvvv"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
        (tmp_path / "faults.json").unlink()
        output = done.stdout + done.stderr
        assert done.returncode == 0, output[-3000:]
        felt = output.count("GET Users") + output.count("POST Users") + output.count("PATCH Groups")
        assert felt >= len(FAULTS), "too few faults were felt for this test to mean anything"
        left = [path.read_text(errors="ignore") for path in tmp_path.rglob("*") if path.is_file()]
        for text in (output, *left):
            assert hits(text, sandbox.token) == []
