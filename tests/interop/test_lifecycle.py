# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same playbook against the sandbox's two profiles and against scim2-server, a service that nobody here wrote."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.scimops.zscaler_one.tests.sandbox.sandbox import Sandbox

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent

Connection = dict[str, str]


@contextlib.contextmanager
def sandbox(profile: str, **switches: t.Any) -> t.Iterator[Connection]:
    """The sandbox over TLS, empty."""
    with Sandbox(profile, switches=switches) as service:
        yield {"BASE_URL": service.base_url, "BEARER_TOKEN": service.token, "CA_PATH": service.ca_path}


@contextlib.contextmanager
def scim2_server() -> t.Iterator[Connection]:
    """scim2-server from PyPI, as a process of its own on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_urlsafe(24)
    command = [str(BIN / "scim2-server"), "--hostname", "127.0.0.1", "--port", str(port), "--bearer-token", token]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 120
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert process.poll() is None, "scim2-server ended before it listened"
                assert time.monotonic() < deadline, "scim2-server does not listen"
                time.sleep(0.1)
            yield {"BASE_URL": f"http://127.0.0.1:{port}/v2", "BEARER_TOKEN": token}
        finally:
            process.terminate()


SERVICES: dict[str, t.Callable[[], t.ContextManager[Connection]]] = {
    "zia": lambda: sandbox("zia"),
    "zia without members in groups": lambda: sandbox("zia", groups_carry_members="never"),
    "zia with members only by id": lambda: sandbox("zia", groups_carry_members="get", users_carry_groups=False),
    "conforming": lambda: sandbox("conforming"),
    "scim2-server": scim2_server,
}


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_playbook_everywhere(service: str, tmp_path: Path) -> None:
    with SERVICES[service]() as connection:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZSCALER_ONE_")}
        environment |= {f"ZSCALER_ONE_SCIM_{name}": value for name, value in connection.items()}
        environment |= {
            "ZSCALER_ONE_SCIM_REQUESTS_PER_SECOND": "0",
            "HOME": str(tmp_path),
            "ANSIBLE_HOME": str(tmp_path),
            "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        done = subprocess.run(
            [str(BIN / "ansible-playbook"), "-i", "localhost,", str(HERE / "lifecycle.yml")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
