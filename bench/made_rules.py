"""As many rules as wanted, to see what they cost: the phrase sets of a pack, then made-up ones.

Half the rules want something said, half forbid it. Made-up phrases are what agents might say about
a bank's products, so that parts of them are in many calls and the whole of them in few.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet

PACK = Path(__file__).parent.parent / "rules" / "retail-bank"
PHRASES_A_SET = 8
_RULES_A_FILE = 100
_WAYS = (
    "请您(核对|确认)[一下]{what}的{which}", "{what}的{which}[我]已经[帮|给]您{done}了",
    "您的{what}[的]{which}(需要|要)重新{done}", "关于{what}{which}[的]说明请您仔细阅读",
    "(我们|我行)会在{任意}{done}您的{what}{which}", "您可以在手机银行{done}{what}的{which}",
    "{what}的{which}暂时不能{done}", "提醒您{what}{which}以合同为准",
)  # fmt: skip
_WHAT = (
    "信用卡", "理财产品", "活期账户", "房屋贷款", "定期存款", "基金定投", "电子账单", "数字证书",
    "外汇牌价", "贵金属", "保管箱", "养老金", "公积金", "对公账户", "校园卡", "社保卡", "票据",
)  # fmt: skip
_WHICH = ("额度", "手续费", "到期日", "协议", "利率", "预留信息", "交易明细", "开户网点", "限额")
_DONE = ("登记", "更新", "调整", "注销", "开通", "提交", "审核", "补录")


def made_rules(count: int, folder: Path, pack: Path = PACK, *, edits: int = 0) -> RuleSet:
    """``count`` rules, written into ``folder`` and read again as staff's are.

    ``edits``: how often staff have edited the phrases of the first rule, one line more each time.
    """
    yaml = YAML(typ="safe", pure=True)
    sets: dict[str, Any] = {}
    for path in sorted(pack.glob("*.yaml")):
        for name, one in (yaml.load(path).get("phrases") or {}).items():
            if len(sets) < count // 2:
                sets[name] = one
    for number, phrases in enumerate(_phrase_sets()):
        if len(sets) == count:
            break
        sets[f"made_{number}"] = phrases
    edited = next(iter(sets))
    more = [f"还有什么{what}要帮您的" for what in _WHAT[:edits]]
    sets[edited] = _with_lines(sets[edited], more)
    rules = [
        {
            "id": f"made-{number}",
            "name": f"第 {number} 条",
            "rationale": "量一量规则多了要多久。",
            "passes_if": {("does_not_say" if number % 2 else "says"): name, "role": "坐席"},
        }
        for number, name in enumerate(sets)
    ]
    form = {
        "id": "made",
        "name": "测速",
        "pass_mark": 60,
        "sections": [{"name": "全部", "rules": {rule["id"]: 1 for rule in rules}}],
    }
    folder.mkdir(parents=True, exist_ok=True)
    names = list(sets)
    for first in range(0, count, _RULES_A_FILE):
        some = slice(first, first + _RULES_A_FILE)
        content: dict[str, Any] = {"rules": rules[some]}
        content["phrases"] = {name: sets[name] for name in names[some]}
        if not first:
            content["form"] = form
        with (folder / f"made-{first}.yaml").open("w", encoding="utf-8") as file:
            yaml.dump(content, file)
    return load_rules(folder)


def _with_lines(phrases: Any, more: list[str]) -> Any:
    """A set as a file has it, a plain list or one with options, with more lines."""
    if isinstance(phrases, dict):
        return {**phrases, "phrases": [*phrases["phrases"], *more]}
    return [*phrases, *more]


def _phrase_sets() -> Iterator[list[str]]:
    """Sets of phrases, each about something else."""
    for what, which, done in product(_WHAT, _WHICH, _DONE):
        yield [
            way.replace("{what}", what).replace("{which}", which).replace("{done}", done)
            for way in _WAYS[:PHRASES_A_SET]
        ]
