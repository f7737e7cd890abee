"""The fields of conditions: the common ones; what there are none for is shown as it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from autoqa.i18n import N_, _
from autoqa.rulebook.form_parts import Field, Group, Option, set_at
from autoqa.rulebook.workbook import yaml_text
from autoqa.scoring.source import Path
from autoqa.scoring.vocabulary import EVENT_NAMES, ROLE_NAMES, first_names

_SPEECH = {"says": N_("somebody says"), "does_not_say": N_("nobody says")}
_GROUPS = {"all": N_("all of these"), "any": N_("one of these")}
_BOUNDS = {
    "at_least": N_("at least"),
    "at_most": N_("no more than"),
    "more_than": N_("more than"),
    "less_than": N_("less than"),
}
_AMOUNTS = {
    "within_first": (N_("in the first seconds of the talk"), "30s"),
    "within_first_turns": (N_("in the agent's first turns"), 2),
    "within_last": (N_("in the last seconds"), "60s"),
    "within_last_turns": (N_("in the last turns"), 4),
}
_ANCHORS = {
    "before": (N_("before it"), N_("before something")),
    "after": (N_("after it"), N_("after something")),
    "near": (N_("around it"), N_("around something")),
    "during": (N_("during it"), N_("during something")),
}
_PLACE = (*_AMOUNTS, *_ANCHORS, "within", "within_turns")
_LIMITS = {
    "count": (N_("how often"), 3),
    "longest": (N_("the longest"), "60s"),
    "total": (N_("all together"), "120s"),
}
_MEASURES: dict[str, tuple[str, Any]] = {
    "answer_time": (N_("the caller waits for an agent"), "20s"),
    "answer_delay": (N_("the customer waits for an answer"), "5s"),
    "call_length": (N_("the call lasts"), "60s"),
    "menu_depth": (N_("keys pressed in the menu"), 3),
    "speech_rate": (N_("characters a minute"), 300),
}
NEW_CONDITION = {"says": "greeting", "role": "坐席"}


def condition_group(title: str, given: Any, path: Path) -> Group:
    """A condition; one that the form cannot show is told to be edited as text."""
    if not isinstance(given, dict):
        return _as_text(title, given, path)
    for key in ("all", "any"):
        if list(given) == [key] and isinstance(given[key], list):
            return _members(title, given, key, path)
    if fields := _fields(given, path):
        return Group(title, tuple(fields))
    if set(given) == {"for_each", "require"}:
        return _for_each(title, given, path)
    return _as_text(title, given, path)


def _as_text(title: str, given: Any, path: Path) -> Group:
    return Group(title, (_source(given, path),))


def _source(given: Any, path: Path) -> Field:
    """What the form has no fields for, as it is written."""
    return Field("source", _("edited as text"), path, yaml_text.inline(given))


def _rest(given: Mapping[str, Any], shown: Collection[str], path: Path) -> list[Field]:
    """The options of a condition that are not shown."""
    return [_source({key: value}, (*path, key)) for key, value in given.items() if key not in shown]


def _fields(given: Mapping[str, Any], path: Path) -> list[Field]:
    """Of one plain condition; none where it is not plain."""
    for key in _SPEECH:
        if key in given:
            shown = (key, "role", *_PLACE)
            return [*_speech(given, key, path), *_rest(given, shown, path)]
    for key in ("no_event", "event"):
        if key in given:
            shown = (key, "lasting", *(_LIMITS if key == "event" else ()))
            return [*_happening(given, key, path), *_rest(given, shown, path)]
    for key, (label, usual) in _MEASURES.items():
        if isinstance(given.get(key), dict):
            found = [_what(given, path), *_bounds(given[key], _(label), (*path, key), usual)]
            return [*found, *_rest(given, (key,), path)]
    if list(given) == ["condition"]:
        name = Field("text", _("Its name"), (*path, "condition"), given["condition"])
        return [_what(given, path), name]
    return []


def _bounds(limit: Mapping[str, Any], label: str, path: Path, usual: Any) -> Iterator[Field]:
    """Each bound of a limit that is there; one stays."""
    kind = "text" if isinstance(usual, str) else "number"
    for bound, name in _BOUNDS.items():
        if bound in limit:
            yield Field(kind, f"{label}: {_(name)}", (*path, bound), limit[bound])


def _hint(kind: str, example: str) -> str:
    return "" if kind == "number" else example


def _what(given: Mapping[str, Any], path: Path) -> Field:
    """What kind of condition it is; another kind takes over what it can."""
    role = given.get("role", "坐席")
    sets = given.get("says") or given.get("does_not_say") or "greeting"
    event = given.get("no_event") or given.get("event") or "hold"
    place = {key: given[key] for key in _PLACE if key in given and given[key] != "it"}
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "says": (_("somebody says"), {"says": sets, "role": role, **place}),
        "does_not_say": (_("nobody says"), {"does_not_say": sets, "role": role, **place}),
        "no_event": (_("something does not happen"), {"no_event": event}),
        "event": (
            _("something happens no more than"),
            {"event": event, "count": {"at_most": 3}},
        ),
        "for_each": (
            _("each time something happens, somebody says"),
            {
                "for_each": {"event": event},
                "require": {"says": sets, "role": role, "after": "it", "within": "10s"},
            },
        ),
        "all": (_("all of several conditions"), {"all": [dict(given)]}),
        "any": (_("one of several conditions"), {"any": [dict(given)]}),
    }
    options = tuple(
        Option(label, () if key in given else (set_at(path, new),), key in given)
        for key, (label, new) in kinds.items()
    )
    if not any(option.chosen for option in options):
        is_named = "condition" in given
        label = _("a condition with a name") if is_named else _("something that is measured")
        options = (Option(label, (), True), *options)
    return Field("choice", _("What"), path, "", options, "wide")


def _speech(given: Mapping[str, Any], key: str, path: Path, *, inside: bool = False) -> list[Field]:
    fields = [] if inside else [_what(given, path)]
    fields.append(_role(given, path))
    sets = given[key] if isinstance(given[key], list) else [given[key]]
    fields.append(
        Field("sets", _("one of these phrase sets"), (*path, key), [str(s) for s in sets])
    )
    return [*fields, *_place(given, path, inside=inside)]


def _role(given: Mapping[str, Any], path: Path) -> Field:
    known = given.get("role", "坐席")
    roles = known if isinstance(known, list) else [known]
    meant = [ROLE_NAMES.get(str(role)) for role in roles]
    choices: list[Any] = ["坐席", "客户", "录音", ["坐席", "录音"], ["坐席", "客户"]]
    options = []
    for one in choices:
        named = one if isinstance(one, list) else [one]
        label = _(" or ").join(_role_label(name) for name in named)
        is_it = [ROLE_NAMES[name] for name in named] == meant
        options.append(Option(label, (set_at((*path, "role"), one),), is_it))
    if not any(option.chosen for option in options):
        options.append(Option(" ".join(map(str, roles)), (), True))
    return Field("choice", _("Who"), (*path, "role"), "", tuple(options))


def _role_label(name: str) -> str:
    return {"坐席": _("the agent"), "客户": _("the customer"), "录音": _("a recording")}[name]


def _place(given: Mapping[str, Any], path: Path, *, inside: bool = False) -> list[Field]:
    present = next((key for key in (*_AMOUNTS, *_ANCHORS) if key in given), "")
    cleared = [set_at((*path, key), None) for key in _PLACE if key in given]
    options = [] if inside else [Option(_("anywhere in the call"), tuple(cleared), not present)]
    for key, (label, usual) in _AMOUNTS.items() if not inside else ():
        put = (*(one for one in cleared if one["path"][-1] != key), set_at((*path, key), usual))
        options.append(Option(_(label), () if key == present else put, key == present))
    for key, labels in _ANCHORS.items():
        anchor: Any = "it" if inside else {"event": "hold"}
        if present in _ANCHORS:
            anchor = given[present]
        kept = ("within",) if key != "during" else ()
        put = tuple(one for one in cleared if one["path"][-1] not in (key, *kept))
        named = _(labels[0] if inside else labels[1])
        moved = (*put, set_at((*path, key), anchor))
        options.append(Option(named, () if key == present else moved, key == present))
    fields = [Field("choice", _("Where"), path, "", tuple(options))]
    if present in _AMOUNTS:
        for key in (one for one in _AMOUNTS if one in given):
            kind = "number" if key.endswith("turns") else "text"
            label = _("turns") if kind == "number" else _("How long")
            fields.append(Field(kind, label, (*path, key), given[key], hint=_hint(kind, "30s")))
    elif present:
        fields += _anchor(given, present, path)
    return fields


def _anchor(given: Mapping[str, Any], present: str, path: Path) -> Iterator[Field]:
    anchor = given[present]
    if isinstance(anchor, dict) and list(anchor) == ["event"]:
        yield _event(anchor, "event", (*path, present))
    elif isinstance(anchor, dict) and "says" in anchor:
        yield from _words(anchor, (*path, present))
    elif anchor != "it":
        yield _source(anchor, (*path, present))
    if present != "during":
        within = (*path, "within")
        yield Field("text", _("no further than"), within, given.get("within", ""), hint="10s")
        if "within_turns" in given:
            turns = (*path, "within_turns")
            yield Field("number", _("or so many turns"), turns, given["within_turns"])


def _words(given: Mapping[str, Any], path: Path) -> list[Field]:
    """Words that something else hangs on."""
    sets = given["says"] if isinstance(given["says"], list) else [given["says"]]
    said = Field("sets", _("what was said there"), (*path, "says"), [str(s) for s in sets])
    return [
        _role({"role": "客户", **given}, path),
        said,
        *_rest(given, ("says", "role"), path),
    ]


def _event(given: Mapping[str, Any], key: str, path: Path) -> Field:
    names = {name: kind.value for name, kind in EVENT_NAMES.items()}
    meant = names.get(str(given[key]))
    options = tuple(
        Option(name, (set_at((*path, key), name),), names[name] == meant)
        for name in first_names(names)
    )
    return Field("choice", _("What happens"), (*path, key), "", options)


def _happening(given: Mapping[str, Any], key: str, path: Path) -> list[Field]:
    fields = [_what(given, path), _event(given, key, path)]
    fields += _limit(given, "lasting", _("counted if it lasts"), path, "10s")
    for name, (label, usual) in _LIMITS.items() if key == "event" else ():
        fields += _limit(given, name, _(label), path, usual)
    return fields


def _limit(
    given: Mapping[str, Any], key: str, label: str, path: Path, usual: Any
) -> Iterator[Field]:
    limit = given.get(key)
    if limit is not None and not (isinstance(limit, dict) and len(limit) == 1):
        yield _source({key: limit}, (*path, key))
        return
    (bound, value) = next(iter(limit.items())) if limit else ("", "")
    here = (*path, key)
    first = "at_least" if key == "lasting" else "at_most"
    options = [Option(_("no limit"), (set_at(here, None),) if limit else (), not limit)]
    options += [
        Option(
            _(name), (set_at(here, {each: value or usual}),) if each != bound else (), each == bound
        )
        for each, name in _BOUNDS.items()
        if limit or each in (first, "more_than")
    ]
    yield Field("choice", label, here, "", tuple(options))
    if limit:
        kind = "number" if key == "count" else "text"
        yield Field(kind, _("limit"), (*here, bound), value, hint=_hint(kind, str(usual)))


def _for_each(title: str, given: Mapping[str, Any], path: Path) -> Group:
    case, require = given.get("for_each"), given.get("require")
    key = next((one for one in _SPEECH if isinstance(require, dict) and one in require), "")
    if not isinstance(case, dict) or not key or not isinstance(require, dict):
        return _as_text(title, given, path)
    within, inner = (*path, "for_each"), (*path, "require")
    fields = [_what(given, path)]
    if "event" in case:
        fields.append(_event(case, "event", within))
        fields += _limit(case, "lasting", _("counted if it lasts"), within, "10s")
        fields += _rest(case, ("event", "lasting"), within)
    elif "says" in case:
        fields += _words(case, within)
    else:
        fields.append(_source(case, within))
    duty = Group(
        _("Each time"),
        (
            *_speech(require, key, inner, inside=True),
            *_rest(require, (key, "role", *_PLACE), inner),
        ),
    )
    return Group(title, tuple(fields), (duty,))


def _members(title: str, given: Mapping[str, Any], key: str, path: Path) -> Group:
    other = "any" if key == "all" else "all"
    choice = Field(
        "choice",
        _("What"),
        path,
        "",
        (
            Option(_(_GROUPS[key]), (), True),
            Option(_(_GROUPS[other]), (set_at(path, {other: given[key]}),)),
        ),
    )
    groups = []
    for number, member in enumerate(given[key]):
        group = condition_group(f"{number + 1}", member, (*path, key, number))
        removal = Option(_("remove"), (set_at((*path, key, number), None),))
        buttons = (*group.buttons, removal) if len(given[key]) > 1 else group.buttons
        groups.append(Group(group.title, group.fields, group.groups, buttons))
    adding = Option(
        _("+ one more condition"),
        ({"kind": "add", "path": [*path, key], "value": NEW_CONDITION},),
    )
    return Group(title, (choice,), tuple(groups), (adding,))
