# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands where ansible-test looks for its download of get-pip: makes "python -m pip" in a fresh venv mean uv.

ansible-test would fetch a script from one host of its own to bootstrap pip, which a closed network does not allow, and then
install with pip; uv does the same from the package index that is configured, four times as fast. ansible-test clears the
environment, so what uv needs is said here.
"""

from __future__ import annotations

import pathlib
import sysconfig

STUB = """
import os, sys
flags = ("--disable-pip-version-check", "--no-warn-script-location", "--no-input")
words = [word for word in sys.argv[1:] if word not in flags]
if words[:1] == ["--version"]:
    print("pip 0 (uv)")
else:
    # pip compiles what it installs; old packages warn while they are compiled, and ansible-test takes a warning for a failure.
    compiled = ["--compile-bytecode"] if words[0] == "install" else []
    os.execvp("uv", ["uv", "--system-certs", "pip", words[0], "--python", sys.executable, *compiled, *words[1:]])
"""


def main() -> None:
    """Write the stub into the venv that runs this."""
    package = pathlib.Path(sysconfig.get_path("purelib")) / "pip"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "__main__.py").write_text(STUB, encoding="utf-8")


if __name__ == "__main__":
    main()
