# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A living Zscaler tenant, written down as a state file."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: scim_export
short_description: Write the users, groups and memberships of a Zscaler tenant to a state file, over SCIM
version_added: "1.0.0"
description:
  - Adopts a tenant that has people in it already. It writes a file that M(scimops.zscaler_one.scim_directory) reads and finds unchanged.
    With the same O(scope) and O(protected_groups), that module then writes nothing, with pruning or without.
  - Reading costs as many requests as the tenant has pages, and one beyond each end, since a listing may tell too low a total. Nothing is
    ever written to the service.
  - The same tenant gives the same file, byte for byte, in whatever order the service lists it. An entry has the values that the service
    shows, and nothing for those that are empty. There are no ids of the service in the file, for they belong to one tenant, and no secret.
  - A listing that contradicts itself, such as pages that end too early, never becomes a file.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_scim
  - scimops.zscaler_one._scim
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The texts of the file before and after. If either is larger than 100,000 characters, only lines that differ, each below the first
        line of its entry, and a thousand of them at most.
  idempotent:
    support: full
options:
  dest:
    description:
      - The file, on the machine that runs the module. It replaces what is there, comments, C(expires) and C(previous_names) included. Where
        the file is in Git already, export to another one and compare.
      - The name ends in C(.yml), C(.yaml), C(.json) or C(.csv), for that is how M(scimops.zscaler_one.scim_directory) knows the form.
      - The file is written as a whole or not at all. A new one may be read by its owner only; one that is there keeps its mode. A symbolic
        link is refused, and so is a file that belongs to somebody else.
      - A relative path counts from where the module runs; V({{ playbook_dir }}) makes it absolute. The folder must exist.
    type: path
    required: true
  format:
    description:
      - The form of the file. It must be the one that the end of O(dest) says, which decides by default.
      - V(yaml) and V(json) have the members with the groups. V(json) is read ten times faster, which counts above 10,000 users.
      - V(csv) has one user in a row, with its groups. Groups that no user has, and the C(external_id) of groups, have no place in it; a
        warning names them. So does it name cells that a spreadsheet would take for formulas.
    type: str
    choices: [yaml, json, csv]
  scope:
    description:
      - What is ours. Users and groups that do not meet all of the given conditions are left out, and so are memberships of such users. Give
        M(scimops.zscaler_one.scim_directory) the same O(scope), which leaves all these alone.
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
        description: The regular expression is found in the C(externalId); users without one are left out.
        type: str
      group_name_regex:
        description: The regular expression is found in the C(displayName) of the group, case does not count.
        type: str
  protected_groups:
    description:
      - Groups that are left out with their members. Names, or patterns with V(*), V(?) and V([...]); case does not count. Give
        M(scimops.zscaler_one.scim_directory) the same.
      - The default are groups of Zscaler's own, which files should not manage. An empty list leaves none out.
    type: list
    elements: str
    default: ["Service Admin", "Zscaler *", "Dynamic Group *"]
  undeclarable:
    description:
      - What happens if users or groups in scope cannot be declared in a state file. Two of them may have the same name but for case or
        Unicode form, or the same C(externalId); a C(userName) may be no login, a name too long or with characters that nobody sees; a
        group may have members whom the service lists as no user, or users a group that it does not list. CSV cannot have groups with V(;)
        in their names, nor more than 128 groups of one user.
      - V(fail) fails, names all of them with their ids, and writes no file.
      - V(warn) leaves out the user, the group, or the value, and names it. Memberships stay safe, for a group with members who cannot be
        declared is written with C(membership) V(append). But pruning would remove what the file lacks. Name it in C(protected_users) or
        C(protected_groups) there, or keep it out of scope.
      - Any other value that breaks the rules of state files, such as a department that is too long, is always left out with a warning.
        What a file does not say is left alone.
    type: str
    choices: [fail, warn]
    default: fail
notes:
  - The first lines of a YAML file, and C($schema) in JSON, name the JSON Schema of state files, so that editors complete and check them.
  - An entry of somebody who is disabled says C(active) V(false). It is an error to declare that of one of the C(protected_users) of
    M(scimops.zscaler_one.scim_directory).
  - CSV declares no groups, so that C(prune_groups) is refused for CSV alone.
seealso:
  - module: scimops.zscaler_one.scim_directory
  - module: scimops.zscaler_one.scim_user_info
  - module: scimops.zscaler_one.scim_group_info
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Adopt a tenant, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.scim:
      base_url: https://scim.zscalerone.net/1234567/098/scim
      bearer_token: "{{ vault_zscaler_scim_token }}"
  block:
    - name: All that is there becomes a file
      scimops.zscaler_one.scim_export:
        dest: "{{ playbook_dir }}/state/tenant.yml"

    - name: The file is the tenant, so there is nothing to do
      scimops.zscaler_one.scim_directory:
        src: "{{ playbook_dir }}/state"
        prune_users: disable
        prune_groups: delete
      check_mode: true
      register: nothing
      failed_when: nothing is failed or nothing is changed

    - name: What has changed in the tenant since it was written down
      scimops.zscaler_one.scim_export:
        dest: "{{ playbook_dir }}/state/tenant.yml"
      check_mode: true
      diff: true

    - name: Our people only, as a table
      scimops.zscaler_one.scim_export:
        dest: "{{ playbook_dir }}/people.csv"
        scope:
          user_name_suffixes: ["@corp.example"]
          group_name_regex: ^(app|team)-
"""

RETURN = r"""
dest:
  description: The file.
  returned: success
  type: str
  sample: /srv/zscaler/state/tenant.yml
format:
  description: Its form, V(yaml), V(json) or V(csv).
  returned: success
  type: str
  sample: yaml
summary:
  description: How much of the tenant is in the file.
  returned: success
  type: dict
  contains:
    users:
      description: Has C(exported), C(out_of_scope), and C(left_out) for those that cannot be declared.
      type: dict
      returned: always
      sample: {exported: 812, out_of_scope: 14, left_out: 0}
    groups:
      description:
        - Has C(exported), C(out_of_scope), C(protected), and C(left_out) for those that cannot be declared or have no place in CSV.
      type: dict
      returned: always
      sample: {exported: 40, out_of_scope: 0, protected: 2, left_out: 0}
    memberships:
      description: Has C(exported), and C(left_out) for those of users who are not in the file.
      type: dict
      returned: always
      sample: {exported: 3170, left_out: 31}
left_out:
  description: The users, groups and values in scope that the file does not have, because none can be declared. At most 200.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: V(user) or V(group).
      type: str
      returned: always
    name:
      description: The C(userName) or C(displayName).
      type: str
      returned: always
    field:
      description: The key that the entry does not have; empty if there is no entry.
      type: str
      returned: always
    reason:
      description: Why.
      type: str
      returned: always
    ids:
      description: The id at the service.
      type: list
      elements: str
      returned: always
  sample:
    - kind: user
      name: ada@corp.example
      field: department
      reason: has 130 characters; at most 128 are allowed
      ids: [7a736361-6c65-7200-7363-696d00000011]
protected:
  description: The names of groups that were left out because of O(protected_groups).
  returned: success
  type: list
  elements: str
  sample: [Service Admin]
unseen:
  description: Attributes that the service shows of nobody in scope, so that the file cannot have them, whatever is stored.
  returned: success
  type: list
  elements: str
  sample: []
state:
  description: V(file), or V(absent) if check mode would make the file.
  returned: success
  type: str
  sample: file
mode:
  description: Who may read and write the file.
  returned: if the file exists
  type: str
  sample: "0600"
owner:
  description: The name of its owner.
  returned: if the file exists
  type: str
  sample: git
group:
  description: The name of its group.
  returned: if the file exists
  type: str
  sample: git
uid:
  description: The number of its owner.
  returned: if the file exists
  type: int
  sample: 1000
gid:
  description: The number of its group.
  returned: if the file exists
  type: int
  sample: 1000
size:
  description: Its size in bytes.
  returned: if the file exists
  type: int
  sample: 188310
diff:
  description: The texts before and after; both are empty if nothing changed.
  returned: success, with C(--diff)
  type: dict
  sample:
    before_header: /srv/zscaler/state/tenant.yml
    after_header: /srv/zscaler/state/tenant.yml
    before: ""
    after: ""
problems:
  description: All that is wrong with the options. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - place: option dest
      field: ""
      reason: tenant.txt does not end in .yml, .yaml, .json or .csv, by which scim_directory knows the form of the file
refused:
  description:
    - Why no file was written. C(undeclarable) has the first 200 entries that cannot be declared, as in RV(left_out); C(listing) is
      V(suspect) if what the service showed contradicts itself.
  returned: when the export was refused
  type: dict
  sample:
    undeclarable:
      - {kind: user, name: printer, field: "", reason: "has no '@'; a userName is user@domain", ids: ["17"]}
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
  sample: {sent: 2, by_method: {GET: 2}, throttled: 0, retried: 0, waited: 0.0}
"""

from ..module_utils._arguments import PROTECTION, SCOPE
from ..module_utils._export_module import FORMS, run_export

OPTIONS = {
    "dest": {"type": "path", "required": True},
    "format": {"type": "str", "choices": list(FORMS)},
    "undeclarable": {"type": "str", "default": "fail", "choices": ["fail", "warn"]},
    **PROTECTION,
    **SCOPE,
}


def main() -> None:
    """Run the module."""
    run_export(OPTIONS)


if __name__ == "__main__":
    main()
