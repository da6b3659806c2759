# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seeded mutations of valid state files. Each ends as a sound document or as an InputError that says where; nothing else may happen.

By hand, in a process of its own, with the peak of its memory: C(python -m ...scenarios.mutations SEED COUNT).
"""

from __future__ import annotations

import copy
import json
import random
import resource
import signal
import sys
import tempfile
import time
import typing as t
import unicodedata
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml
from ansible_collections.scimops.zscaler_one.plugins.module_utils._errors import InputError
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.document import build_document
from ansible_collections.scimops.zscaler_one.plugins.module_utils._input.sources import read_sources
from ansible_collections.scimops.zscaler_one.plugins.module_utils._model import Document, key

TODAY = "2026-11-22"
LONGEST = 5.0
"""Seconds that one file may take."""
FORMATS = ("yml", "json", "csv")
State = dict[str, list[dict[str, t.Any]]]
CSV = (
    "user_name,external_id,display_name,email,department,active,groups\n"
    'ada@corp.example,hr-1,"Lovelace, Ada",ada@corp.example,Research,true,Engineering; Ops\n'
    "bob@corp.example,hr-2,Bob,,Sales,no,[]\n"
    'zoë@corp.example,,Zoë,zoe@corp.example,"Research ""and"" more",,\n'
)
STATE: State = {
    "users": [
        {"user_name": "ada@corp.example", "external_id": "hr-1", "display_name": "Ada", "active": True, "groups": ["Engineering", "Ops"]},
        {"user_name": "bob@corp.example", "given_name": "Bob", "family_name": "Stone", "email": "bob@corp.example", "department": ""},
        {"user_name": "eve@corp.example", "state": "absent"},
    ],
    "groups": [
        {"display_name": "Engineering", "membership": "append", "members": ["ada@corp.example"]},
        {"display_name": "Ops", "members": [{"user_name": "bob@corp.example", "expires": "2027-01-31"}], "previous_names": ["Operations"]},
        {"display_name": "Old", "state": "absent"},
    ],
}
ODD_TEXTS = (
    "", " ", "\u00a0", "null", "~", "yes", "NO", "0", "1e3", "2024-01-01",
    "=", "<<", "{{ user }}", "!vault |", "********", "a" * 5000,
    "\u200b", "\u202e", "\ufeff", "\ud800", "\U0001f468\u200d\U0001f469", "\u0130",
    "\ufb01", "\u1e9e", "\u0301" * 30, "\u05d0", "\u2028", "\x00", "\x07", "\x1b[31m", "\r",
    "%2e", "../..", '"', "\\", "'", "a@b", "A@B", "ada@corp.example", "Ops", "OPS",
)  # fmt: skip
ODD_VALUES: tuple[t.Any, ...] = (
    None, True, False, 0, -1, 10**400, 1.5, 1e308, float("inf"), float("nan"),
    [], {}, [[]], [{}], {"a": 1}, [None], [1, "x"], [["Ops"]], *ODD_TEXTS,
)  # fmt: skip
ODD_KEYS = (
    "userName", "User_Name", "dispalyName", "password", "token", "user_name ",
    "", "null", "<<", "members", "groups", "id", "new_user_name", "\u200b", "1",
    "x" * 300,
)  # fmt: skip
PIECES = (
    b"\0", b"\xff", b"\xfe\xff", b"\xed\xa0\x80", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf",
    b"\r", b"\n", b"\t", b"\x1b", b'"', b"'", b"{", b"}", b"[", b"]", b",", b":",
    b";", b"&a ", b"*a", b"!x ", b"!!binary ", b"- ", b"? ", b"| ", b"> ", b"%", b"@", b"`",
    b"#", b"---\n", b"...\n", b"\\u", b"\\ud800", b"\\x00", b"1", b"~", b"NaN", b"1e999",
    b"<<: ", b"<<<<<<< HEAD\n", b"=======\n", b">>>>>>> x\n", b"$ANSIBLE_VAULT;1.1;AES256\n",
)  # fmt: skip


class Hang(BaseException):
    """A file took too long. No Exception, so that nothing on the way takes it for something else."""


@dataclass
class Outcomes:
    """What became of the files; C(failures) has a line for each that broke the rule, with its seed."""

    documents: int = 0
    refused: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)


def fuzz(seed: int, count: int) -> Outcomes:
    """Reads so many mutated files; the file of a failure is made again by C(mutated(seed, number))."""
    outcomes = Outcomes()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            form, data = mutated(seed, number)
            path = Path(folder, f"state.{form}")
            path.write_bytes(data)
            started = time.monotonic()
            verdict = judge(str(path))
            outcomes.slowest = max(outcomes.slowest, time.monotonic() - started)
            outcomes.documents += verdict == "document"
            outcomes.refused += verdict == "refused"
            if verdict not in ("document", "refused"):
                outcomes.failures.append(f"seed {seed}, number {number}, {form}: {verdict}")
    return outcomes


def judge(path: str) -> str:
    """C(document) or C(refused); anything else says what is wrong."""
    try:
        with time_limit(LONGEST):
            document = load(path)
    except InputError as error:
        return fault_of_error(error, path) or "refused"
    except Hang:
        return f"takes longer than {LONGEST:g} seconds"
    except Exception as error:  # noqa: BLE001 - that none gets here is what is tested
        return f"{type(error).__name__}: {error}"[:300]
    return fault_of_document(document) or "document"


def load(path: str) -> Document:
    """The document in one file."""
    entries, warnings = read_sources([path])
    return build_document(entries, today=TODAY, warnings=warnings)


class time_limit:  # noqa: N801 - it reads like a function
    """Raises Hang in this thread after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGALRM, self._give_up)
        signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_error: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)

    @staticmethod
    def _give_up(*_signal: object) -> t.NoReturn:
        raise Hang


def fault_of_error(error: InputError, path: str) -> str:
    """What the refusal lacks; "" if it says where and why in a few lines."""
    lines = str(error).split("\n")
    if not error.problems or len(lines) > InputError.SHOWN + 2:
        return f"a message of {len(lines)} lines for {len(error.problems)} problems"
    for problem in error.problems:
        if not problem.place.startswith(path) or not problem.reason:
            return f"no place or no reason: {problem}"
        if len(str(problem)) - len(path) > 1000 or "Traceback" in str(problem):
            return f"no reason for people: {str(problem)[:200]}"
    return ""


def is_clean(text: str) -> bool:
    """No half characters, controls or invisible ones, but for those that join emoji."""
    return not any(unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for one in text.replace("\u200d", ""))


def fault_of_document(document: Document) -> str:
    """What no document may hold; "" if it is sound."""
    if not document.users and not document.groups:
        return "a document that declares nobody"
    for user in document.users:
        texts = [user.user_name, *(user.groups or ()), *(value for name, value in user.values.items() if name != "active")]
        if not all(text.__class__ is str and is_clean(text) for text in texts) or "@" not in user.user_name:
            return f"a user who is none: {user!r}"[:300]
        if user.values.get("active", True).__class__ is not bool:
            return f"active is no truth value: {user!r}"[:300]
    for group in document.groups:
        texts = [group.display_name, group.external_id or "", *group.previous_names, *(member.user_name for member in group.members or ())]
        if not all(text.__class__ is str and is_clean(text) for text in texts) or not group.display_name:
            return f"a group that is none: {group!r}"[:300]
    for names in ([key(user.user_name) for user in document.users], [key(group.display_name) for group in document.groups]):
        if len(set(names)) != len(names):
            return f"the same name twice: {names}"[:300]
    return ""


def mutated(seed: int, number: int) -> tuple[str, bytes]:
    """The format and the content of one mutated file, always the same for the same seed and number."""
    chance = random.Random(f"{seed}-{number}")
    form = chance.choice(FORMATS)
    if form == "csv":
        data = CSV.encode()
    else:
        state: t.Any = copy.deepcopy(STATE)
        for _unused in range(chance.choice((0, 0, 1, 1, 2, 3))):
            state = chance.choice((swap_value, swap_value, rename_key, nest, double))(chance, state)
        data = written(chance, form, state)
    for _unused in range(chance.choice((0, 0, 1, 1, 2, 4))):
        data = chance.choice((flip, flip, cut, cut, double_line, double_line, insert, insert, insert, repeat, mark_conflict))(chance, data)
    return form, data


def written(chance: random.Random, form: str, state: t.Any) -> bytes:
    if form == "json":
        return json.dumps(state, indent=chance.choice((None, 1)), ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    try:
        text = yaml.safe_dump(state, default_flow_style=chance.choice((None, True, False)), allow_unicode=chance.random() < 0.5)
    except RecursionError:
        text = "users: " + "[" * 3000
    return str(text).encode("utf-8", "surrogatepass")


Spot = tuple[t.Any, t.Any]


def spots(value: t.Any, depth: int = 0) -> t.Iterator[Spot]:
    """Every container with each of its keys or indexes."""
    names = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in list(names):
        yield value, name
        if depth < 5:
            yield from spots(value[name], depth + 1)


def swap_value(chance: random.Random, state: t.Any) -> t.Any:
    found = list(spots(state))
    if not found or chance.random() < 0.03:
        return copy.deepcopy(chance.choice(ODD_VALUES))
    holder, name = chance.choice(found)
    holder[name] = copy.deepcopy(chance.choice(ODD_VALUES))
    return state


def rename_key(chance: random.Random, state: t.Any) -> t.Any:
    found = [spot for spot in spots(state) if isinstance(spot[0], dict)]
    if found:
        holder, name = chance.choice(found)
        holder[chance.choice((*ODD_KEYS, *ODD_TEXTS))] = holder.pop(name)
    return state


def nest(chance: random.Random, state: t.Any) -> t.Any:
    found = list(spots(state))
    if found:
        holder, name = chance.choice(found)
        for _unused in range(chance.choice((1, 2, 19, 20, 21, 300))):
            holder[name] = [holder[name]] if chance.random() < 0.5 else {"user_name": holder[name]}
    return state


def double(chance: random.Random, state: t.Any) -> t.Any:
    found = [spot for spot in spots(state) if isinstance(spot[0], list)]
    if found:
        holder, name = chance.choice(found)
        holder.extend(copy.deepcopy(holder[name]) for _unused in range(chance.choice((1, 2, 200))))
    return state


def flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data or b" ")
    for _unused in range(chance.choice((1, 1, 3, 20))):
        # Mostly letters and signs: bytes that are no UTF-8 end before there is anything to parse.
        changed[chance.randrange(len(changed))] = chance.randrange(256) if chance.random() < 0.2 else chance.randrange(32, 127)
    return bytes(changed)


def cut(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 1, 5, 50, len(data))) :]


def double_line(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    index = chance.randrange(len(lines))
    return b"".join([*lines[: index + 1], *lines[index : index + chance.choice((1, 1, 3))], *lines[index + 1 :]])


def insert(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = chance.choice((*PIECES, bytes([chance.randrange(256)]), chance.choice(ODD_TEXTS).encode("utf-8", "surrogatepass")))
    return data[:start] + piece + data[start:]


def repeat(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(PIECES) * chance.choice((2, 30, 3000, 30_000)) + data[start:]


def mark_conflict(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    index = chance.randrange(len(lines) + 1)
    return b"".join(
        [
            *lines[:index],
            b"<<<<<<< HEAD\n",
            *lines[index : index + 2],
            b"=======\n",
            *lines[index : index + 1],
            b">>>>>>> other\n",
            *lines[index:],
        ]
    )


def main(seed: str, count: str) -> None:
    """Print what came of so many files, and the peak of the memory in MiB."""
    outcomes = asdict(fuzz(int(seed), int(count)))
    print(json.dumps({**outcomes, "peak": peak_memory()}, indent=1))


def peak_memory() -> float:
    """MiB that this process had at most. What getrusage tells on Linux begins with the size of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    main(*sys.argv[1:])
