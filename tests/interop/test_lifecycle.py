# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same playbook against the sandbox's profiles and against services that nobody here wrote: scim2-server, SCIMMY, django-scim2."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
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
    # Not token_urlsafe: one in 64 of those begins with a hyphen, and is taken for another option.
    token = secrets.token_hex(24)
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


@contextlib.contextmanager
def telling_its_port(command: list[str], path: str, **environment: str) -> t.Iterator[Connection]:
    """A service on loopback that prints its port once it listens; it gets the token in SCIM_TOKEN."""
    token = secrets.token_urlsafe(24)
    surroundings = {**os.environ, **environment, "SCIM_TOKEN": token}
    with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            port = t.cast("t.IO[str]", process.stdout).readline().strip()
            assert port, f"{command[-1]} ended before it listened"
            yield {"BASE_URL": f"http://127.0.0.1:{port}/{path}", "BEARER_TOKEN": token}
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def scimmy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a SCIMMY service with all that it needs, from the npm registry, as package-lock.json has it."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("SCIMMY needs Node.js with npm, and there is none on this machine (Debian: apt-get install nodejs npm)")
    folder = tmp_path_factory.mktemp("scimmy")
    for name in ("package.json", "package-lock.json", "server.mjs"):
        shutil.copy(HERE / "scimmy" / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(folder / "cache")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


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
        play("lifecycle.yml", connection, tmp_path)


def test_the_same_playbook_at_scimmy(scimmy: Path, tmp_path: Path) -> None:
    with telling_its_port(["node", str(scimmy / "server.mjs")], "scim") as connection:
        play("lifecycle.yml", connection, tmp_path)


def test_django_scim2_acknowledges_what_it_does_not_do(tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "django_project/serve.py")]
    with telling_its_port(command, "scim/v2", DATABASE=str(tmp_path / "database")) as connection:
        play("acknowledging.yml", connection, tmp_path)


def play(playbook: str, connection: Connection, home: Path) -> None:
    """Run the playbook to its end, with that connection and nothing else of ours in the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZSCALER_ONE_")}
    environment |= {f"ZSCALER_ONE_SCIM_{name}": value for name, value in connection.items()}
    environment |= {
        "ZSCALER_ONE_SCIM_REQUESTS_PER_SECOND": "0",
        "HOME": str(home),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_COLLECTIONS_PATH": os.environ["PYTHONPATH"].split(os.pathsep)[0],
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    command = [str(BIN / "ansible-playbook"), "-i", "localhost,", str(HERE / playbook)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
