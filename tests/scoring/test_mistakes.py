"""What somebody who writes rule files for the first time gets wrong, and what he is told.

``clerk.yaml`` is a file of six rules without a fault. Each mistake is an edit of it; what is told
has to be at the place of the edit, wholly in the reader's language, and name the way out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from autoqa.i18n import language
from autoqa.scoring.check import run_examples
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.schema import schema_text

CLERK = (Path(__file__).parent / "clerk.yaml").read_text("utf-8")

QUOTED = re.compile("“[^”]*”")
ENGLISH = re.compile("[A-Za-z]{2,}")
CHINESE = re.compile("[\u4e00-\u9fff]")

MISTAKES = [
    # (what stands there, what the clerk makes of it, what the first fault says)
    # the signs of YAML
    ("    name: 不推诿", "    name：不推诿", "“name”后面的冒号是中文的"),
    ("      says: verify_identity", "      says：verify_identity", "“says”后面的冒号是中文的"),
    ("    name: 不推诿", "    name:不推诿", "“name”的冒号后面少了一个空格"),
    ("      says: verify_identity", "      says:verify_identity", "“says”的冒号后面少了一个空格"),
    ("{does_not_say: shirking, role", "{does_not_say: shirking， role", "要用英文逗号"),
    ("[随便您选]", "[随便您选，随便您挑]", "隔开几项要用英文逗号"),
    ("[随便您选]", "[随便您选、随便您挑]", "隔开几项要用英文逗号"),
    ("    - 输入[您的]", "    - [请]输入[您的]", "以“[”开头，请给整句加上英文双引号"),
    ("    - 输入[您的][查询|交易]密码", "    - {数字}号密码", "以“{”开头，请给整句加上英文双引号"),
    ("    - 输入[您的][查询|交易]密码", "    - [请]", "以“[”开头，请给整句加上英文双引号"),
    ("[随便您选]", "[[随便]您选]", "括号没有成对；或者括号里面的话也带括号"),
    ("      role: 坐席\n      within", "\trole: 坐席\n      within", "制表符"),
    ("    name: 不推诿", "    name: 说明: 不推诿", "有英文冒号加空格"),
    ("    - 输入[您的]", "    - 请问: 输入[您的]", "有英文冒号加空格"),
    ("    name: 不推诿", "    name: “说: 不推诿”", "中文引号不起作用"),
    ("    name: 不推诿", '    name: "不推诿', "从这里开始的引号没有成对"),
    ("    name: 不推诿", '    name: "不"推"诿"', "里面的请改成中文引号"),
    ("    name: 不推诿", "     name: 不推诿", "缩进更多"),
    (
        "      role: 坐席\n      within",
        "     role: 坐席\n      within",
        "没有对齐：这一行从第 6 格开始",
    ),
    ("    - 输入[您的]", "    -输入[您的]", "后面要空一格"),
    ("    - 请[您]稍", "    -请[您]稍", "后面要空一格"),
    ("    - 输入[您的]", "      输入[您的]", "这种说法占了好几行"),
    ("    - 输入[您的]", "    输入[您的]", "前面要有“- ”"),
    ("    - 输入[您的]", "    - *输入[您的]", "以“*”开头"),
    ("    - 输入[您的]", "    - '*输入[您的]", "引号没有成对"),
    ("    - 输入[您的]", "    - @输入[您的]", "以“@”开头"),
    ("count: {at_most: 2}", "count: {at_most: 2", "括号没有成对"),
    ("    name: 不推诿\n", "    name: 不推诿\n    name: 不推脱\n", "第 55 行已经写过"),
    (
        "    rationale: 办理业务之前",
        "    rationale:\n    # 办理业务之前",
        "“rationale”后面没有内容",
    ),
    (
        "    applies_if:\n      metadata",
        "    applies_if:\n    metadata",
        "“applies_if”后面没有内容",
    ),
    ("    - 请[您]稍(等|候)", "    -", "清单里有一项是空的"),
    (
        "        - |\n          坐席: 这个归",
        "        -\n          坐席: 这个归",
        "一段对话以“- |”开头",
    ),
    (
        "        - |\n          坐席: 这个归",
        "        - >\n          坐席: 这个归",
        "一段对话以“- |”开头",
    ),
    ("        - |\n          坐席: 这个归", "        - |\n        坐席: 这个归", "没有对齐"),
    # the words of rules
    (
        "      says: verify_identity",
        "      say: verify_identity",
        "没有“say”这种判断；是不是想写“says”",
    ),
    ("      says: verify_identity", "      says: verify_identiy", "是不是想写“verify_identity”"),
    ("      says: verify_identity", "      says: 报一下身份证", "这里要写话术的名字"),
    ("      says: verify_identity", "      says: “verify_identity”", "中文引号"),
    ("    passes_if: {does", "    pass_if: {does", "是不是想写“passes_if”"),
    ("    passes_if: {does_not_say: shirking, role: 坐席}", "    passes_if: shirking", "判断什么"),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    says: shirking",
        "“says”要写在“passes_if:”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role",
        "    passes_if: {does_not_say: [], role",
        "是空的",
    ),
    (
        "{does_not_say: shirking, role: 坐席}",
        "{does_not_say: shirking, says: shirking}",
        "另一个判断",
    ),
    ("{does_not_say: shirking, role: 坐席}", "{does_not_say: shirking, role: 座位}", "想写“坐席”"),
    ("{does_not_say: shirking, role: 坐席}", "{does_not_say: shirking, role: 坐蓆}", "想写“坐席”"),
    ("{does_not_say: shirking, role: 坐席}", "{does_not_say: shirking, roles: 坐席}", "想写“role”"),
    (
        "{does_not_say: shirking, role: 坐席}",
        "{does_not_say: shirking, times: 2}",
        "“times”不能写在这里",
    ),
    ("within_first: 1分30秒", "within_first: 90", "“90”不是时长；请带上单位"),
    ("within_first: 1分30秒", "within_first: 一分钟", "“一分钟”不是时长；请带上单位"),
    ("within_first: 1分30秒", "within_first: 0秒", "应当大于 0 秒"),
    ("within_first_turns: 2", "within_first_turns: 两轮", "这里应当是整数"),
    ("within_first_turns: 2", "within_first_turns: 0", "这里应当不小于 1"),
    ("within_first_turns: 2", "within: 10s", "要和“before”、“after”或“near”一起写"),
    ("within_first_turns: 2", "before: it", "只能写在“for_each”的“require”下面"),
    ("      event: 持线", "      event: 等待", "没有“等待”这种事件"),
    ("      event: 持线", "      event: 持续", "想写“持线”"),
    ("      event: 持线", "      event: holds", "想写“hold”"),
    ("      event: 持线", "      event: 持线\n      role: 客户", "请删掉“role”"),
    ("      event: 持线", "      event: 持线\n      before_agent: 是", "请删掉“before_agent”"),
    ("      event: 持线", "      event: 持线\n      where: {music: 很响}", "“music”不会是“很响”"),
    ("count: {at_most: 2}", "count: 2", "这里要写限度，例如“{at_most: 3}”"),
    ("count: {at_most: 2}", "count: {at_most: 两}", "这里应当是数"),
    ("count: {at_most: 2}", "count: {most: 2}", "想写“at_most”"),
    ("count: {at_most: 2}", "count: {}", "请写限度"),
    ("count: {at_most: 2}", "count: {less_than: 0}", "没有比 0 还小的"),
    ("count: {at_most: 2}", "count: {more_than: 2, at_most: 2}", "没有既不小于“2”又不大于“2”的数"),
    ("longest: {at_most: 60秒}", "longest: 60秒", "这里要写限度，例如“{at_most: 60s}”"),
    ("      count: {at_most: 2}\n      longest: {at_most: 60秒}\n", "", "还要写限度"),
    ("for_each: {event: 持线,", "for_each: {says: hold_request,", "用来挑选事件的"),
    ("for_each: {event: 持线,", "for_each: {event: 持线, near: {speaks: 客户},", "起个名字"),
    ("该谁说话: 坐席", "该谁说: 坐席", "想写“该谁说话”"),
    ("该谁说话: 坐席", "该谁说话: 客服经理", "“该谁说话”不会是“客服经理”"),
    ("该谁说话: 坐席", "owed_by: agnet", "想写“agent”"),
    ("该谁说话: 坐席", "label: menu", "“静音”不能用“label”挑选"),
    ("呼叫方向: 呼出", "呼叫方向: 打出", "“打出”不是呼叫方向"),
    ("呼叫方向: 呼出", "呼教方向: 呼出", "想写“呼叫方向”"),
    ("呼叫方向: 呼出", "客户等级: 贵宾", "请先在文件里顶格写“columns: [客户等级]”"),
    ("呼叫方向: 呼出", "directon: outbound", "想写“direction”"),
    ("    name: 不推诿", "    name: 不推诿\n    counts_for: 客户", "规则不能由“客户”负责"),
    ("    name: 不推诿", "    name: 2025", "请给“2025”加上英文双引号"),
    ("    name: 不推诿", "    name: 不推诿\n    effective: 2025-01-01", "不认识“effective”"),
    ("    name: 不推诿", "    name: " + "不" * 61, "太长了，最多 60 个字"),
    ("  - id: no-shirking", "  - id: 不推诿", "“不推诿”不能用作编号"),
    ("  - id: no-shirking", "  - id: No-Shirking", "“No-Shirking”不能用作编号"),
    ("  - id: no-shirking\n    name: 不推诿", "  - id: no-shirking", "这里缺少“name”"),
    (
        "  - id: no-shirking",
        "  - id: hold-limits",
        "规则“hold-limits”在“我的规则.yaml:18:5”已经写过",
    ),
    # phrases
    ("    - 请[您]稍(等|候)", "    []", "话术“hold_request”里没有说法"),
    ("    - 请[您]稍(等|候)", "    请您稍等", "话术“hold_request”里没有说法"),
    ("    - 请[您]稍(等|候)", "    - 请[您稍(等|候)", "括号没有成对"),
    ("    - 请[您]稍(等|候)", "    - 请稍等(啊|一下)", "“啊”是语气词"),
    ("    - 请[您]稍(等|候)", "    - 请{姓名}稍等", "空位“{姓名}”不认识"),
    ("    - 请[您]稍(等|候)", '    - "[请稍等]"', "没有一个必须说出的字"),
    ("    - 请[您]稍(等|候)", "    - 95588", "请给“95588”加上英文双引号"),
    ("        exact: 是", "        exact: 对", "这里应当写“是”或“否”"),
    ("  hold_request:\n", "  持线，请求:\n", "“持线，请求”不能用作话术或条件的名字"),
    ("    unless: [随便您选]", "    除非: [随便您选]", "不认识“除非”"),
    ("    unless: [随便您选]", "    unles: [随便您选]", "想写“unless”"),
    # dialogues
    (
        "          坐席: 让您久等了。\n      fail",
        "          座席： 让您久等了。\n          谢谢\n      fail",
        "以谁在说话开头",
    ),
    ("          客户: 好的。", "          顾客: 好的。", "想写“客户”"),
    ("          [静音 7s]", "          [静默 7s]", "想写“静音”"),
    ("          [静音 7s]", "          [静音]", "这里要写多久"),
    ("          [静音 7s]", "          [静音 7]", "“7”不是时长；请带上单位"),
    ("          [静音 7s]", "          [静音 7s 不明]", "这个括号里不能写“不明”"),
    ("          [持线 20s 音乐]", "          [持线 20s 有音乐]", "想写“音乐”"),
    (
        "          [方向 呼出]\n          [队列 信用卡催收]\n          坐席: 您好，请",
        "          [方向 打出]\n          坐席: 您好，请",
        "不是呼叫方向",
    ),
    (
        "      fail:\n        - |\n          坐席: 这个不",
        "      failed:\n        - |\n          坐席: 这个不",
        "想写“fail”",
    ),
    # the form
    (
        "        hold-limits: 15",
        "        hold-limit: 15",
        "没有规则“hold-limit”；是不是想写“hold-limits”",
    ),
    ("        hold-limits: 15", "        hold-limits: -15", "分值应大于 0"),
    ("        hold-limits: 15", '        hold-limits: "15"', "不加引号和单位"),
    ("        hold-limits: 15", "        hold-limits: 十五", "“十五”不是机器认得的数"),
    ("        hold-limits: 15", "        - hold-limits: 15", "混在同一级"),
    ("        collection-identity: 20", "        - collection-identity: 20", "前面不加“-”"),
    ("        collection-identity: 20", "        hold-limits: 20", "“hold-limits”出现了两次"),
    ("{points: 30, fatal: 是}", "{points: 30, fatel: 是}", "想写“fatal”"),
    ("{points: 30, fatal: 是}", "{fatal: 是}", "这里缺少“points”"),
    ("  pass_mark: 85", "  pass_mark: 850", "0 到 100 之间的数"),
    ("    - name: 业务解决", "    - name: 基本服务规范", "已经有叫“基本服务规范”的部分"),
    ("form:\n", "from:\n", "想写“form”"),
    # from the manual, written in a hurry
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: ｛does_not_say: shirking, role: 坐席｝",
        "这里的括号是中文的",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {does_not_say: shirking; role: 坐席}",
        "要用英文逗号",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {does_not_say: shirking, role: 坐席, 客户}",
        "请用方括号",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {does_not_say: shirking, role: 坐席和客户}",
        "没有“坐席和客户”这个角色",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      - does_not_say: shirking",
        "这里只写一个判断",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      all:\n        does_not_say: shirking\n        no_event: 持线",
        "这里应当是清单",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      not: [{says: shirking}]",
        "这里只写一个判断",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      for_each: 持线\n      require: {says: shirking}",
        "例如“{event: 持线}”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      for_each: {event: 持线}",
        "这里缺少“require”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      no_event: 静音\n      lasting: 10s",
        "这里要写限度",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      says: shirking\n      before: 持线",
        "像“{event: 持线}”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      says: shirking\n      before: {event: 持线}\n      within: 10",
        "“10”不是时长",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      metadata: 呼出",
        "例如“{呼叫方向: 呼出}”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      answer_time: {at_most: 20}",
        "“20”不是时长",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      call_ends: 客户挂机",
        "想写“客户先挂”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      recording_cut: 开始",
        "想写“开头”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if:\n      begins_with_agent: 否",
        "请写在“not”下面",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {does_not_say: [不归我管], role: 坐席}",
        "这里要写话术的名字",
    ),
    ("    name: 不推诿", "\u3000\u3000name: 不推诿", "这里的空格是全角的"),
    ("    name: 不推诿", "    name:\xa0不推诿", "少了一个空格"),
    ("    name: 不推诿", "    name: 不推诿\n    fatal: 是", "要写在评分表里"),
    (
        "  - id: no-shirking\n    name: 不推诿",
        "  - id: no-shirking\n  name: 不推诿",
        "没有对齐：这一行从第 3 格开始",
    ),
    ("        exact: 是", "      exact: 是", "没有对齐：这一行从第 7 格开始"),
    ("    listen_for: [请问是先生本人吗]", "    listen_for: 请问是先生本人吗", "这里应当是清单"),
    ("    - 输入[您的][查询|交易]密码", '    - "输入"[您的]密码', "引号里面又有英文引号"),
    (
        "      pass:\n        - |\n          坐席: 这个归",
        "      pass: |\n          坐席: 这个归",
        "每段以单独一行“- |”开头",
    ),
    ("          [持线 50s 音乐]", "          [按键 O]", "“O”不是按键"),
    ("          [持线 50s 音乐]", "          [抢话 1.2s 坐席]", "请写明谁抢话、多久"),
    ("坐席: 这个归我们管", "坐席 这个归我们管", "以谁在说话开头"),
    ("  pass_mark: 85", "  pass_mark: ８５", "用半角"),
    ("  pass_mark: 85", "  pass_mark: 85分", "不加引号和单位"),
    ("phrases:\n  verify", "phrases\n  verify", "后面要有英文冒号和空格"),
    # order, places, names and measures
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, during: 持线}",
        "像“{event: 持线}”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, after: {say: shirking}}",
        "请写“it”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, after: {says: shirking, rol: 客户}}",
        "想写“role”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, after: {event: 持线, lastng: {at_least: 3s}}}",
        "想写“lasting”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, after: {says: shirking, nth: 0}}",
        "“0”不是第几次",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, after: {says: shirking, nth: 倒数}}",
        "“倒数”不是第几次",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, after: {condition: 没有的}}",
        "没有条件“没有的”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, within_first: 120%}",
        "“120%”不是百分比",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, within_first: 0%}",
        "应当大于 0",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, during: it}",
        "只能写在“for_each”的“require”下面",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, times: 0}",
        "“0”不是次数",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, times: 两次}",
        "“两次”不是次数",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, times: 3, within_first_turns: 2}",
        "2 轮话里说不到 3 次",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, times: {at_most: -1}}",
        "没有比 0 还小的",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {says: shirking, before: {event: 持线}, during: {event: 持线}}",
        "位置只能选一种",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {event: 持线, share: {at_most: 20}}",
        "“20”不是百分比",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {event: 持线, per_minute: 2}",
        "这里要写限度",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {condition: 没写过}",
        "没有条件“没写过”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {condition: [催收]}",
        "条件的名字",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {some: [{says: shirking}]}",
        "“some”还要写几项",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {some: [{says: shirking}], at_least: 2}",
        "一共只有 1 项",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {call_time: {from: 25点, until: 21:00}}",
        "“25点”不是钟点",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {call_time: {from: 08:00}}",
        "这里缺少“until”",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {repeats: 经理}",
        "没有“经理”这个角色",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {repeats: 客户, similarity: 很像}",
        "“很像”不是百分比",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {loudness: {at_least: 10}}",
        "这里应当不大于 0",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {answer_delay: 3s}",
        "这里要写限度",
    ),
    (
        "    passes_if: {does_not_say: shirking, role: 坐席}",
        "    passes_if: {answer_dely: {at_most: 3s}}",
        "想写“answer_delay”",
    ),
    ("    - 请[您]稍(等|候)", "    - {regex: '(派人'}", "没有配对的“)”"),
    ("    - 请[您]稍(等|候)", "    - {similar: 您好}", "太短"),
    ("    - 请[您]稍(等|候)", "    - {similr: 请您稍等一下}", "想写“similar”"),
    ("    - 请[您]稍(等|候)", "    - {regex: 派人, exact: 是}", "“exact”不能写在这里"),
    (
        "          [静音 7s]",
        "          [音量 坐席 很响]",
        "请写明谁、多少分贝",
    ),
    (
        "          [静音 7s]",
        "          [开始时间 昨天]",
        "“昨天”不是日期和时间",
    ),
]


def told(folder: Path, text: str, name: str = "zh_CN") -> list[str]:
    (folder / "我的规则.yaml").write_text(text, "utf-8")
    with language(name):
        return [str(fault) for fault in check_rules(folder) if fault.severity == "error"]


def sentence(line: str) -> str:
    return line.split(": ", maxsplit=1)[1]


def test_the_file_itself_is_good_and_its_examples_are_right(tmp_path: Path) -> None:
    assert told(tmp_path, CLERK) == []
    assert [str(fault) for fault in run_examples(load_rules(tmp_path))] == []


@pytest.mark.parametrize(("right", "wrong", "expected"), MISTAKES)
def test_a_mistake_is_told_where_it_is_and_what_to_do(
    tmp_path: Path, right: str, wrong: str, expected: str
) -> None:
    assert right in CLERK
    before, _, _ = CLERK.partition(right)
    lines = told(tmp_path, CLERK.replace(right, wrong, 1))
    places = [int(line.split(":")[1]) for line in lines]
    first = before.count("\n")  # a fault of several lines is told at the first
    last = first + 1 + max(right.count("\n"), wrong.count("\n")) + 1
    at_it = [line for line, place in zip(lines, places, strict=True) if first <= place <= last]
    assert any(expected in line for line in at_it), lines
    for line in lines:
        assert not ENGLISH.search(QUOTED.sub("", sentence(line))), line
    for line in told(tmp_path, CLERK.replace(right, wrong, 1), "en"):
        assert not CHINESE.search(QUOTED.sub("", sentence(line))), line


def read(text: str) -> object:
    return YAML(typ="safe").load(text)


def test_what_editors_complete_by_knows_the_words_of_both_languages() -> None:
    editor = Draft202012Validator(json.loads(schema_text()))
    editor.validate(read(CLERK))
    for right, wrong in [
        ("1分30秒", "1m30s"),
        ("1分30秒", "90秒"),
        ("1分30秒", "1小时"),
        ("event: 持线", "event: hold"),
        ("no_event: 静音", "no_event: 静默"),
        ("该谁说话: 坐席, 原因: [原因不明, 打字]", "owed_by: agent, cause: unexplained"),
        ("fatal: 是", "fatal: true"),
    ]:
        assert right in CLERK
        editor.validate(read(CLERK.replace(right, wrong)))
    for right, wrong in [
        ("1分30秒", "90"),
        ("1分30秒", "一分钟"),
        ("1分30秒", '""'),
        ("no_event: 静音", "no_event: 安静"),
        ("该谁说话: 坐席", "该谁说话: 经理"),
        ("该谁说话: 坐席", "谁: 坐席"),
        ("fatal: 是", "fatal: 对"),
    ]:
        assert not editor.is_valid(read(CLERK.replace(right, wrong))), wrong


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("event: 持线", "event: hold"),
        ("no_event: 静音", "no_event: dead_air"),
        ("no_event: 静音", "no_event: 静默"),
        ("该谁说话: 坐席, 原因: [原因不明, 打字]", "owed_by: agent, cause: [unexplained, typing]"),
        ("呼叫方向: 呼出, 队列:", "direction: outbound, queue:"),
        ("呼叫方向: 呼出, 队列:", "方向: 外呼, 技能组:"),
        ("role: 坐席", "role: agent"),
        ("1分30秒", "90s"),
        ("fatal: 是", "fatal: yes"),
    ],
)
def test_words_of_both_languages_mean_the_same(tmp_path: Path, chinese: str, english: str) -> None:
    assert chinese in CLERK
    (tmp_path / "rules.yaml").write_text(CLERK, "utf-8")
    version = load_rules(tmp_path).version
    (tmp_path / "rules.yaml").write_text(CLERK.replace(chinese, english), "utf-8")
    assert load_rules(tmp_path).version == version


def test_a_column_of_the_bank_s_own_is_listed_before_it_is_asked_for(tmp_path: Path) -> None:
    asked = CLERK.replace("呼叫方向: 呼出, 队列:", "客户等级: 贵宾, 队列:")
    asked = asked.replace("[方向 呼出]", "[信息 客户等级 贵宾]")
    assert len(told(tmp_path, asked)) == 1
    assert told(tmp_path, "columns: [客户等级]\n" + asked) == []
    assert run_examples(load_rules(tmp_path)) == []


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    wrong = CLERK
    edits = [
        ("      role: 坐席\n      within", "      rol: 坐席\n      within"),
        ("      event: 持线", "      event: 持续"),
        ("原因: [原因不明, 打字]", "原因: [不知道]"),
        ("[静音 7s]", "[静音 七秒]"),
        ("呼叫方向: 呼出", "呼叫方向: 打出"),
        ("        hold-limits: 15", "        hold-limit: 15"),
    ]
    for right, edit in edits:
        assert right in wrong
        wrong = wrong.replace(right, edit, 1)
    assert len(told(tmp_path, wrong)) == len(edits)


def warnings_of(folder: Path, text: str) -> list[str]:
    (folder / "我的规则.yaml").write_text(text, "utf-8")
    with language("zh_CN"):
        return [str(fault) for fault in check_rules(folder)]


def test_what_is_taken_for_a_comment_is_told(tmp_path: Path) -> None:
    (line,) = warnings_of(tmp_path, CLERK.replace("    - 请[您]稍(等|候)", "    - 请按 #键"))
    assert line.startswith("我的规则.yaml:105:9: 提醒：“#”后面的字会被当成注释")
    assert warnings_of(tmp_path, CLERK.replace("稍(等|候)", "稍(等|候) # 说明")) == []


def test_a_file_whose_ending_windows_hides_is_told(tmp_path: Path) -> None:
    (tmp_path / "新规则.yaml.txt").write_text("rules: []", "utf-8")
    (line,) = warnings_of(tmp_path, CLERK)
    assert line == "新规则.yaml.txt:1:1: 提醒：这个文件没有读；请把文件名末尾的“.txt”去掉"


def test_a_file_without_its_first_line_is_told(tmp_path: Path) -> None:
    (line,) = told(tmp_path, CLERK.removeprefix("rules:\n"))
    assert "文件里要有顶格写的“rules:”" in line


@pytest.mark.parametrize("way", ["[持线50秒 音乐]", "[持线 50秒，音乐]", "【持线 50s 音乐】"])
def test_other_ways_to_write_what_happens(tmp_path: Path, way: str) -> None:
    assert told(tmp_path, CLERK.replace("[持线 50s 音乐]", way)) == []
    assert run_examples(load_rules(tmp_path)) == []


@pytest.mark.parametrize("content", ["", "phrases:\n  greeting:\n    - 您好\n   - 再见\n"])
def test_what_is_in_a_file_that_cannot_be_read_is_not_missed_elsewhere(
    tmp_path: Path, content: str
) -> None:
    rules, phrases = CLERK.split("\nphrases:\n")
    phrases, form = phrases.split("\nform:\n")
    (tmp_path / "话术.yaml").write_text(content, "utf-8")
    (line,) = told(tmp_path, rules + "\nform:\n" + form)
    assert line.startswith("话术.yaml:")


@pytest.mark.parametrize("slip", ["deleted", "one deeper", "one less"])
def test_whatever_line_slips_the_answer_is_in_the_reader_s_language(
    tmp_path: Path, slip: str
) -> None:
    lines = CLERK.splitlines()
    for number, line in enumerate(lines):
        slipped = {"deleted": [], "one deeper": [" " + line], "one less": [line[1:]]}[slip]
        text = "\n".join([*lines[:number], *slipped, *lines[number + 1 :]])
        for fault in told(tmp_path, text):
            assert not ENGLISH.search(QUOTED.sub("", sentence(fault))), fault


@pytest.mark.parametrize("slip", [" ", "  ", "   "])
def test_the_line_that_is_out_of_line_is_named(tmp_path: Path, slip: str) -> None:
    wrong = CLERK.replace("      pass:", "      " + slip + "pass:", 1)
    (line,) = told(tmp_path, wrong)
    assert f"第 10 行从第 {7 + len(slip)} 格开始" in line
