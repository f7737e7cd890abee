"""What a party does by an utterance that tells the bank's side from the customer's.

Not how courteous it is: whoever greets, begs pardon or asks to wait may be either. But a customer
speaks of his own card, asks for help, reads out his number and thanks for what was done, and an
agent asks for that number, does things for the other and knows the bank's rules, the curtest one,
too.

``weight``: log odds that he who does so is the agent, ``log((a + K) / (c + K))`` with K = 2
(shrinkage: an act that was seen seldom says little), at most ``MOST``. a and c: in how many of 78
dialogues agents and customers did so; ``bench.roles count`` counts them. Many of those dialogues
have agents who never thank nor ask to wait, so these two weigh no more than ``COURTESY``. Acts of
one ``family`` go together and are capped together.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoqa.events.party_words import (
    THINGS,
    VERBS,
    Does,
    asks_bank,
    asks_data,
    each,
    from_bank,
    matter,
    nothing_more,
    reads_out,
    says,
    staff_number,
    states,
    tells,
    thanks,
)


@dataclass(frozen=True, slots=True)
class Act:
    """``by_called``: whoever is called does so; on outbound calls that is the customer."""

    name: str
    family: str
    weight: float
    does: Does
    by_called: bool = False


MOST, COURTESY = 2.0, 1.0
SERVICE = "service"
FROM_BANK = 3.0
"""By definition, not counted."""

ACTS = (
    # the agent's
    Act(
        "serves",
        SERVICE,
        2.0,
        says(
            """
            为您服务 为你们服务 有什么可以帮 有什么能帮 有什么可以为 帮到您 帮到你 需要什么帮助
            需要什么服务 有什么需要 有什么能为 什么可以帮您 办理什么 办什么业务 什么业务
            遇到什么问题 感谢您的来电 感谢您来电 感谢致电 感谢您致电 欢迎致电 欢迎您致电
            谢谢您的来电 客服热线您好 服务热线您好 客服中心您好 服务中心您好 专线您好
        """
        ),
        by_called=True,
    ),
    Act(
        "anything_else",
        SERVICE,
        2.0,
        says(
            """
            还有其他 还有其它 还有什么 还有别的 其他问题 其他需要 其他可以 别的需要 还需要别的
            还有事吗 别的问题 还需要什么 其他业务
        """
        ),
    ),
    Act(
        "matter",
        SERVICE,
        1.2,
        matter,
    ),
    Act("staff_number", SERVICE, 2.0, staff_number),
    Act(
        "for_you",
        SERVICE,
        2.0,
        says(each("帮您* 给您* 为您* 替您* 跟您核 与您核 向您核", VERBS)),
    ),
    Act("asks_data", "data", 1.9, asks_data),
    Act(
        "read_me",
        "data",
        1.9,
        says(
            """
            报一下 报给我 念一下 念给我 请提供 您提供 提供一下 说一下您 告诉我一下 请输入 卡号多少
            身份证多少 身份证号多少 尾号多少
        """
        ),
    ),
    Act(
        "yours",
        "data",
        2.0,
        says(
            each("您的* 您这张* 您那张* 您那个*", THINGS)
            + """
            您名下 您本期 您这张 您那张 您这笔 您那笔 您在我 您反映 您之前 您上次 您上个月 您申请
            您办理 您购买 你欠
            """
        ),
    ),
    Act(
        "yourself",
        "data",
        1.8,
        says("您本人 是本人 本人吗 本人在 怎么称呼您 怎么称呼 您母亲 客户本人 您自己 持卡人本人"),
    ),
    Act(
        "bank",
        "bank",
        2.0,
        says(
            """
            我行 我们行 我们这边 我们网点 我们的客服 我们系统 我们银行 总行 风控 我们会 我们将
            我们的工作 我们不 我们目前 我们现在
        """
        ),
    ),
    Act("by_name", "data", 1.7, says("先生 女士 小姐 阿姨 大爷 叔叔")),
    Act(
        "rule",
        "bank",
        2.0,
        says(
            """
            工作日 自动 生效 按照规定 按规定 要本人 必须本人 需要本人 去柜台 到柜台 来柜台 去网点
            到网点 来网点 携带 带身份证 带上身份证 网点办 柜台办 手机上办 手机上申请 手机银行里
            不支持 逾期 上征信 费率 每期 入账 受理 审核 规定
        """
        ),
    ),
    Act("from_bank", "from_bank", FROM_BANK, from_bank),
    Act("states", "bank", 2.0, states),
    Act("tells", "bank", 1.7, tells),
    Act(
        "found",
        SERVICE,
        1.3,
        says("查到了 查询到 看到了 已经帮 已经为 已经给 已为您 已经登记 已经提交"),
    ),
    Act(
        "offers",
        "bank",
        1.3,
        says(
            """
            您需要 您要不要 您方便 建议您 邀请您 您考虑 打折 打扰您了 不打扰您 给您做 您是想
            您是要
            """
        ),
    ),
    Act(
        "holds",
        SERVICE,
        0.9,
        says(
            """
            请您稍等 请稍等 请您稍候 请您再稍 稍等片刻 让您久等 您耐心等 您的耐心等 您的等待 不要挂
            请您别挂 还在核实 正在核实 正在查询 后台
            """
        ),
    ),
    # the customer's
    Act(
        "wants",
        "need",
        -2.0,
        says(
            """
            我想 我要 想请 想问 想咨询 想了解 想查 想办 想请教 想核实 想知道 想确认 咨询一下 请教
            问一下 想问问 想预约 想提前 想把 想开 想换 想改 想取 想转
        """,
            unless="帮您 给您 为您 您是想 您想",
        ),
    ),
    Act(
        "mine",
        "need",
        -2.0,
        says(
            each("我的* 我这张* 我那张* 我这个* 我那个* 我*", THINGS)
            + """
            我这张 我那张 我那笔 我这个 我那个 我名下 我账上 我卡里 我家 我们公司 我妈 我爸 我儿子
            我女儿 我老公 我老婆 我们单位 我爱人 我孩子 我朋友 我同事 我店
        """
        ),
    ),
    Act(
        "to_me",
        "need",
        -2.0,
        says(
            """
            我收到 我刚才 我刚刚 我昨天 我今天 我上个月 我上周 我上星期 我上次 我换 我忘 我买 我存
            我取 我丢 我没收 我没有 我没办 我试 我搬 我打电话 我不会 我不懂 我最近 我以前
            我下个月 我急 我现在 我有一 我有个 我有张 我住 我上班 我去年 我前年 我前天 我年纪
        """
        ),
    ),
    Act(
        "trouble",
        "need",
        -1.9,
        says(
            """
            丢了 弄丢 不见了 吞了 被吞 被偷 刷不了 用不了 取不了 转不了 登不上 登录不了 打不开
            收不到 没到账 没有到账 还没到 没收到 没有收到 多扣 乱扣 被锁 锁了 转错 不能用 不能刷
            坏了 没反应 一直提示 提示我 找不到 被骗 被盗 盗刷 打不通 显示失败 扣了我 少了 没人管
            没有人管 不小心 失败了
            """
        ),
    ),
    Act(
        "help_me",
        "need",
        -1.8,
        says(
            """
            帮我 帮忙 请您帮 麻烦您帮 请您看 麻烦您看 麻烦您查 麻烦您给 拜托 请你把 请您把
            麻烦您把 可以麻烦您 能不能请 给我查 给我办 给我退 给我回 给我打 给我解 给我取 给我一个
            给我介 给我开 给我看 给我换 给我改 麻烦您操作 麻烦您通知 请您解释
            麻烦您说 麻烦您介绍 辛苦您 您帮我 您给我 您看能不能 请您尽快挂 请您尽快处 您能不能
            您可不可以 您能帮 可以麻烦 请您先帮
            """,
            unless="告诉我 念给我 报给我 发给我",
        ),
    ),
    Act(
        "how",
        "asks",
        -2.0,
        says(
            """
            怎么办 怎么弄 怎么操作 怎么申请 怎么收 怎么换 怎么还 怎么激活 怎么样可以 怎么回事
            为什么 什么原因 多少钱 要不要钱 要手续费 手续费吗 多久 多长时间 带什么 要什么 什么材料
            哪些材料 哪些资料 有没有别的 什么手续 怎么查 怎么开 怎么才能 怎么提交 怎么取 怎么用
        """
        ),
    ),
    Act("asks_bank", "asks", -1.2, asks_bank),
    Act("you_there", "asks", -2.0, says("你们 您那边 您那里 贵行 贵公司 咱们行 咱们银行 你们银行")),
    Act(
        "asks_who",
        "asks",
        -1.2,
        says(
            """
            您的工号 你工号 您工号 你的工号 你几号 几号为我 哪位 你哪里 找谁 哪家银行 您是谁
            哪个部门
            """
        ),
    ),
    Act("reads_out", "answers", -1.1, reads_out),
    Act("name", "answers", -0.8, says("我叫 我姓 免贵姓 姓名是")),
    Act(
        "helped",
        "answers",
        -2.0,
        says(
            """
            您的解答 您的耐心解答 您的帮助 您的回答 您的解释 您的指点 您的介绍 您的提醒 您提醒
            您的服务 您的讲解 您的建议我 耐心解答 添麻烦 您受累 帮了大忙 服务态度 太感谢您了
            态度真好
        """
        ),
    ),
    Act("thanks", "answers", -1.0, thanks),
    Act(
        "declines",
        "answers",
        -1.1,
        says(
            """
            不需要 不用了 没时间 我考虑 我再考虑 不考虑了 在开车 在上班 打错 我不买 先不买 不要了
            再说吧 算了 知道了 别再打
            """
        ),
    ),
    Act("nothing_more", "answers", -1.8, nothing_more),
)
