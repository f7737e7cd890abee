"""Calls, scorecards and a whole night by hand, as reports get them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from autoqa.reports.clips import Clip, clip_spans
from autoqa.reports.row import Row, Tally, failed_row
from autoqa.types import (
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Evidence,
    Finding,
    Message,
    Occurrence,
    Outcome,
    Party,
    Recording,
    Remark,
    Role,
    Scorecard,
    Segment,
    Total,
    Turn,
    Utterance,
    Word,
)

BEIJING = timezone(timedelta(hours=8))
CHANNEL = {Role.AGENT: 0, Role.RECORDED: 0, Role.CUSTOMER: 1, Role.UNKNOWN: 0}
SECTIONS = {
    "服务响应": Party.CENTRE,
    "基本服务规范": Party.AGENT,
    "业务解决": Party.AGENT,
}
RULES: dict[str, tuple[str, str, str]] = {
    "answer-time": ("20 秒内接通人工", "服务响应", "10"),
    "menu-depth": ("菜单不超过两层", "服务响应", "10"),
    "forced-ad": ("接通前不播放广告", "服务响应", "10"),
    "agent-pitch": ("不主动推销产品", "基本服务规范", "5"),
    "greeting": ("规范问候", "基本服务规范", "10"),
    "staff-id": ("报工号", "基本服务规范", "5"),
    "hold-requested": ("持线前征求同意", "基本服务规范", "8"),
    "hold-thanked": ("持线后致谢", "基本服务规范", "8"),
    "hold-length": ("单次持线不超过 60 秒", "基本服务规范", "8"),
    "hold-total": ("持线合计不超过 120 秒", "基本服务规范", "4"),
    "offer-help": ("询问其他需求", "基本服务规范", "8"),
    "closing": ("规范结束语", "基本服务规范", "8"),
    "apology": ("客户投诉时致歉", "基本服务规范", "5"),
    "interruption": ("不打断客户", "基本服务规范", "5"),
    "dead-air": ("无不明静默", "基本服务规范", "5"),
    "forbidden-words": ("不使用服务禁语", "基本服务规范", "6"),
    "speech-rate": ("语速适中", "基本服务规范", "5"),
    "risk-notice": ("理财风险提示", "业务解决", "5"),
    "no-guarantee": ("不承诺收益", "业务解决", "5"),
}
FATAL = {"forbidden-words", "no-guarantee"}
RATIONALES = {
    "hold-thanked": "《服务规范》第十二条：结束持线后应当对客户的等待表示感谢。"
    "客户等了又没听到一句感谢，会觉得被晾着。",
    "forced-ad": "中国银行业协会《客户服务中心服务规范》第十条：主菜单不得插播广告。",
    "offer-help": "结束前主动询问，可以减少客户再次来电。",
}
PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
UNDETERMINED, NOT_APPLICABLE = Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE


def rich_call() -> Call:
    """Three minutes: menu, advertisement, ringing, two holds, talk-over, dead air, a card lost."""
    return call_of(
        181_000,
        [
            (
                "recorded",
                400,
                7_900,
                "欢迎致电海天银行，个人业务请按一，信用卡请按二，挂失请按三。",
            ),
            (
                "recorded",
                11_200,
                19_400,
                "海天理财火热发售，年化收益最高可达百分之三点八，详情请咨询客户经理。",
            ),
            ("agent", 27_100, 30_600, "您好，很高兴为您服务，工号八零二六。"),
            ("customer", 31_300, 36_900, "哎你好，我的信用卡找不着了，我想先挂失一下，行不行？"),
            ("agent", 37_400, 41_800, "好的，请您提供一下身份证号码后四位，我帮您核实。"),
            ("customer", 42_500, 44_300, "三三幺二。"),
            ("agent", 45_000, 47_900, "好的，请您稍等，我帮您查询一下。"),
            ("customer", 58_000, 60_200, "这歌儿还挺好听。"),
            ("agent", 76_400, 81_000, "感谢您的耐心等待，卡片尾号六六一八，现在为您办理挂失。"),
            (
                "customer",
                81_500,
                88_800,
                "嗯，那我里面要是已经有人刷了，这笔钱是算我的还是算银行的，我昨天晚上就…",
            ),
            ("agent", 86_900, 92_300, "女士您先听我说，挂失以后的交易由银行承担。"),
            ("customer", 92_700, 97_500, "我话还没说完呢，你们怎么这样，我要投诉你们！"),
            ("agent", 98_200, 103_300, "非常抱歉给您带来不便，我马上再为您核对一下。"),
            ("agent", 104_000, 105_200, "您等一下啊。"),
            ("agent", 140_900, 146_200, "好了，昨天晚上没有交易，您放心吧。"),
            ("customer", 146_900, 149_300, "哦，那就好。"),
            ("agent", 158_600, 163_900, "补卡七个工作日寄到您的登记地址，工本费十五元。"),
            ("customer", 164_400, 166_600, "行，谢谢，祝您生活愉快。"),
            ("agent", 167_000, 170_900, "感谢您的来电，请对我的服务作出评价，再见。"),
            ("recorded", 172_000, 178_500, "请对本次服务进行评价，满意请按一，不满意请按二。"),
        ],
        [
            Event(
                EventKind.RECORDED_PROMPT,
                400,
                7_900,
                Role.RECORDED,
                0,
                {"label": "menu", "text": "欢迎致电海天银行"},
            ),
            Event(EventKind.DTMF, 8_400, 8_550, Role.CUSTOMER, 1, {"key": "2"}),
            Event(EventKind.DTMF, 9_700, 9_850, Role.CUSTOMER, 1, {"key": "3"}),
            Event(
                EventKind.RECORDED_PROMPT,
                11_200,
                19_400,
                Role.RECORDED,
                0,
                {"label": "ad", "text": "海天理财火热发售"},
            ),
            Event(EventKind.RINGBACK, 20_000, 26_000, Role.RECORDED, 0, {}),
            Event(
                EventKind.HOLD, 47_900, 76_400, Role.AGENT, 0, {"music": True, "music_share": 0.93}
            ),
            Event(EventKind.MUSIC, 49_000, 75_800, Role.RECORDED, 0, {}),
            Event(EventKind.TALK_OVER, 86_900, 88_800, Role.AGENT, None, {"interrupter": "agent"}),
            Event(EventKind.HOLD, 105_200, 140_900, Role.AGENT, 0, {"music": False}),
            Event(
                EventKind.DEAD_AIR,
                149_300,
                158_600,
                Role.UNKNOWN,
                None,
                {"cause": "unexplained", "owed_by": "agent"},
            ),
            Event(
                EventKind.RECORDED_PROMPT,
                172_000,
                178_500,
                Role.RECORDED,
                0,
                {"label": "notice", "text": "请对本次服务进行评价"},
            ),
            Event(EventKind.DTMF, 179_300, 179_450, Role.CUSTOMER, 1, {"key": "1"}),
        ],
    )


def rich_scorecard() -> Scorecard:
    """For ``rich_call``: three rules failed, two open, one not applicable."""
    agent, customer, recorded = Role.AGENT, Role.CUSTOMER, Role.RECORDED
    return card_of(
        {
            "answer-time": (
                PASSED,
                [
                    (
                        PASSED,
                        [stretch(20_000, 27_100, recorded, "振铃后 {seconds} 秒接听", seconds=7)],
                    )
                ],
            ),
            "menu-depth": (
                PASSED,
                [(PASSED, [stretch(8_400, 9_850, customer, "按键 {count} 次后转人工", count=2)])],
            ),
            "forced-ad": (
                FAILED,
                [
                    (
                        FAILED,
                        [
                            hit(
                                11_200,
                                19_400,
                                recorded,
                                "海天理财火热发售，年化收益最高可达百分之三点八，详情请咨询客户经理。",
                            )
                        ],
                    )
                ],
            ),
            "agent-pitch": (PASSED, []),
            "greeting": (PASSED, [(PASSED, [hit(27_100, 29_100, agent, "您好，很高兴为您服务")])]),
            "staff-id": (
                PASSED,
                [
                    (
                        PASSED,
                        [hit(29_100, 30_600, agent, "工号八零二六", how="sound", certainty=0.82)],
                    )
                ],
            ),
            "hold-requested": (
                FAILED,
                [
                    (
                        PASSED,
                        [
                            hit(45_600, 46_500, agent, "请您稍等"),
                            event(47_900, 76_400, "持线 {seconds} 秒", 28.5),
                        ],
                    ),
                    (
                        FAILED,
                        [
                            event(105_200, 140_900, "持线 {seconds} 秒", 35.7),
                            stretch(95_200, 105_200, agent, "在此时段查找，两次识别均未听到"),
                        ],
                    ),
                ],
            ),
            "hold-thanked": (
                FAILED,
                [
                    (PASSED, [hit(76_400, 77_900, agent, "感谢您的耐心等待")]),
                    (
                        FAILED,
                        [
                            event(105_200, 140_900, "持线 {seconds} 秒", 35.7),
                            stretch(140_900, 150_900, agent, "在此时段查找，两次识别均未听到"),
                        ],
                    ),
                ],
            ),
            "hold-length": (
                PASSED,
                [(PASSED, [event(105_200, 140_900, "持线 {seconds} 秒", 35.7)])],
            ),
            "hold-total": (PASSED, []),
            "offer-help": (
                UNDETERMINED,
                [(UNDETERMINED, [stretch(140_900, 170_900, agent, "在此时段查找，尚未复听")])],
            ),
            "closing": (PASSED, [(PASSED, [hit(167_000, 168_200, agent, "感谢您的来电")])]),
            "apology": (PASSED, [(PASSED, [hit(98_200, 100_500, agent, "非常抱歉给您带来不便")])]),
            "interruption": (
                FAILED,
                [(FAILED, [event(86_900, 88_800, "坐席抢话 {seconds} 秒", 1.9)])],
            ),
            "dead-air": (
                UNDETERMINED,
                [(UNDETERMINED, [event(149_300, 158_600, "静默 {seconds} 秒", 9.3)])],
            ),
            "forbidden-words": (PASSED, []),
            "speech-rate": (
                PASSED,
                [(PASSED, [stretch(27_100, 170_900, agent, "语速每分钟 {rate} 字", rate=236)])],
            ),
            "risk-notice": (NOT_APPLICABLE, []),
            "no-guarantee": (
                PASSED,
                [(NOT_APPLICABLE, [hit(144_000, 146_200, agent, "您放心吧")])],
            ),
        }
    )


def rich_contact() -> Contact:
    return Contact(
        call_id="20240305-000173",
        file="evening/8026_card lost.wav",
        agent_id="8026",
        agent_name="李晓雯",
        team="信用卡一组",
        direction="inbound",
        queue="信用卡",
        started_at=datetime(2024, 3, 5, 19, 42, 10, tzinfo=BEIJING),
        extra={"渠道": "95XXX"},
    )


def fatal_call() -> Call:
    """Under a minute; the agent guarantees a return."""
    return call_of(
        42_000,
        [
            ("agent", 600, 2_900, "您好，工号六六一八为您服务。"),
            ("customer", 3_400, 7_200, "我想问一下你们那个理财，安不安全啊？"),
            ("agent", 7_800, 13_900, "您放心，这个稳赚不赔，保证收益，绝对没有风险。"),
            ("customer", 14_600, 16_100, "真的吗？"),
            ("agent", 16_700, 19_900, "我都买了，随便你问谁。"),
            ("customer", 31_000, 33_400, "那我再想想吧。"),
            ("agent", 34_000, 36_800, "好的，感谢您的来电，再见。"),
        ],
        [
            Event(
                EventKind.DEAD_AIR,
                19_900,
                31_000,
                measures={"cause": "line_dead", "owed_by": "customer"},
            )
        ],
        remarks=(Remark("truncated", Message("录音不完整，结尾缺 {seconds} 秒", {"seconds": 12})),),
    )


def fatal_scorecard() -> Scorecard:
    agent = Role.AGENT
    return card_of(
        {
            "greeting": (
                PASSED,
                [(PASSED, [hit(600, 2_900, agent, "您好，工号六六一八为您服务")])],
            ),
            "closing": (PASSED, [(PASSED, [hit(34_700, 36_800, agent, "感谢您的来电，再见")])]),
            "no-guarantee": (
                FAILED,
                [
                    (FAILED, [hit(9_000, 10_400, agent, "稳赚不赔")]),
                    (FAILED, [hit(10_500, 11_900, agent, "保证收益")]),
                    (FAILED, [hit(12_000, 13_900, agent, "绝对没有风险")]),
                ],
            ),
            "risk-notice": (
                FAILED,
                [(FAILED, [stretch(0, 42_000, agent, "在此时段查找，两次识别均未听到")])],
            ),
            "forbidden-words": (
                UNDETERMINED,
                [(UNDETERMINED, [hit(18_000, 19_900, agent, "随便你问谁")])],
            ),
        }
    )


def mono_call() -> Call:
    """One channel, nobody knows who speaks."""
    return call_of(
        60_000,
        [
            ("unknown", 900, 3_900, "您好，很高兴为您服务。"),
            ("unknown", 4_500, 9_000, "你好，我想查一下我的账单。"),
            ("unknown", 9_800, 12_000, "请稍等。"),
            ("unknown", 33_000, 37_000, "让您久等了，本期账单三千二百元。"),
        ],
        [Event(EventKind.MUSIC, 13_000, 32_000, channel=0)],
        roles=(Role.UNKNOWN,),
        remarks=(
            Remark(
                "mixed",
                Message("单声道录音，无法分辨说话人；请安装 autoqa[mono]"),
                judgeable=False,
            ),
        ),
    )


def mono_scorecard() -> Scorecard:
    """Nothing that needs a role is decided."""
    return card_of({rule_id: (UNDETERMINED, []) for rule_id in RULES})


def empty_call() -> Call:
    return Call(Recording("0" * 64, 8000, 1, 0, "pcm_s16le"), ())


def empty_scorecard() -> Scorecard:
    return card_of({})


def samples() -> dict[str, tuple[Call, Contact, Scorecard]]:
    """Every sample by name."""
    return {
        "rich": (rich_call(), rich_contact(), rich_scorecard()),
        "fatal": (
            fatal_call(),
            Contact("6618-2", "6618-2.mp3", "6618", team="理财组"),
            fatal_scorecard(),
        ),
        "mono": (mono_call(), Contact("mono.amr", "mono.amr"), mono_scorecard()),
        "empty": (empty_call(), Contact("empty.wav", "empty.wav"), empty_scorecard()),
    }


def clips_of(call: Call, scorecard: Scorecard) -> tuple[Clip, ...]:
    """Stand-ins for audio: 3 kB a second of nothing in particular."""
    return tuple(
        Clip(span.start_ms, span.end_ms, b"\0" * (3 * span.duration_ms), "audio/ogg")
        for span in clip_spans(scorecard, call.duration_ms)
    )


def night(count: int = 3_000, seed: int = 7) -> list[Row]:
    """A night of ``count`` recordings of 40 agents in 4 teams, one in a hundred broken."""
    chance = random.Random(seed)
    teams = ("信用卡一组", "信用卡二组", "个人业务组", "理财组")
    names = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
    start = datetime(2024, 3, 5, 18, 0, tzinfo=BEIJING)
    rows = []
    for number in range(count):
        agent, moment = chance.randrange(40), start + timedelta(seconds=9 * number)
        skill = (agent * 37 % 40) / 40
        contact = Contact(
            call_id=f"20240305-{number:06}",
            file=f"line{number % 3}/{moment:%H%M%S}_{8000 + agent}.wav",
            agent_id=str(8000 + agent),
            agent_name=names[agent % len(names)] + "芳伟娜敏静"[agent % 5],
            team=teams[agent % 4],
            direction="inbound",
            started_at=moment,
        )
        rows.append(
            failed_row(contact, Message("{file} 是空文件", {"file": contact.file}))
            if chance.random() < 0.01
            else _row(contact, skill, chance)
        )
    return rows


def _row(contact: Contact, skill: float, chance: random.Random) -> Row:
    outcomes: dict[str, tuple[Outcome, list[tuple[Outcome, list[Evidence]]]]] = {}
    for place, rule_id in enumerate(RULES):
        risk = (0.01 if rule_id in FATAL else 0.05 + 0.02 * (place * 7 % 11)) * (1.5 - skill)
        draw = chance.random()
        outcome = FAILED if draw < risk else UNDETERMINED if draw > 0.965 else PASSED
        if rule_id in ("risk-notice", "apology") and chance.random() < 0.8:
            outcome = NOT_APPLICABLE
        outcomes[rule_id] = (outcome, [])
    holds = [int(chance.lognormvariate(10.2, 0.6)) for _ in range(chance.choice((0, 0, 1, 2)))]
    ads = [chance.randrange(6_000, 15_000)] if outcomes["forced-ad"][0] == FAILED else []
    return Row(
        contact,
        chance.randrange(35_000, 900_000),
        card_of(outcomes),
        {
            EventKind.HOLD: Tally(len(holds), sum(holds), max(holds, default=0)),
            EventKind.DEAD_AIR: Tally(1, 4_200, 4_200),
            EventKind.TALK_OVER: Tally(0, 0, 0),
        },
        Tally(len(ads), sum(ads), max(ads, default=0)),
    )


# ---------------------------------------------------------------- making them


def call_of(
    duration_ms: int,
    lines: list[tuple[str, int, int, str]],
    events: list[Event],
    roles: tuple[Role, ...] = (Role.AGENT, Role.CUSTOMER),
    remarks: tuple[Remark, ...] = (),
) -> Call:
    """A call from ``(role, start_ms, end_ms, text)``, a turn a line."""
    utterances = tuple(
        _utterance(Role(role), start, end, text, len(roles)) for role, start, end, text in lines
    )
    return Call(
        recording=Recording("ab" * 32, 8000, len(roles), duration_ms, "pcm_alaw"),
        channels=tuple(
            Channel(
                index,
                role,
                tuple(Segment(u.start_ms, u.end_ms) for u in utterances if u.channel == index),
                "words",
                -24.0,
                -58.0,
            )
            for index, role in enumerate(roles)
        ),
        utterances=utterances,
        turns=tuple(
            Turn(u.role, u.start_ms, u.end_ms, u.text, (index,))
            for index, u in enumerate(utterances)
        ),
        events=tuple(events),
        remarks=remarks,
        heard=tuple(EventKind),
        model="base",
        stages={"decode": 1, "voice": 1, "words": 1},
    )


def _utterance(role: Role, start_ms: int, end_ms: int, text: str, channels: int) -> Utterance:
    step = (end_ms - start_ms) / len(text)
    pieces = [(place, text[place : place + 2]) for place in range(0, len(text), 2)]
    words = tuple(
        Word(
            start_ms + round(place * step),
            start_ms + round((place + len(piece)) * step),
            piece,
            0.9,
        )
        for place, piece in pieces
    )
    channel = CHANNEL[role] if channels > 1 else 0
    return Utterance(channel, role, start_ms, end_ms, text, words, 0.9)


def hit(
    start_ms: int,
    end_ms: int,
    role: Role,
    quote: str,
    how: str = "exact",
    certainty: float = 1.0,
) -> Evidence:
    return Evidence(start_ms, end_ms, role, quote, Message("已说"), certainty, how, quote)


def stretch(
    start_ms: int, end_ms: int, role: Role, template: str, **params: str | float
) -> Evidence:
    return Evidence(start_ms, end_ms, role, "", Message(template, params), how="searched")


def event(start_ms: int, end_ms: int, template: str, seconds: float) -> Evidence:
    message = Message(template, {"seconds": seconds})
    return Evidence(start_ms, end_ms, Role.AGENT, "", message, how="event")


def card_of(
    outcomes: dict[str, tuple[Outcome, list[tuple[Outcome, list[Evidence]]]]],
) -> Scorecard:
    """A scorecard with these findings; points, totals and verdict follow."""
    findings = tuple(
        _finding(rule_id, outcome, cases) for rule_id, (outcome, cases) in outcomes.items()
    )
    fatal = tuple(f.rule_id for f in findings if f.fatal and f.outcome == FAILED)
    sections = tuple(
        _total(name, party, tuple(f for f in findings if f.section == name))
        for name, party in SECTIONS.items()
        if any(f.section == name for f in findings)
    )
    parts = {
        party: _total(party.value, party, tuple(f for f in findings if f.counts_for == party))
        for party in Party
    }
    agent = parts[Party.AGENT]
    if fatal:
        zero = Decimal(0)
        agent = Total(
            agent.name, agent.counts_for, agent.earned, agent.undetermined, agent.applicable,
            zero, zero, zero,
        )  # fmt: skip
    mark = Decimal(80)
    passed = None
    if agent.low is not None and agent.high is not None:
        passed = True if agent.low >= mark else False if agent.high < mark else None
    return Scorecard(
        "零售银行热线质检表",
        "3f9c2a71",
        findings,
        sections,
        agent,
        parts[Party.CENTRE],
        mark,
        passed,
        any(f.outcome == UNDETERMINED for f in findings),
        fatal,
    )


REASONS = {
    FAILED: "应说而未说",
    UNDETERMINED: "听不清，需人工复核",
    NOT_APPLICABLE: "本通电话没有需要的场合",
}


def _finding(
    rule_id: str, outcome: Outcome, cases: list[tuple[Outcome, list[Evidence]]]
) -> Finding:
    name, section, text = RULES[rule_id]
    worth = Decimal(text)
    return Finding(
        rule_id,
        name,
        section,
        SECTIONS[section],
        rule_id in FATAL,
        outcome,
        worth if outcome == PASSED else Decimal(0),
        Decimal(0) if outcome == NOT_APPLICABLE else worth,
        tuple(Occurrence(case, tuple(evidence)) for case, evidence in cases),
        Message(REASONS[outcome]) if outcome in REASONS else None,
        points_open=worth if outcome == UNDETERMINED else Decimal(0),
    )


def _total(name: str, party: Party, findings: tuple[Finding, ...]) -> Total:
    def of(outcome: Outcome) -> Decimal:
        return sum((f.points_possible for f in findings if f.outcome == outcome), Decimal(0))

    earned, open_ = of(PASSED), of(UNDETERMINED)
    applicable = earned + open_ + of(FAILED)
    if not applicable:
        return Total(name, party, earned, open_, applicable, None, None, None)
    low, high = 100 * earned / applicable, 100 * (earned + open_) / applicable
    return Total(name, party, earned, open_, applicable, high, low, high)
