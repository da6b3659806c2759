# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, groups and memberships of a Zscaler tenant, together."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_directory
short_description: Make the users, groups and memberships of a Zscaler tenant as declared, over SCIM
version_added: "1.0.0"
description:
  - Takes the declared state from lists in the play (O(users), O(groups)) or from files (O(src)), compares it with the tenant, makes one
    plan, and carries it out. With C(--check --diff) the plan is shown and nothing is written.
  - Reading costs as many requests as the tenant has pages. If there is nothing to do, that is all. Each write costs one request, or many
    share one (O(bulk)), and several are under way at a time (O(concurrency)).
  - Groups are renamed and created first, then users are created and changed, then memberships are added and after that removed, then
    users are disabled or deleted, and groups deleted last.
  - One object that fails does not stop the others. The task fails at the end and names it, and the next run tries it again.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
  - scimops.zscaler_one._groups
  - scimops.zscaler_one._matching
  - scimops.zscaler_one._members
  - scimops.zscaler_one._batches
  - scimops.zscaler_one._brake
  - scimops.zscaler_one._protection
  - scimops.zscaler_one._writing
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  users:
    description:
      - The users, each a mapping with C(user_name), and any of C(external_id), C(id), C(display_name), C(given_name), C(family_name),
        C(email), C(department), C(active), C(groups) and C(state) (V(present) or V(absent)).
      - A key that is absent, or null, is left alone. V("") clears a text. V([]) as C(groups) takes the user out of all groups.
      - C(groups) has the names of all groups of the user; they must be declared or exist. What they mean is up to O(membership), whatever
        a group's own C(membership) says. Such a membership and one in the C(members) of a group add up, so that a group with C(members)
        V([]) keeps those users who name it. A user who is V(absent) has none.
      - An unknown key is an error that names the nearest known one. So is a value of the wrong type, such as a number where a text is
        meant.
    type: list
    elements: dict
  groups:
    description:
      - The groups, each a mapping with C(display_name), and any of C(external_id), C(id), C(previous_names), C(membership), C(members)
        and C(state) (V(present) or V(absent)).
      - C(members) is a list of C(userName), or of mappings with C(user_name) and C(expires), the last day of the membership as
        V(YYYY-MM-DD) in UTC; after that day the member counts as not declared, so it is an error where the membership is not V(exact).
        V([]) empties the group of all but those who name it in their C(groups). Without C(members) the members are left alone.
      - C(membership) overrides O(membership) for this group.
      - With C(previous_names), a group that still has one of these names is renamed.
    type: list
    elements: dict
  src:
    description:
      - Files, or directories with files, whose names end in C(.yml), C(.yaml), C(.json) or C(.csv), on the machine that runs the module.
        Together they are one document; an object that is declared twice is an error.
      - YAML and JSON files have the keys C(users) and C(groups), with entries as in O(users) and O(groups). In files, null is an error.
        CSV files have one user in a row, columns named as the keys, and groups separated by V(;), with or without spaces around it.
      - For editors, C(docs/schema/state.json) of the collection is a JSON Schema of these files. A C($schema) at the top of a file is
        passed over.
      - Directories are read with all that is below them. Names that begin with a dot are passed over, and a link to a directory is an
        error.
      - A relative path counts from where the module runs; V({{ playbook_dir }}) makes it absolute. A file that cannot be read or is empty
        is an error, and nothing is written.
      - For large sets use JSON or CSV. YAML takes about ten times as long to read.
    type: list
    elements: path
  prune_users:
    description:
      - What happens to users in O(scope) that are not declared.
      - If no users are declared, nobody is pruned; the task fails instead.
    type: str
    choices: [none, disable, delete]
    default: none
  prune_groups:
    description:
      - What happens to groups in O(scope) that are not declared.
      - If no groups are declared, none is pruned; the task fails instead.
    type: str
    choices: [none, delete]
    default: none
  membership:
    description:
      - What the list of members of a group means.
      - V(exact) makes them the only members, V(append) adds them, V(remove) removes them.
      - For the C(groups) of a user, V(exact) takes the user out of all other groups, V(append) only adds the user to these, and
        V(remove) takes the user out of these.
    type: str
    choices: [exact, append, remove]
    default: exact
  scope:
    description:
      - What is ours. Users and groups that do not meet all of the given conditions are neither touched nor counted. To declare one
        of them is an error.
    type: dict
    suboptions:
      user_name_suffixes:
        description: The C(userName) ends with one of these, such as V(@corp.example). Compared as text, case does not count.
        type: list
        elements: str
      user_name_regex:
        description: The regular expression is found in the C(userName), case does not count.
        type: str
      external_id_regex:
        description:
          - The regular expression is found in the C(externalId); users without one are not ours.
          - An entry may leave out its C(external_id) if the user has one at the service. If the user has none there, or does not exist,
            that entry fails, because it would be out of scope.
        type: str
      group_name_regex:
        description: The regular expression is found in the C(displayName) of the group, case does not count.
        type: str
  protected_users:
    description:
      - Users that are never disabled or deleted. Names, or patterns with V(*), V(?) and V([...]); case does not count.
      - They are skipped and named in RV(protected). To declare one absent or inactive is an error.
    type: list
    elements: str
    default: []
  on_error:
    description:
      - V(continue) goes on with the other objects, until ten writes in a row fail alike, more than eight of the first twenty fail, or the
        credentials are refused.
      - V(stop) stops at the first object that the service refuses.
    type: str
    choices: [continue, stop]
    default: continue
  verify:
    description:
      - Read the tenant again after writing. What the service accepted and did not do is then reported as a failure.
    type: bool
    default: true
  concurrency:
    description:
      - How many writes may be under way at a time, V(auto) or a number from V(1) to V(32). What depends on each other is written one after
        the other, whatever this says.
      - V(auto) takes as many as keep O(requests_per_second) busy, from how long the service takes to answer. With five requests a
        second and a service that answers within 0.15 seconds, that is one. With O(on_error=stop) it is one as well, so that nothing is
        under way when a write fails.
    type: str
    default: auto
  bulk:
    description:
      - Whether many writes travel in one request to C(/Bulk) (RFC 7644 section 3.7).
      - V(auto) does so for a plan of 50 writes or more, if the service says in its C(ServiceProviderConfig) that it can, which costs one
        request. V(always) does so for any plan, and V(never) does not ask.
      - New groups and their new members travel together. What takes something away never shares a request with what comes before it. A
        request has as many operations as the service allows, at most 1000, and no more than it is likely to answer in half of O(timeout).
        The first has 10, a later one at most five times as many as went well in one before, and 10 again after one of which most failed.
      - An operation that fails is written again by itself, and fails only if that fails too. Of ten or more in a row that fail for the
        same reason one is written again, and if that fails likewise, all have failed. Where the answer to a whole request is lost,
        nothing of it is sent again blind. The tenant is listed anew instead, and what is still to do goes on.
      - Where the service refuses such requests as a whole, or loses three answers in a row, the writes are made one by one, with a warning.
        So they are with O(on_error=stop), and after a listing that is doubtful. With O(update_method=put) only what is created or deleted
        travels in bulk.
      - Zscaler lists C(/Bulk) and documents nothing else of it, so whether V(auto) finds it there, and what it does, is not known.
    type: str
    choices: [auto, never, always]
    default: auto
  plan_path:
    description:
      - A file for the plan, whose name ends in C(.json). It is written before anything is written to the service, in check mode too, and
        replaces what was there. If that is not possible, the task fails before its first write. Where the plan is refused, or cannot be
        made, no file is written, and one that is there stays as it is.
      - It has every operation by name, with id, values before and after, and besides C(service), which is O(base_url), C(summary),
        C(digest), C(warnings) and what cannot be planned. The same plan for the same service gives the same file, byte for byte, so that
        it can be reviewed, compared and kept in Git. There is no secret in it, but the names of people. Only its owner may read it.
      - A relative path counts from where the module runs, here and in O(apply_plan), O(report_path) and O(progress_path).
    type: path
  apply_plan:
    description:
      - A file that was written by O(plan_path). The task makes a plan as always and carries it out only if it is the same. Otherwise it
        fails, nothing is written, and the message says which operations are not needed any more, which are new, and which differ. In
        check mode it says whether it would.
      - Two plans are the same if their operations are, with ids, and with what stands there before. Nothing is taken from the file but
        what to compare with, so that nobody can bring in an operation by it. A file that was edited, that says a thing twice, or whose
        C(summary) does not tell its operations is refused before any request, and so is the plan for another O(base_url).
      - The declared state and the options must be given as for the plan. O(allow_removals_over_limit) too has to be given again; a
        reviewed plan does not lift the brake.
    type: path
  report_path:
    description:
      - A file that tells what the task does, all of it, whatever O(result_limit) says. Its name ends in V(.md), V(.html), V(.jsonl) or
        V(.json). It has the names of people and the values that are written, and only its owner may read it.
      - V(.md) is Markdown for the comment on a pull request. It begins with what came of it, counts by kind, and the removals with all
        names, then failures with file, line and reason, and the rest, long lists folded. It has at most 60,000 characters, since GitHub
        takes 65,536, and says how much was left out. Names and answers stand in code spans, where they are neither markup nor mentions.
      - V(.html) is one page that loads nothing and runs no script, with a chart of what changes, in light and dark and for paper. It
        shows up to 50,000 rows.
      - V(.md) and V(.html) are written when the plan is made, again every few seconds while it is carried out (more seldom if that takes
        long, so that it costs a fiftieth of the time at most), and when the task ends, also where it fails. What was written before the
        end says how far the run was at that moment, and stays if the task is killed. In check mode they are written at the end.
      - V(.jsonl) gets a line before each change is sent and one when its answer is there, so that it is true at any moment, even if
        the task is killed. Lines are added to a file that is there. Each is a JSON object with C(line), C(time) and C(run). C(line) is
        C(begin); C(intent) and C(outcome) for each change, joined by C(number), C(kind), C(verb), C(name) and C(group), the outcome
        with C(result) V(ok), V(failed), or V(unchanged) where there was nothing to write after all; C(unplanned) for what could not be
        planned; C(ignored) for what O(verify) found not done; and C(end). An intent without an outcome may or may not have been carried
        out; the next run finds out.
      - V(.json) is one document with the keys of the result, and besides C(tenant), C(begun), C(ended) and C(seconds), written when the
        task ends, also where it fails.
      - In check mode these two have C(check_mode) V(true), and what would be done is C(would) instead of C(intent), with no C(outcome).
      - Lines are added only to a file of the user who runs the module that has no second name (hard link), and it keeps its mode. Neither
        this file nor those of O(plan_path) and O(progress_path) may be one that the task reads, or lie in a directory of O(src) with a name
        that would be read from there, or be the same.
      - If the file cannot be written, the task fails before its first write. If the disk fills up in the middle, it stops, and says what
        was done.
    type: path
  progress_path:
    description:
      - A file that gets a line twice a second at most, to be followed while the task runs. Lines are added to a file that is there.
      - Each is a JSON object with C(time), C(phase) (V(reading), V(planning), V(writing), V(verifying)), and while writing the number of
        changes that are C(done), of them C(failed), and the C(total), C(rate) in changes a second, and C(seconds_left) at that rate.
      - If it cannot be written, the task goes on and warns.
      - With C(connection=local) nobody has to follow it; see the notes.
    type: path
  result_limit:
    description:
      - How many entries RV(operations) and RV(failures) have at most. The counts in RV(summary) are complete.
    type: int
    default: 1000
notes:
  - A task that gets SIGTERM or SIGINT, such as by cancelling a job, sends nothing new, waits for what is under way, and fails with
    RV(stopped), RV(left) and what was done. Before its first write it waits for no answer, and ends at once. The same happens at
    O(deadline). A second signal ends it without a result.
  - With C(connection=local) a run of more than a few seconds shows on standard error how far it is, in numbers and never with names. On a
    terminal, with one host, this is a bar that is gone afterwards. Otherwise, such as in build services, AWX, or with several hosts at
    once, these are lines, one every ten seconds or ten percent, and after two minutes one a minute. The variable
    C(zscaler_one_progress), or E(ZSCALER_ONE_PROGRESS) in the environment of C(ansible-playbook), chooses V(auto) (the default), V(bar),
    V(lines) or V(none). With C(async), C(become) or any other connection nothing is shown. Result, arguments and log file stay as they
    are.
  - A listing of the tenant that contradicts itself, such as pages that end too early, never leads to a removal. The task fails if it would
    remove anything, and otherwise says RV(listing=suspect).
  - What is deleted, disabled or taken out of a group is what the listing shows under that id; it is not read once more before. A listing
    that shows one id twice is never believed, and one id under two names is refused.
  - Attributes that the service accepts and never shows cannot be compared. They are written when an object is created and together with
    other changes, and named in RV(unverifiable).
  - In Zscaler Internet Access, inactive users are disabled. Zscaler Private Access documents that it deletes them, so that
    O(prune_users=disable) is O(prune_users=delete) there.
seealso:
  - module: scimops.zscaler_one.scim_user
  - module: scimops.zscaler_one.scim_group
  - module: scimops.zscaler_one.scim_membership
  - module: scimops.zscaler_one.scim_export
  - module: scimops.zscaler_one.scim_drift_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: A tenant, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: A few people and a group
      scimops.zscaler_one.scim_directory:
        users:
          - user_name: ada@corp.example
            external_id: hr-17
            display_name: Ada Lovelace
            department: Research
            groups: [Engineering]
          - user_name: bob@corp.example
            display_name: Bob Bell
        groups:
          - display_name: Engineering
            previous_names: [Eng]
            members:
              - user_name: bob@corp.example
                expires: "2027-01-31"

    - name: What the files in Git would change
      scimops.zscaler_one.scim_directory:
        src: "{{ playbook_dir }}/state"
        prune_users: disable
      check_mode: true
      diff: true

    - name: Everything in the files, and of our own nothing else
      scimops.zscaler_one.scim_directory:
        src:
          - "{{ playbook_dir }}/state/users.csv"
          - "{{ playbook_dir }}/state/groups.yml"
        prune_users: disable
        prune_groups: delete
        scope:
          user_name_suffixes: ["@corp.example"]
          group_name_regex: ^(app|team)-
        protected_users: ["breakglass-*@corp.example"]
        removal_limit:
          percent: 2

- name: Plan now, apply what was reviewed later
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: The plan, for review
      scimops.zscaler_one.scim_directory:
        src: "{{ playbook_dir }}/state"
        plan_path: "{{ playbook_dir }}/plan.json"
      check_mode: true

    - name: Just that plan, or nothing
      scimops.zscaler_one.scim_directory:
        src: "{{ playbook_dir }}/state"
        apply_plan: "{{ playbook_dir }}/plan.json"
        report_path: /var/log/zscaler/directory.jsonl
        progress_path: /run/zscaler/progress.jsonl
"""

RETURN = r"""
protected:
  description:
    - Users that were not disabled or deleted, and groups that were not deleted or emptied, because they are protected.
    - At most O(result_limit) of them.
  returned: when planning succeeded
  type: list
  elements: str
  sample: [breakglass-1@corp.example]
unverifiable:
  description: Declared attributes that the service never shows, so that nobody can tell whether they are as declared.
  returned: when planning succeeded
  type: list
  elements: str
  sample: [given_name]
listing:
  description: V(complete), or V(suspect) if what the service showed contradicts itself.
  returned: when planning succeeded
  type: str
  sample: complete
stopped:
  description:
    - Why the run ended before its plan was carried out, such as the deadline, a signal, or ten writes in a row that failed alike. Empty
      if it did not. What was done is in RV(operations), what was tried and failed in RV(failures), and the task fails.
  returned: when planning succeeded
  type: str
  sample: ""
left:
  description: How many steps were not tried because of that, a user, a group, or the members of a group each. The next run does just these.
  returned: when planning succeeded
  type: int
  sample: 0
operations:
  description:
    - What was done, in this order, or in check mode what would be done. Empty if nothing changed.
    - With RV(refused) nothing was written, and this is what would have been done.
    - What the service refused is not here, but in RV(failures).
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(user), V(group) or V(membership).
      type: str
      returned: always
    verb:
      description:
        - For users V(create), V(update), V(rename), V(enable), V(disable) or V(delete), for groups the same without enabling and disabling.
        - For memberships V(add) or V(remove).
      type: str
      returned: always
    name:
      description: The C(userName) or C(displayName), as it is afterwards.
      type: str
      returned: always
    group:
      description: The group that is gained or lost.
      type: str
      returned: for memberships
    attributes:
      description: The values that were written.
      type: dict
      returned: always
  sample:
    - {kind: user, verb: update, name: ada@corp.example, attributes: {department: Research}}
    - {kind: membership, verb: add, name: ada@corp.example, group: Engineering, attributes: {}}
operations_omitted:
  description: How many entries RV(operations) would have beyond O(result_limit).
  returned: when planning succeeded
  type: int
  sample: 0
summary:
  description:
    - Counts of what was done, or in check mode would be done, for V(users), V(groups) and V(memberships).
    - V(unchanged) counts what is declared and already so, V(failed) what is in RV(failures).
  returned: when planning succeeded
  type: dict
  contains:
    users:
      description: Has C(created), C(updated), C(renamed), C(enabled), C(disabled), C(deleted), C(unchanged), C(failed).
      type: dict
      returned: always
      sample: {created: 1, updated: 0, renamed: 0, enabled: 0, disabled: 0, deleted: 0, unchanged: 0, failed: 0}
    groups:
      description: Has C(created), C(updated), C(renamed), C(deleted), C(unchanged), C(failed).
      type: dict
      returned: always
      sample: {created: 0, updated: 0, renamed: 0, deleted: 0, unchanged: 1, failed: 0}
    memberships:
      description: Has C(added), C(removed), C(unchanged), C(failed).
      type: dict
      returned: always
      sample: {added: 1, removed: 0, unchanged: 0, failed: 0}
failures:
  description:
    - What could not be planned or was refused by the service. If there is any, the task fails at its end; everything else is done,
      and the next run tries just these again.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: As in RV(operations).
      type: str
      returned: always
    verb:
      description: As in RV(operations), or V(match) if it is not clear which object of the service is meant.
      type: str
      returned: always
    name:
      description: As in RV(operations).
      type: str
      returned: always
    group:
      description: The group of a membership, otherwise empty.
      type: str
      returned: always
    source:
      description: Where it was declared, file, line and entry.
      type: str
      returned: always
    status:
      description: The HTTP status of the service's answer; V(0) if it was never asked or did not answer.
      type: int
      returned: always
    detail:
      description: The reason, in the service's own words where it gave one.
      type: str
      returned: always
    request:
      description: The method and path of the request that failed.
      type: str
      returned: always
  sample:
    - kind: user
      verb: create
      name: ada@other.example
      group: ""
      source: state/users.yml:12 (users[3])
      status: 400
      detail: the domain other.example is not registered
      request: POST Users
plan_digest:
  description: The SHA-256 of the plan. Equal plans have equal digests, in check mode and otherwise.
  returned: when planning succeeded
  type: str
  sample: 2f0a4c1e5b7d9380a6c2e4f81b3d5f70928471a3c5e7f90b1d3f5a7c9e0b2d4f
diff:
  description: Before and after, one pair for each object that changes. Attributes that do not change are left out.
  returned: when planning succeeded, with C(--diff)
  type: list
  elements: dict
  sample:
    - before_header: user ada@corp.example
      after_header: user ada@corp.example
      before: {department: Sales}
      after: {department: Research}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - {place: "state/users.yml:12 (users[3])", field: dispaly_name, reason: "is not a known key; did you mean display_name?"}
refused:
  description: Why a correct plan was not carried out, such as the numbers of the removal brake. Nothing was written.
  returned: when the plan was refused
  type: dict
  sample: {brake: [{what: users, removals: 60, of: 800, allowed: 40.0, victims: [ada@corp.example, bob@corp.example]}]}
requests:
  description: What the task asked of the service.
  returned: always, once the options were checked
  type: dict
  contains:
    sent:
      description: How many requests were sent, repeated ones included.
      type: int
      returned: always
    by_method:
      description: The same by HTTP method.
      type: dict
      returned: always
    throttled:
      description: How often the service asked for less haste.
      type: int
      returned: always
    retried:
      description: How many of the requests were repetitions.
      type: int
      returned: always
    waited:
      description: Seconds spent waiting, for the pace or because the service asked for it.
      type: float
      returned: always
  sample: {sent: 2, by_method: {GET: 1, POST: 1}, throttled: 0, retried: 0, waited: 0.0}
"""

from ..module_utils._arguments import BATCHES, BRAKE, DECLARED, GROUPS, MATCHING, MEMBERS, PROTECTION, SCOPE, WRITING
from ..module_utils._module import run_changing
from ..module_utils._orders import directory_order
from ..module_utils._results import directory_result

OPTIONS = {
    "on_error": {"type": "str", "default": "continue", "choices": ["continue", "stop"]},
    "verify": {"type": "bool", "default": True},
    "concurrency": {"type": "str", "default": "auto"},
    "bulk": {"type": "str", "default": "auto", "choices": ["auto", "never", "always"]},
    "plan_path": {"type": "path"},
    "apply_plan": {"type": "path"},
    "report_path": {"type": "path"},
    "progress_path": {"type": "path"},
    **DECLARED,
    **GROUPS,
    **MATCHING,
    **MEMBERS,
    **BATCHES,
    **BRAKE,
    **PROTECTION,
    **SCOPE,
    **WRITING,
}


def main() -> None:
    """Run the module."""
    run_changing(OPTIONS, directory_order, directory_result, required_one_of=[("users", "groups", "src")])


if __name__ == "__main__":
    main()
