# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: `python3 tests/sandbox up`, `down`, `status`, `env` and `run`. Every answer but that of `env` is one JSON object."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
import typing as t
from pathlib import Path

if not __package__:
    # Started by path: the package's folder is on sys.path instead of its parent.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    __package__ = "sandbox"

try:
    from . import daemon, profiles
    from .entra.seed import crowd as entra_crowd
    from .entra.switches import entra_switches_of, is_entra
    from .sandbox import Sandbox
    from .seed import crowd
except ModuleNotFoundError as missing:
    sys.stderr.write(f"The sandbox needs the Python package {missing.name}: pip install {missing.name}\n")
    sys.exit(1)

RATE = 5.0
JOURNAL_LIMIT = 100_000
ENVIRONMENT = {
    "ZSCALER_ONE_SCIM_BASE_URL": "base_url",
    "ZSCALER_ONE_SCIM_BEARER_TOKEN": "token",
    "ZSCALER_ONE_SCIM_CA_PATH": "ca_path",
    "AZURE_TENANT_ID": "tenant_id",
    "AZURE_CLIENT_ID": "client_id",
    "AZURE_CLIENT_SECRET": "client_secret",
    "ZSCALER_ONE_ENTRA_GRAPH_URL": "graph_url",
    "ZSCALER_ONE_ENTRA_AUTHORITY_URL": "authority_url",
    "ZSCALER_ONE_ENTRA_CA_PATH": "ca_path",
}
"""What the modules of both halves read from the environment, and the fact that belongs there."""


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Does what the command line says; returns the exit code."""
    options = _parser().parse_args(arguments)
    folder: Path = options.state_dir or daemon.default_folder()
    try:
        return int(options.act(options, folder))
    except (daemon.DaemonError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="A tenant of Zscaler's SCIM service and one of Entra ID on this machine, for trying things out."
    )
    commands = parser.add_subparsers(required=True, metavar="up | down | status | env | run")
    for name, act, text in (
        ("up", up, "start it in the background and say how to reach it"),
        ("run", run, "the same in the foreground, until Ctrl-C"),
        ("down", down, "stop it"),
        ("status", status, "say whether it runs"),
        ("env", env, 'print what connects a shell to it: eval "$(python3 tests/sandbox env)"'),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(act=act)
        command.add_argument("--state-dir", type=Path, metavar="DIR", help="where token, certificate and log are kept")
        if name in ("up", "run"):
            _add_tenant_options(command)
    return parser


def _add_tenant_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--profile", choices=profiles.PROFILES, default="zia", help="how the service behaves")
    command.add_argument("--set", action="append", default=[], metavar="SWITCH=VALUE", dest="switches", help="change one switch")
    command.add_argument("--users", type=int, default=0, metavar="N", help="start with so many invented users")
    command.add_argument("--groups", type=int, default=0, metavar="N", help="and so many groups")
    command.add_argument("--entra-users", type=int, default=0, metavar="N", help="so many invented users in Entra")
    command.add_argument("--entra-groups", type=int, default=0, metavar="N", help="and so many groups there")
    command.add_argument("--graph-port", type=int, default=0, help="the port of Microsoft Graph and the login (0 = any that is free)")
    command.add_argument("--port", type=int, default=0, help="the port of the SCIM service (0 = any that is free)")
    command.add_argument(
        "--rate", type=float, default=RATE, help="requests allowed in a second, 0 = any number (default: %(default)g, as Zscaler)"
    )
    command.add_argument("--plain-http", action="store_true", help="no TLS")


def up(options: argparse.Namespace, folder: Path) -> int:
    """Starts the sandbox detached; one that runs already with the same options is left alone."""
    wanted = _wishes(options)
    facts = daemon.running(folder)
    if facts and facts["options"] != wanted:
        raise daemon.DaemonError(f"a sandbox with other options is running with state directory {folder}; stop it with `down` first")
    _say(facts or daemon.start(folder, wanted))
    return 0


def run(options: argparse.Namespace, folder: Path) -> int:
    """Runs the sandbox until it is told to stop."""
    daemon.make_private(folder)
    switches = {"rate": options.rate, **_switches(options.switches)}
    sandbox = Sandbox(
        options.profile,
        switches=switches,
        tls=not options.plain_http,
        port=options.port,
        graph_port=options.graph_port,
        journal_limit=JOURNAL_LIMIT,
        folder=folder,
    )
    if options.users or options.groups:
        sandbox.seed(**crowd(options.users, options.groups))
    if options.entra_users or options.entra_groups:
        sandbox.entra.seed(**entra_crowd(crowd(options.entra_users, options.entra_groups)))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sandbox.stopped.set())
    with sandbox:
        facts = {
            "base_url": sandbox.base_url,
            "token": sandbox.token,
            "ca_path": sandbox.ca_path,
            "graph_url": sandbox.graph_url,
            "authority_url": sandbox.authority_url,
            "tenant_id": sandbox.entra.tenant_id,
            "client_id": sandbox.entra.client_id,
            "client_secret": sandbox.entra.client_secret,
            "control_url": sandbox.control_url,
            "pid": os.getpid(),
            "profile": sandbox.profile,
            "options": _wishes(options),
        }
        daemon.publish(folder, facts)
        _say(facts)
        try:
            # A wait with a timeout lets signals through.
            while not sandbox.stopped.wait(1.0):
                pass
        finally:
            daemon.withdraw(folder)
    return 0


def down(_options: argparse.Namespace, folder: Path) -> int:
    """Stops the sandbox."""
    facts = daemon.stop(folder)
    _say({"stopped": facts["pid"]})
    return 0


def status(_options: argparse.Namespace, folder: Path) -> int:
    """Says how to reach the sandbox."""
    _say(_facts(folder))
    return 0


def env(_options: argparse.Namespace, folder: Path) -> int:
    """Prints a line for the shell for each variable of the environment that the modules read."""
    facts = _facts(folder)
    lines = [f"export {name}={shlex.quote(str(facts[key]))}" for name, key in ENVIRONMENT.items() if facts.get(key)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _facts(folder: Path) -> dict[str, t.Any]:
    facts = daemon.running(folder)
    if facts is None:
        raise daemon.DaemonError(f"no sandbox is running with state directory {folder}; start one with `up`")
    return facts


def _wishes(options: argparse.Namespace) -> list[str]:
    """The tenant options as arguments, so that `up` can hand them to `run`."""
    switches = _switches(options.switches)
    entra_switches_of(switches)
    profiles.switches_of(options.profile, {name: value for name, value in switches.items() if not is_entra(name)})
    arguments = ["--profile", options.profile, "--port", str(options.port), "--rate", str(options.rate)]
    arguments += ["--users", str(options.users), "--groups", str(options.groups)]
    arguments += ["--entra-users", str(options.entra_users), "--entra-groups", str(options.entra_groups)]
    arguments += ["--graph-port", str(options.graph_port)]
    for pair in options.switches:
        arguments += ["--set", pair]
    return [*arguments, "--plain-http"] if options.plain_http else arguments


def _switches(pairs: t.Iterable[str]) -> dict[str, str]:
    switches = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"--set {pair} wants SWITCH=VALUE")
        switches[name.strip()] = value
    return switches


def _say(facts: dict[str, t.Any]) -> None:
    sys.stdout.write(json.dumps({name: value for name, value in facts.items() if name != "options"}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
