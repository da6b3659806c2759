# Copyright: (c) 2026, scimops maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalogue of the functions that expressions may use: names and parameters, as Microsoft's reference for expressions lists them."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .state import Json


class Parameter(t.NamedTuple):
    """One parameter. `repeats` is true for those that may come any number of times, at the end, in turns."""

    name: str
    type: str = "String"
    required: bool = True
    repeats: bool = False


def _parameters(text: str) -> tuple[Parameter, ...]:
    """From `source, start:Integer, culture?, key*`: ? = optional, * = repeats."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _colon, kind = part.partition(":")
        found.append(Parameter(name.rstrip("?*"), kind.rstrip("?*") or "String", not part.endswith("?"), part.endswith("*")))
    return tuple(found)


CATALOGUE: dict[str, tuple[Parameter, ...]] = {
    name: _parameters(text)
    for name, text in {
        "Append": "source, suffix",
        "AppRoleAssignmentsComplex": "appRoleAssignments",
        "BitAnd": "value1:Integer, value2:Integer",
        "CBool": "expression",
        "CDate": "expression",
        "Coalesce": "source*",
        "ConvertToBase64": "source",
        "ConvertToUTF8Hex": "source",
        "Count": "attribute",
        "CStr": "value",
        "DateAdd": "interval, value:Integer, dateTime:DateTime",
        "DateDiff": "interval, date1:DateTime, date2:DateTime",
        "DateFromNum": "value:Integer",
        "DefaultDomain": "",
        "FormatDateTime": "source, dateTimeStyles?, inputFormat, outputFormat",
        "Guid": "",
        "IgnoreFlowIfNullOrEmpty": "expression",
        "IIF": "condition:Boolean, valueIfTrue, valueIfFalse",
        "InStr": "value1, value2, start:Integer?, compareType:Integer?",
        "IsNull": "expression",
        "IsNullOrEmpty": "expression",
        "IsPresent": "expression",
        "IsString": "expression",
        "Item": "attribute, index:Integer",
        "Join": "separator, source*",
        "Left": "string, numChars:Integer",
        "Len": "string",
        "Mid": "source, start:Integer, length:Integer",
        "NormalizeDiacritics": "source",
        "Not": "source",
        "Now": "",
        "NumFromDate": "value:DateTime",
        "PCase": "source, wordSeparators?",
        "RandomString": "length:Integer, minimumNumbers:Integer, minimumSpecialCharacters:Integer, minimumCapital:Integer, "
        "minimumLowerCase:Integer, charactersToAvoid?",
        "Redact": "",
        "RemoveDuplicates": "attribute",
        "Replace": "source, oldValue?, regexPattern?, regexGroupName?, replacementValue?, replacementAttributeName?, template?",
        "SelectUniqueValue": "uniqueValueRule*",
        "SingleAppRoleAssignment": "appRoleAssignments",
        "Split": "source, delimiter",
        "StripSpaces": "source",
        "Switch": "source, defaultValue?, key*, value*",
        "ToLower": "source, culture?",
        "ToUpper": "source, culture?",
        "Word": "string, wordNumber:Integer, delimiters",
    }.items()
}
BY_FOLDED = {name.lower(): name for name in CATALOGUE}
FUNCTIONS: list[Json] = [
    {
        "id": name,
        "parameters": [
            {"name": parameter.name, "type": parameter.type, "required": parameter.required, "allowMultipleOccurrences": parameter.repeats}
            for parameter in parameters
        ],
    }
    for name, parameters in CATALOGUE.items()
]
"""attributeMappingFunctionSchema. The example in Microsoft's reference says `name`, the published metadata say `id`."""


def parameter_names(name: str, count: int) -> list[str]:
    """What the arguments of a call are called: repeated ones are numbered, source1, source2, or key1, value1, key2."""
    parameters = CATALOGUE[name]
    single = [parameter.name for parameter in parameters if not parameter.repeats]
    repeated = [parameter.name for parameter in parameters if parameter.repeats]
    names = single[:count]
    for number in range(count - len(names)):
        names.append(f"{repeated[number % len(repeated)]}{number // len(repeated) + 1}")
    return names


def wrong_count(name: str, present: t.Sequence[bool]) -> str:
    """What is wrong with the arguments of a call, of which some may be empty; "" if nothing is."""
    parameters = CATALOGUE[name]
    single = [parameter for parameter in parameters if not parameter.repeats]
    repeats = len(parameters) - len(single)
    for number, parameter in enumerate(single):
        if parameter.required and not (number < len(present) and present[number]):
            return f"the parameter {parameter.name} is missing"
    extra = len(present) - len(single)
    if extra > 0 and not repeats:
        return f"{len(present)} arguments are more than {len(single)}" if single else "it takes no arguments"
    if repeats and (extra < repeats or extra % repeats):
        return "keys and values come in pairs" if repeats == 2 else f"the parameter {parameters[-1].name} is missing"
    return ""
