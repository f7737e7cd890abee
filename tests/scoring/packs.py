"""Rule packs for tests: a folder of YAML written from strings."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.types import Finding

RETAIL_BANK = Path(__file__).parents[2] / "rules" / "retail-bank"

PHRASES = """
phrases:
  greeting: [您好请问有什么可以帮您, 很高兴为您服务]
  hold_request: ["请[您]稍等"]
  sorry: [非常抱歉]
  bad: [随便你]
  grumble: [我要投诉]
"""


def write_pack(folder: Path, body: str, points: str = "10") -> Path:
    """A pack with one rule ``it`` whose conditions are ``body``."""
    rule = "rules:\n  - id: it\n    name: 规则\n" + indent(dedent(body).strip(), "    ") + "\n"
    (folder / "rules.yaml").write_text(rule, encoding="utf-8")
    (folder / "phrases.yaml").write_text(PHRASES, encoding="utf-8")
    form = f"""
    form:
      id: form
      name: 表
      pass_mark: 60
      sections:
        - name: 节
          rules: {{it: {points}}}
    """
    (folder / "form.yaml").write_text(dedent(form), encoding="utf-8")
    return folder


def pack(folder: Path, body: str, points: str = "10") -> RuleSet:
    return load_rules(write_pack(folder, body, points))


def finding(rule_set: RuleSet, dialogue: str, rule_id: str = "it") -> Finding:
    """What the rule says of a dialogue."""
    call, contact = read_dialogue(dedent(dialogue))
    scorecard, _ = score(call, contact, rule_set)
    return next(item for item in scorecard.findings if item.rule_id == rule_id)
