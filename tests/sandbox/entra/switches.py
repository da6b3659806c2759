# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The switches of Entra: each behaviour of Microsoft Graph and of the provisioning service that is a guess has a name here.

The defaults are what is documented, without any delay. The column `basis`: "documented" (by Microsoft), "seen" (in public
code or issues), "guess" (nobody says), "fault" (what a tenant may do on a bad day). The README's table is made from this file.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ..profiles import parse_value, shown_value

Names = tuple[str, ...]


def _switch(default: t.Any, basis: str, meaning: str, choices: t.Sequence[str] = ()) -> t.Any:
    metadata = {"basis": basis, "meaning": meaning, "choices": tuple(choices)}
    return dataclasses.field(default=default, metadata=metadata)  # pylint: disable=invalid-field-call


@dataclasses.dataclass
class EntraSwitches:
    """One value for each switch of Entra."""

    # Login
    entra_token_lifetime: float = _switch(3599.0, "documented", "seconds that an access token lives")
    entra_permissions: Names = _switch((), "documented", "Graph permissions that the client was given (none named: the recommended ones)")
    entra_missing_permissions: Names = _switch((), "documented", "Graph permissions that the client was not given")

    # Eventual consistency
    entra_replication_delay: float = _switch(0.0, "seen", "seconds until a new object can be read by its id")
    entra_listing_delay: float = _switch(0.0, "seen", "seconds until listings show a new object")
    entra_assignment_delay: float = _switch(0.0, "documented", "seconds until listings show that a role was assigned or taken away")
    entra_secrets_delay: float = _switch(0.0, "seen", "seconds until GET secrets shows what was PUT")
    entra_flicker: int = _switch(0, "seen", "so many first reads that find a new object are each followed by one that does not")
    entra_instantiate_404: bool = _switch(False, "seen", "instantiate answers 404 although it did what it was asked")
    entra_new_sync_errors: int = _switch(0, "seen", "so many first POST, PUT, DELETE to a new principal's synchronization get 403 or 409")

    # Listings and limits
    entra_page_size: int = _switch(0, "documented", "most objects on a page, whatever $top says (0 = 100, or $top up to 999)")
    entra_rate: float = _switch(0.0, "documented", "requests a second, then 429 (0 = no limit)")
    entra_rate_burst: float = _switch(0.0, "guess", "how many may come at once (0 = as many as entra_rate)")
    entra_rate_retry_after: str = _switch("header", "documented", "whether a 429 says how long to wait", ("header", "none"))
    entra_report_limit: int = _switch(0, "documented", "provisioning logs that may be asked for in 10 seconds (0 = no limit; Microsoft: 5)")
    entra_on_demand_limit: int = _switch(0, "documented", "provisions on demand in 10 seconds (0 = no limit; Microsoft: 5)")

    # Applications
    entra_default_access: bool = _switch(True, "guess", "the role of zeros can be assigned although the application has roles")
    entra_app_roles: Names = _switch(("User", "msiam_access"), "seen", "the roles of a new gallery application")
    entra_sync_template: str = _switch(
        "default", "seen", "whether an application's synchronization template says that it is the default", ("default", "unmarked", "two")
    )
    entra_key_identifier_as: str = _switch(
        "base64",
        "guess",
        "how the customKeyIdentifier of a signing certificate is written; `other` and `null` do not tell the thumbprint",
        ("base64", "base64url", "hexadecimal", "other", "null"),
    )

    # Synchronization settings
    entra_secrets_put: str = _switch("replace", "guess", "PUT secrets replaces the set or merges into it", ("replace", "merge"))
    entra_secrets_star: str = _switch("stored", "guess", "a `*` in PUT secrets becomes the value or keeps the old one", ("stored", "kept"))
    entra_notification_keys: bool = _switch(True, "seen", "SyncNotificationSettings comes back with keys that were not PUT")
    entra_error_nesting: int = _switch(1, "seen", "how many JSON texts deep the true error of the synchronization service is (0 = none)")
    entra_second_job: str = _switch("conflict", "guess", "a second job of one template: 409, or the first one again", ("conflict", "same"))
    entra_new_job_code: str = _switch("NotConfigured", "documented", "status code of a new job", ("NotConfigured", "Paused"))
    entra_new_job_execution: str = _switch("null", "documented", "lastExecution before the first run", ("null", "zero"))

    # Schema
    entra_template_questions: bool = _switch(
        False, "guess", "filterOperators and parseExpression answer below a template too: published, but not in the reference"
    )
    entra_mapping_order: str = _switch("sorted", "seen", "the order in which attribute mappings come back", ("sorted", "kept", "reversed"))
    entra_flag_spaces: bool = _switch(True, "seen", 'flowTypes come back as "Add, Update, Delete", with spaces')
    entra_version_moves: bool = _switch(True, "seen", "the schema's version is another at each reading")
    entra_schema_checks: bool = _switch(True, "guess", "PUT schema refuses unknown targets, operators and expressions, and missing keys")
    entra_directory_name: str = _switch(
        "Microsoft Entra ID", "documented", "what the source directory is called", ("Microsoft Entra ID", "Azure Active Directory")
    )

    # Provisioning
    entra_default_access_excluded: bool = _switch(
        True, "guess", "people with the role of zeros are not provisioned; Microsoft disagrees with itself"
    )
    entra_cycle_delay: float = _switch(0.2, "guess", "seconds from start to the initial cycle")
    entra_cycle_interval: float = _switch(2400.0, "documented", "seconds between cycles")

    @property
    def rate(self) -> float:
        """Requests a second, as the rate limit asks for it."""
        return self.entra_rate

    @property
    def rate_burst(self) -> float:
        """How many may come at once, as the rate limit asks for it."""
        return self.entra_rate_burst

    def set(self, name: str, value: t.Any) -> None:
        """Sets one switch from a value or its text. Raises ValueError with a sentence."""
        field = _FIELDS.get(name)
        if field is None:
            raise ValueError(f"there is no switch {name}; the README lists all")
        parsed = parse_value(name, value, field.default)
        choices = field.metadata["choices"]
        if choices and parsed not in choices:
            raise ValueError(f"switch {name} is one of {', '.join(choices)}, not {value}")
        setattr(self, name, parsed)

    def as_json(self) -> dict[str, t.Any]:
        """All switches with their values."""
        return dataclasses.asdict(self)


_FIELDS = {field.name: field for field in dataclasses.fields(EntraSwitches)}


def is_entra(name: str) -> bool:
    """Whether a switch belongs to Entra."""
    return name.startswith("entra_")


def entra_switches_of(changes: t.Mapping[str, t.Any] | None = None) -> EntraSwitches:
    """The switches of Entra, changed as told; those of the SCIM service are left out. Raises ValueError."""
    switches = EntraSwitches()
    for name, value in (changes or {}).items():
        if is_entra(name):
            switches.set(name, value)
    return switches


def table() -> list[str]:
    """The switches as rows of a Markdown table."""
    rows = ["| switch | default | basis | meaning |", "| --- | --- | --- | --- |"]
    for field in dataclasses.fields(EntraSwitches):
        meaning = str(field.metadata["meaning"])
        if field.metadata["choices"]:
            meaning += f" ({', '.join(f'`{choice}`' for choice in field.metadata['choices'])})"
        rows.append(f"| `{field.name}` | `{shown_value(field.default)}` | {field.metadata['basis']} | {meaning} |")
    return rows
