# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of scim_export: reads the tenant, writes it down as a state file, and says what it cannot have."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ._advice import advise
from ._arguments import GROUPS, check_ranges
from ._carrying.output import Standing, check_place, standing_file, write_whole
from ._converge import bounded
from ._errors import CollectionError, InputError, Problem, Refusal
from ._export import gaps
from ._export.adoption import adopt
from ._export.csv_text import write_csv
from ._export.difference import differing
from ._export.json_text import write_json
from ._export.yaml_text import write_yaml
from ._input.document import build_document
from ._input.fields import Raw
from ._input.files import STATE_FILES, suffix
from ._input.sources import YAML_USERS
from ._model import Place
from ._module import start
from ._orders import make_policy
from ._transport.connect_scim import connect
from ._wire.reader import ScimReader

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._export.adoption import Adoption
    from ._model import Directory
    from ._task import Task

    Options = Mapping[str, t.Any]

FORMS: Mapping[str, Callable[..., str]] = {"yaml": write_yaml, "json": write_json, "csv": write_csv}
"""How each form of a state file is written."""

MOST_GROUPS: int = GROUPS["max_groups_per_user"]["default"]


def run_export(options: Options) -> None:
    """Run the module."""
    task = start(options, {})
    try:
        with task.understanding("the service"):
            result = export(task)
    except CollectionError as error:
        task.fail(error, advise(error))
    task.leave(result)


def export(task: Task) -> dict[str, t.Any]:
    """The result, after the file is written, or in check mode is not. Raises InputError and Refusal before."""
    options = task.options
    dest: str = options["dest"]
    check_ranges(options)
    form = choose_form(dest, options["format"])
    policy = make_policy(options)
    warnings = check_folder(dest, dry=task.dry)
    standing = standing_file("dest", dest)
    task.http = connect(options, read_only=True, scrub=task.scrub)
    directory = ScimReader(task.http, page_size=options["page_size"]).read(beyond=True)
    require_trust(directory, dest)
    with bounded(policy):
        adoption = adopt(directory, policy, flat=form == "csv", most_groups=MOST_GROUPS)
    if options["undeclarable"] == "fail":
        gaps.refuse(adoption.refusals)
    text = write(adoption, form, dest)
    require_no_secret(task, text, dest)
    changed = standing is None or standing.data != text.encode("utf-8")
    if changed and not task.dry:
        write_whole("dest", dest, text, standing.mode if standing else 0o600)
    lost = [*adoption.refusals, *adoption.gaps]
    return {
        "changed": changed,
        "dest": dest,
        "format": form,
        "summary": adoption.summary,
        "left_out": gaps.list_gaps(lost),
        "protected": adoption.protected,
        "unseen": adoption.unseen,
        "warnings": [*warnings, *directory.warnings, *adoption.warnings, *gaps.warn(lost), *warn_of_size(adoption, form)],
        **({"diff": make_diff(standing, text if changed else None, dest)} if task.shows_diff else {}),
    }


def choose_form(dest: str, asked: str | None) -> str:
    """The form of the file; its name must end as scim_directory needs it to read the file. Raises InputError."""
    ending = suffix(dest)
    wanted = [one for one, form in STATE_FILES.items() if asked in (None, form.name)]
    if ending not in wanted:
        ends = " or ".join(part for part in (", ".join(wanted[:-1]), wanted[-1]) if part)
        reason = f"{dest} does not end in {ends}, by which scim_directory knows the form of the file"
        raise InputError([Problem("option dest", "", reason)])
    return STATE_FILES[ending].name


def check_folder(dest: str, *, dry: bool) -> list[str]:
    """Raises InputError where the file cannot be written; in check mode the folder may be one that an earlier task makes."""
    folder = Path(dest).parent
    if dry and dest and not folder.exists():
        return [f"{folder} does not exist yet; taken for one that an earlier task of this play makes. If none does, the real run fails"]
    check_place("dest", dest)
    return []


def require_trust(directory: Directory, dest: str) -> None:
    """Raises Refusal where somebody may be missing: with such a file, pruning would remove them."""
    doubts = list(directory.doubts)
    if not directory.users:
        doubts.append("the service lists no users at all")
    if doubts:
        raise Refusal(
            f"Refused: the service's listing cannot be trusted ({'; '.join(doubts)}), so {dest} might lack somebody. It was not written. "
            "Run again; if it stays so, ask the service's operator.",
            listing="suspect",
            doubts=doubts,
        )


def write(adoption: Adoption, form: str, dest: str) -> str:
    """The text of the file, which scim_directory takes: what it says is read once more by the rules of its reader."""
    if not adoption.users and (form == "csv" or not adoption.groups):
        kinds = [f"{kind}: {numbers}" for kind, numbers in (("users", _counts(adoption, "users")), ("groups", _counts(adoption, "groups")))]
        raise Refusal(f"Refused: there is nobody to declare ({'; '.join(kinds)}), so {dest} was not written. Look at scope and base_url.")
    entries = [Raw("user", Place(dest, 0, f"users[{place}]"), dict(entry)) for place, entry in enumerate(adoption.users)]
    entries += [Raw("group", Place(dest, 0, f"groups[{place}]"), dict(entry)) for place, entry in enumerate(adoption.groups)]
    build_document(entries, today="")
    text = FORMS[form](adoption.users, adoption.groups)
    most = STATE_FILES[suffix(dest)].most
    if len(text.encode("utf-8")) > most << 20:
        raise Refusal(
            f"Refused: {dest} would be larger than the {most} MiB that are read of it. Nothing was written. Use JSON, or a scope."
        )
    return text


def _counts(adoption: Adoption, kind: str) -> str:
    return ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in adoption.summary[kind].items())


def require_no_secret(task: Task, text: str, dest: str) -> None:
    """Raises Refusal where a name or value of the tenant repeats a secret of this task (law 10)."""
    if any(map(task.scrub.finds, set(text.splitlines()))):
        raise Refusal(
            f"Refused: somewhere in the tenant there is a part of a secret of this task, so {dest} was not written. Look for a name or a "
            "value that repeats the token."
        )


def warn_of_size(adoption: Adoption, form: str) -> list[str]:
    """Advice for those whose file will take long to read."""
    count = len(adoption.users)
    if form != "yaml" or count <= YAML_USERS:
        return []
    return [f"{count} users in YAML: scim_directory reads JSON and CSV about ten times faster and in a fraction of the memory"]


def make_diff(standing: Standing | None, text: str | None, dest: str) -> dict[str, str]:
    """Before and after, empty where nothing changes."""
    before, after = "", ""
    if text is not None:
        before, after = differing(standing.data.decode("utf-8", "replace") if standing else "", text)
    return {"before": before, "after": after, "before_header": dest, "after_header": dest}
