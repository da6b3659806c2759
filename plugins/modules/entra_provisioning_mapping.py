# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The mappings and scoping filters of an application's provisioning."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: entra_provisioning_mapping
short_description: Declare which attributes Entra provisions, how, and for whom
version_added: "1.0.0"
description:
  - Sets the user and group mappings of an application's provisioning job, as C(Provisioning), C(Mappings) in the portal does. What is
    provisioned and what may be done to it, which attribute of the target gets which value, how existing accounts are matched, and the
    scoping filters.
  - The schema of the job is read, edited, and written back whole with one C(PUT), mappings and filters together. Only what is declared
    changes; everything else, known to this module or not, is sent back as it was read. If nothing differs, nothing is written.
  - "B(Every change makes Entra start a new initial cycle), in which every user and group is read and compared again. So the comparison
    ignores what means nothing: the order of mappings, filters and conditions, blanks in expressions, how Graph writes the actions, the
    version of the schema, and keys that Graph leaves out because they are null or at their default."
  - Before anything is written, the whole declaration is checked against the attributes that both directories define, the operators that
    the service has, and Graph's own parser of expressions. All that is wrong is reported at once, each with its place.
extends_documentation_fragment:
  - scimops.zscaler_one._attributes
  - scimops.zscaler_one._attributes.action_group_entra
  - scimops.zscaler_one._entra
  - scimops.zscaler_one._entra_application
  - scimops.zscaler_one._entra_job
attributes:
  check_mode:
    support: full
    details:
      - If there is no provisioning job yet, the plan is made on the schema that a new job begins with.
      - If there is no application yet either, everything declared counts as new, and only the declaration itself can be checked.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  mode:
    description:
      - What happens to attribute mappings that O(users.attribute_mappings) or O(groups.attribute_mappings) do not list.
      - V(merge) leaves them alone.
      - V(exact) removes them. A mapping of an attribute that the target requires is never removed; to leave it out is an error that names
        it. A mapping of an attribute that the target marks as read-only is kept, with a warning.
      - Mappings that are listed are treated alike in both modes. Where a list is not given, the mode does nothing. Scoping filters do not
        depend on it.
    type: str
    choices: [merge, exact]
    default: merge
  users:
    description:
      - The mapping of users. Whatever is not given is left alone.
      - It is found as the mapping from the object C(User) in a rule that may be edited, whatever directories and mappings are called.
    type: dict
    suboptions: &side
      enabled:
        description:
          - Whether these objects are provisioned at all.
        type: bool
      actions:
        description:
          - What Entra may do at the target, the check boxes C(Target Object Actions) of the portal. The list is complete.
          - An empty list is an error, as nothing would be done; O(users.enabled) and O(groups.enabled) say so more clearly.
        type: list
        elements: str
        choices: [create, update, delete]
      attribute_mappings:
        description:
          - Where the values of the target's attributes come from. An entry belongs to the live mapping of the same target attribute, or
            becomes a new one behind the others. In an entry, too, whatever is not given is left alone.
          - "An entry gives at most one of C(source), C(constant) and C(expression). These and C(default_value) alone are the four mapping
            types of the portal: C(Direct), C(Constant), C(Expression) and C(None)."
          - If none of the four is given, the mapping keeps its origin, and only the rest of the entry is enforced.
          - At least one mapping must match. If the target is mapped twice, which the portal prevents and Graph does not, V(merge) refuses
            to guess and V(exact) keeps the first.
          - An empty list changes nothing with O(mode=merge), and is an error with O(mode=exact).
        type: list
        elements: dict
        suboptions:
          target:
            description:
              - The name of the target's attribute, exactly as its directory in the schema has it, such as
                V(urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department).
              - Upper and lower case count. An attribute of your own must first be added to the target's attribute list in the portal.
            type: str
            required: true
          source:
            description:
              - The name of the attribute of Entra whose value is taken as it is, exactly as the schema has it, such as V(department).
            type: str
          constant:
            description:
              - The value that everybody gets. It is text; for Boolean attributes V(True) or V(False).
            type: str
          expression:
            description:
              - A formula of Entra, such as V(Join(" ", [givenName], [surname]\)), at most 10,000 characters.
              - Graph parses it before anything is written, and only if its text differs from the live one by more than blanks outside of
                quotes and brackets. What Graph reports as wrong with it is reported as it is.
            type: str
          default_value:
            description:
              - The value if there is none to take. Entra uses it when it creates an object, not when it updates one.
              - V("") clears it.
              - "B(Given alone), without C(source), C(constant) and C(expression), it is the mapping type C(None), so the mapping takes
                nothing from Entra. To add a default to a mapping, repeat its C(source) or C(expression) beside."
            type: str
          matching_priority:
            description:
              - When existing objects of the target are matched by this attribute; V(1) is tried first. V(0) means never.
              - It should be unique to each object, and the target must be able to search by it. A number can be given once. Constants and
                mappings of type C(None) cannot match.
            type: int
          apply:
            description:
              - V(always) writes the value whenever it changes, V(on_create) only when the object is created.
            type: str
            choices: [always, on_create]
      scoping_filters:
        description:
          - Who is in scope, besides being assigned to the application. The list is complete, in both modes; V([]) removes all filters.
          - B(An object must pass at least one filter, and for that all of its clauses.)
          - Objects that no longer pass any filter are deprovisioned in the next cycle, that is disabled or removed at the target, unless
            O(scimops.zscaler_one.entra_provisioning_settings#module:skip_out_of_scope_deletions) is true.
          - Only the filters that the portal shows are meant, C(scope.groups) in the schema. Its two experimental kinds of filters,
            C(inputFilterGroups) and C(categoryFilterGroups), are left alone.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The title of the filter. The provisioning logs name it.
            type: str
            required: true
          clauses:
            description:
              - The conditions, all of which must be true.
            type: list
            elements: dict
            required: true
            suboptions:
              attribute:
                description:
                  - The name of the attribute of Entra, exactly as the schema has it.
                  - Entra cannot filter by attributes with several values, by dates, and by C(members), C(appRoleAssignments), C(userType)
                    and C(manager).
                type: str
                required: true
              operator:
                description:
                  - What is compared, one of the operators in the notes. Upper and lower case, blanks and underscores do not count; the
                    name is written as the service spells it.
                type: str
                required: true
              values:
                description:
                  - What the attribute is compared with, as text. The portal gives one value. Unary operators take none.
                  - How Entra treats more than one value with an attribute that has a single one is not documented; more filters, or a
                    regular expression, say the same without doubt.
                type: list
                elements: str
  groups:
    description:
      - The mapping of groups, from the object C(Group). Whatever is not given is left alone.
      - If the connector of the application has no mapping of groups, V(false) for O(groups.enabled) is so already.
    type: dict
    suboptions: *side
notes:
  - "Operators that take a value: C(EQUALS), C(NOT EQUALS), C(REGEX MATCH), C(NOT REGEX MATCH), C(Includes) (the attribute contains the
    value), C(ENDS_WITH), C(Greater_Than), C(Greater_Than_OR_EQUALS) (both sides are integers), C(&) and C(!&) (the value of the attribute
    occurs, or does not occur, in the given text). Operators that take none: C(IS TRUE), C(IS FALSE), C(IS NULL), C(IS NOT NULL)."
  - C(EQUALS), C(NOT EQUALS), C(Includes) and regular expressions mind upper and lower case. A clause on an attribute that is empty is
    false, also with C(NOT REGEX MATCH); there is C(IS NULL) to ask for that.
  - "Microsoft publishes Graph's spelling of C(EQUALS), C(NOT EQUALS), C(REGEX MATCH), C(NOT REGEX MATCH), C(IS TRUE), C(IS FALSE),
    C(IS NULL) and C(IS NOT NULL). That of the others is taken from the portal and unverified, so operators are always looked up at the
    service, and one that it does not have is an error that lists those it has."
  - An operator that the service lists for attributes of other types is a warning, not an error. Tenants do filter Booleans with
    C(EQUALS).
  - The functions for expressions are described in Microsoft's reference for writing expressions for attribute mappings.
  - If the service keeps something in another form than it was written, a warning that begins with C(the service rewrites) says what it
    shows instead. Declare that, or every run changes it again and starts an initial cycle.
  - "Permissions for Microsoft Graph: C(Synchronization.ReadWrite.All), and C(Application.Read.All) to find the application. In check mode
    C(Synchronization.Read.All) will do in place of the first, unless expressions or filters change: Graph wants it for parsing and for
    the list of operators."
  - There must be a provisioning job; M(scimops.zscaler_one.entra_provisioning_job) makes it. Make it with C(state=present), set the
    mappings, and start it then, so that there is only one initial cycle.
seealso:
  - module: scimops.zscaler_one.entra_provisioning_job
  - module: scimops.zscaler_one.entra_provisioning_settings
  - module: scimops.zscaler_one.entra_app_assignment
  - module: scimops.zscaler_one.entra_provision_on_demand
  - name: Writing expressions for attribute mappings
    description: The functions of Entra's expressions.
    link: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
  - name: Scoping users or groups to be provisioned with scoping filters
    description: The operators, as the portal has them.
    link: https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
author:
  - scimops maintainers (@scimops)
"""

EXAMPLES = r"""
- name: Mappings, with the connection written down once
  module_defaults:
    group/scimops.zscaler_one.entra:
      tenant_id: 11111111-2222-3333-4444-555555555555
      client_id: 66666666-7777-8888-9999-000000000000
      client_secret: "{{ vault_entra_client_secret }}"
  block:
    - name: The usual mapping of Zscaler One in full, and nothing besides
      scimops.zscaler_one.entra_provisioning_mapping:
        display_name: Zscaler One
        mode: exact
        users:
          enabled: true
          actions: [create, update, delete]
          attribute_mappings:
            - target: userName
              source: userPrincipalName
              matching_priority: 1
            - target: active
              expression: Switch([IsSoftDeleted], , "False", "True", "True", "False")
            - target: displayName
              source: displayName
            - target: externalId
              source: objectId
            - target: name.givenName
              source: givenName
            - target: name.familyName
              source: surname
            - target: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
              source: department
          scoping_filters: []
        groups:
          enabled: true
          actions: [create, update, delete]
          attribute_mappings:
            - target: displayName
              source: displayName
              matching_priority: 1
            - target: externalId
              source: objectId
            - target: members
              source: members
          scoping_filters: []

    - name: Only Research and Sales that are not blocked; the mappings stay as they are
      scimops.zscaler_one.entra_provisioning_mapping:
        display_name: Zscaler One
        users:
          scoping_filters:
            - name: Research
              clauses:
                - attribute: department
                  operator: EQUALS
                  values: [Research]
                - attribute: accountEnabled
                  operator: IS TRUE
            - name: Sales
              clauses:
                - attribute: department
                  operator: REGEX MATCH
                  values: ["^Sales.*"]
                - attribute: accountEnabled
                  operator: IS TRUE

    - name: The department is that of Entra, or else the company, in capitals; people without both are in Staff
      scimops.zscaler_one.entra_provisioning_mapping:
        display_name: Zscaler One
        users:
          attribute_mappings:
            - target: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
              expression: ToUpper(Coalesce([department], [companyName]))
              default_value: STAFF

    - name: No groups are provisioned, and nobody is deleted at Zscaler
      scimops.zscaler_one.entra_provisioning_mapping:
        display_name: Zscaler One
        users:
          actions: [create, update]
        groups:
          enabled: false

    - name: Read the mapping, to write it down
      scimops.zscaler_one.entra_provisioning_mapping:
        display_name: Zscaler One
      register: zscaler
"""

RETURN = r"""
mapping:
  description:
    - The mappings after the run, in check mode as they would be, in the words of the options. Given back as O(users) and O(groups) it
      changes nothing, with O(mode=exact) too.
    - Where the service shows something else than was written, this is what it shows.
  returned: when planning succeeded
  type: dict
  contains:
    users: &side
      description: The mapping of these objects.
      type: dict
      returned: if the connector has one, or if it is declared and there is no application yet
      contains:
        enabled:
          description: Whether they are provisioned.
          type: bool
          returned: always
        actions:
          description: What Entra may do at the target.
          type: list
          elements: str
          returned: always
        attribute_mappings:
          description: The attribute mappings, sorted by target.
          type: list
          elements: dict
          returned: always
          contains:
            target:
              description: The name of the target's attribute.
              type: str
              returned: always
            source:
              description: The attribute of Entra.
              type: str
              returned: for a direct mapping
            constant:
              description: The value that everybody gets.
              type: str
              returned: for a constant
            expression:
              description: The formula.
              type: str
              returned: for an expression
            default_value:
              description: The value if there is none to take.
              type: str
              returned: if there is one
            matching_priority:
              description: V(0) if objects are not matched by it.
              type: int
              returned: always
            apply:
              description: V(always), V(on_create), or Graph's own word for a kind of flow that the options do not have.
              type: str
              returned: always
        scoping_filters:
          description: The filters, in the order of the service.
          type: list
          elements: dict
          returned: always
          contains:
            name:
              description: The title.
              type: str
              returned: always
            clauses:
              description: Each with C(attribute), C(operator) and C(values).
              type: list
              elements: dict
              returned: always
    groups: *side
  sample:
    users:
      enabled: true
      actions: [create, update, delete]
      attribute_mappings:
        - {target: displayName, source: displayName, matching_priority: 0, apply: always}
        - {target: userName, source: userPrincipalName, matching_priority: 1, apply: always}
      scoping_filters:
        - name: Research
          clauses:
            - {attribute: department, operator: EQUALS, values: [Research]}
operations:
  description: What was done, in this order, or in check mode what would be done. Empty if nothing changed. All of it is one write.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: V(mapping) for one attribute, V(scoping_filter), or V(object_mapping) for all users or all groups.
      type: str
      returned: always
    verb:
      description:
        - For V(mapping) V(set), be it new or not, or V(delete); for V(scoping_filter) V(create), V(update) or V(delete);
          for V(object_mapping) V(enable), V(disable), or V(update) of its actions.
      type: str
      returned: always
    name:
      description: Which one.
      type: str
      returned: always
    details:
      description: What it was and is, in words, as C(before) and C(after); one of them is missing where there was or is nothing.
      type: dict
      returned: unless the verb says it all
  sample:
    - kind: mapping
      verb: set
      name: user mapping displayName
      details:
        before: "[displayName], matching no, always"
        after: "[givenName], matching no, always"
    - kind: scoping_filter
      verb: create
      name: user filter Research
      details:
        after: department EQUALS 'Research' and accountEnabled IS TRUE
diff:
  description: Before and after in words, only of what changes. Mappings by their target, filters by their names.
  returned: when planning succeeded, with C(--diff)
  type: dict
  sample:
    before_header: Zscaler One (before)
    after_header: Zscaler One (after)
    before: {users: {attribute_mappings: {displayName: "[displayName], matching no, always"}}}
    after: {users: {attribute_mappings: {displayName: "[givenName], matching no, always"}}}
problems:
  description: All that is wrong with the input; the first twenty also stand in the message. Nothing was written.
  returned: when the input is wrong
  type: list
  elements: dict
  sample:
    - place: users.attribute_mappings[3]
      field: target
      reason: dispalyName is not an attribute in Zscaler One; did you mean displayName?
requests:
  description: What the task asked of Microsoft Graph.
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
      description: How often Graph asked for less haste.
      type: int
      returned: always
    retried:
      description: How many of the requests were repetitions.
      type: int
      returned: always
    waited:
      description: Seconds spent waiting, because Graph asked for it or until Entra showed what was written.
      type: float
      returned: always
  sample: {sent: 8, by_method: {GET: 7, PUT: 1}, throttled: 0, retried: 0, waited: 2.0}
"""

from ..module_utils._entra_module import run_entra
from ..module_utils._workflow.provisioning_mapping import act

FLOW = {
    "target": {"type": "str", "required": True},
    "source": {"type": "str"},
    "constant": {"type": "str"},
    "expression": {"type": "str"},
    "default_value": {"type": "str"},
    "matching_priority": {"type": "int"},
    "apply": {"type": "str", "choices": ["always", "on_create"]},
}
CLAUSE = {
    "attribute": {"type": "str", "required": True},
    "operator": {"type": "str", "required": True},
    "values": {"type": "list", "elements": "str"},
}
FILTER = {
    "name": {"type": "str", "required": True},
    "clauses": {"type": "list", "elements": "dict", "required": True, "options": CLAUSE},
}
SIDE = {
    "enabled": {"type": "bool"},
    "actions": {"type": "list", "elements": "str", "choices": ["create", "update", "delete"]},
    "attribute_mappings": {"type": "list", "elements": "dict", "options": FLOW},
    "scoping_filters": {"type": "list", "elements": "dict", "options": FILTER},
}
OPTIONS = {
    "mode": {"type": "str", "default": "merge", "choices": ["merge", "exact"]},
    "users": {"type": "dict", "options": SIDE},
    "groups": {"type": "dict", "options": SIDE},
}


def main() -> None:
    """Run the module."""
    run_entra(OPTIONS, act, application=True, job=True)


if __name__ == "__main__":
    main()
