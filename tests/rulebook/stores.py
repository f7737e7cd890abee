"""A store of a few calls, for tests, and a folder of rules to try on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import STORE, Store, store_url
from autoqa.types import Contact, Role
from tests.builders import dialogue

ROLES = (Role.AGENT, Role.CUSTOMER)

RULES = """
rules:
  # 开头要问候
  - id: greeting
    name: 开头问候
    passes_if: {says: greeting, role: 坐席}
    examples:
      pass:
        - |
          坐席: 您好，很高兴为您服务。
      fail:
        - |
          坐席: 什么事？
  - id: no-promise
    name: 不承诺收益
    passes_if: {does_not_say: promise, role: 坐席}
    examples:
      pass:
        - |
          坐席: 收益不确定。
      fail:
        - |
          坐席: 保证收益百分之五。
phrases:
  greeting: [很高兴为您服务]
  promise: [保证收益]
form:
  id: form
  name: 质检表
  pass_mark: 80
  sections:
    - name: 礼仪
      rules:
        greeting: 10
        no-promise: {points: 5, fatal: true}
"""

CALLS = {
    "polite": "坐席 0.0-2.5 您好，很高兴为您服务。\n客户 3.0-5.0 我想查一下账单。",
    "other-words": "坐席 0.0-2.5 您好，很乐意为您效劳。\n客户 3.0-5.0 我想查一下账单。",
    "rude": "坐席 0.0-2.5 什么事，快点说。\n客户 3.0-5.0 我想查一下账单。",
    "promising": "坐席 0.0-2.5 您好，很高兴为您服务。\n客户 3.0-5.0 那个理财产品怎么样？\n"
    "坐席 5.5-8.0 我们保证收益百分之五。",
}


def write_rules(folder: Path, text: str = RULES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.yaml").write_text(text, "utf-8")
    return folder


def fill(folder: Path, rules: Path, calls: Mapping[str, str] = CALLS) -> Path:
    """A folder of results: what ``autoqa score`` would leave of these typed calls."""
    folder.mkdir(parents=True, exist_ok=True)
    rule_set = load_rules(rules)
    with Store(store_url(str(folder / STORE))) as store:
        for number, (name, script) in enumerate(calls.items()):
            call = dialogue(script)
            recording = replace(call.recording, id=sha256(script.encode()).hexdigest())
            call = replace(call, recording=recording, model="")
            contact = Contact(
                name,
                f"{name}.wav",
                agent_id=f"80{number % 2}",
                team=f"{number % 2 + 1}组",
                channel_roles=ROLES,
            )
            store.put_call(call)
            store.put_scorecard(contact, call, score(call, contact, rule_set)[0])
    return folder
