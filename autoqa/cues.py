"""Words that tell what is going on on the line.

These are not the phrases that rules look for (QA staff write those): they are the few words by
which anyone who listens to a bank's hotline knows a menu from an agent, an agent from a customer,
a request to wait from a question. ``cue_matching`` says how they are written and found. To add
some, put them into their list.
"""

from __future__ import annotations

from functools import cache

from autoqa.cue_matching import Cues, Heard, hear, syllable

# ---------------------------------------------------------------- back-channels

_NODS = "嗯恩唔哦噢喔啊呃诶哎欸对好的得行是呀吧了哈呵嘛呢那可以知道明白没错没事"


@cache
def _back_channel() -> frozenset[str]:
    return frozenset(map(syllable, _NODS)) | {"ok", "o", "k", "n", "ng", "m", "hm", "e"}


def is_back_channel(text: str) -> bool:
    """Only 嗯, 对, 好的, 是的, 哦 and their like, at most six syllables; "" is none."""
    syllables = hear(text).sounds.split()
    return 0 < len(syllables) <= 6 and all(syllable in _back_channel() for syllable in syllables)


# ---------------------------------------------------------------- recorded voices

MENU = Cues(
    """
    ~请按 请直接按 按1 按2 按3 按0 按键 按井号 井号键 按星号 星号键 返回上级 返回主菜单 返回上一层
    重听 请输入 请选择 自助服务 请说出您 说出您 请直接说 请简单描述 请用一句话 嘟声后 听到提示音
    普通话服务 智能客服 智能语音 语音助手 智能机器人 虚拟客服 语音导航 您可以这样说 请说出
    ~服务请爱 ~服务请安 ~服务请二 ~服务请三 ~服务请四 ~服务请五 ~服务请零 ~业务请爱 ~业务请安
    ~业务请二 ~业务请三 ~业务请四 ~业务请五 ~业务请零 ~服务请1 ~业务请1
    请直接说出 输入有误 重新输入 请先输入 业务请拨 请挂机 按4 按5 按6 按7 按8 按9
    ~警案1 ~警案2 ~警案3 ~警案4 ~警案5 ~警案6 ~警案7 ~警案8 ~警案9 ~警案0 ~警案领 ~警案井
    一句话说出 您要办理的业务
    """
)
"""A machine asks for keys or words."""

_TAKES_KEYS = Cues(
    "请输入 请重新输入 请您输入 密码错误 密码不正确 输入有误 输入的 您输入的 对不起您输入"
)


def takes_keys(heard: Heard) -> bool:
    """It begins as a machine does that takes a number by keys: 请输入您的密码，以井号键结束."""
    return any(place == 0 for place, _ in _TAKES_KEYS.first_places(heard))


AD = Cues(
    """
    ~火热 ~热销 热卖 热售 ~发售 隆重推出 重磅推出 全新推出 新推出 现已推出 特别推出 尊享 专享 畅享
    尽享 立减 满减 有礼 好礼 豪礼 大礼 抽奖 优惠活动 限时 限量 低至 高达 最高可享 最高可得 预期年化
    年化收益 业绩比较基准 关注…公众号 微信公众号 关注…微信 下载…手机银行 下载…客户端 扫描二维码
    扫码 先到先得 售完即止 欢迎选购 欢迎购买 欢迎办理 欢迎申请 欢迎咨询 详情请 敬请 免年费 首刷
    开卡 赢取 轻松拥有 轻松贷款 随借随还 省心省力 机会难得 不容错过 活动期间 优惠利率 积分兑换
    欢迎前往 欢迎到 贵宾 分期手续费 等您来 等你来 惊喜 新户礼 新客礼 开户礼 日息 万分之 额度最高
    最高额度 免手续费 免息 推荐好友 邀请好友 财富增值 稳健增值 理财新选择 生活更精彩 礼品 红包 返现
    折扣 特惠 钜惠 回馈 上线啦 即可参与 即可享受 即可获得 马上办理 快来 立即申请 立即办理 欢迎体验
    抢购 秒杀 重磅 新品 上市 享受 现货 有售 在售 送福 利率低 快到…网点 快来…网点 网点…咨询
    """
)
"""Words of advertising. An agent who sells says them too: they count only where nobody talked."""

NOTICE = Cues(
    """
    通话将被录音 电话将被录音 通话可能会被录音 通话将会被录音 通话会被录音 将进行录音 将被录音
    全程录音 进行录音 被录音 服务品质 本次通话将 为保证服务质量 为了保证服务质量 为提高服务质量
    为提升服务质量 为了提高服务质量 为了提升服务质量 为保障您的 为了保障您的 温馨提示 谨防
    防范电信诈骗 电信诈骗
    不会以任何 请勿泄露 请勿向…透露 系统升级 系统维护 业务调整 您拨打的 暂时无法接通 正在通话中
    已关机 已停机 暂时无人接听 是空号 号码不存在 请稍后再拨 服务时间为 非工作时间 春节期间 国庆期间
    节假日 特此公告 敬请谅解 服务监督 投诉电话 官方客服 唯一客服 不会向您索要 提高警惕 谨防诈骗
    谨防上当 反诈 存款保险 暂停服务 恢复正常 营业时间 服务时间 工作时间 敬请留意
    """
)
"""The bank or the telephone company announces something."""

SURVEY = Cues(
    """
    满意请按 满意度评价 满意度调查 请对本次服务 请您对本次服务 对本次通话 请对我们的服务
    请为本次服务 请对客服代表的服务 请对刚才 请对…服务…评价 请对…服务…打分 不满意请按 感谢您的评价
    谢谢您的评价 谢谢评价 感谢评价 谢谢您的参与 感谢您的参与
    评价成功 参与评价 请您为本次 为本次服务打 评分 打分 宝贵意见 宝贵的意见 评价请按
    请您评价 请您做出评价 请您作出评价 进行满意度 满意度 服务进行评价 服务做出评价 服务作出评价
    非常满意请按
    """
)
"""The survey after the agent has left."""

QUEUE = Cues(
    """
    坐席忙 坐席繁忙 坐席正忙 坐席均忙 坐席全忙 坐席都在 坐席正在通话 坐席正在为其他 坐席全部 客服忙
    客服正忙 客服繁忙 客服代表忙 客服代表正忙 客服代表繁忙 客服代表都在 客服代表正在为其他
    客服人员正忙 人工座席…忙 人工服务繁忙 人工忙 线路繁忙 线路忙 话务繁忙 话务忙 话务员忙 来电较多
    正在为您转接 正在为您接通 正在转接 正在接通 为您转接人工 转接人工服务 为您接通人工 正在为您分配
    正在为您连接 正在排队 排队等待 排队等候 您前面还有 前面还有…位 当前排队 预计等待 预计等候
    等待人数 继续等待 请勿挂机 请不要挂机 请勿挂断 请勿离开 电话对我们非常重要 来电对我们非常重要
    来电对我们很重要 即将为您接通 电话即将接通 电话正在接通 依次为您 尽快为您接听 请耐心等候
    请耐心等待 客服人员全忙 人员全忙 业务代表忙 业务代表正忙 进入排队 排队人数 已为您排队
    我们将尽快为您 来电正在处理 电话正在处理 请您耐心等候 请继续等候 请继续等待 通话高峰 话务高峰
    高峰期 等候人数
    """
)
"""A machine asks to wait for an agent."""

ON_HOLD = Cues(
    """
    正在为您处理 正在为您查询 正在为您核实 正在为您办理 正在为您服务 正在处理您的 正在处理中
    电话正在保持 通话正在保持 线路正在保持 正在保持中 电话保持中 通话保持中 处于保持
    正在查询中 正在努力 请保持通话 请保持在线 请您保持通话 请您保持在线 保持电话畅通 不要挂断
    不要挂机 您不要挂 您别挂 请勿挂 请不要离开 请勿离开 马上为您服务 即刻为您服务 很快为您服务
    稍后为您服务 马上回来 很快回来 请继续等 请耐心等 请您耐心等 请稍候 请您稍候 感谢您的等待
    感谢您的等候 谢谢您的等待 谢谢您的等候 感谢您的耐心
    """
)
"""What is played to somebody on hold. Agents say it too: it counts amid the music only."""

IN_PROGRESS = Cues("正在为您 正在帮您 正在给您")
"""The same, however it goes on and was heard: it counts with music on both sides of it only."""

WELCOME = Cues(
    """
    欢迎致电 欢迎拨打 欢迎使用 欢迎您致电 欢迎您拨打 感谢您致电 感谢致电 感谢您拨打 欢迎来电
    客户服务中心 客户服务热线 客服热线 客服中心
    """
)
"""Said by menus and by agents alike."""

STAFF_ANNOUNCEMENT = Cues(
    """
    工号…为您服务 号客服代表为您服务 号坐席为您服务 号客户代表为您服务 号为您服务 号话务员为您服务
    客服代表…为您服务 由…为您服务 为您服务的是 号员工为您 客服专员…为您服务 客户经理…为您服务
    坐席…为您服务
    """
)
"""Which agent is coming: by a machine before he speaks, or by himself."""

HELLO = Cues("你好 早上好 上午好 中午好 下午好 晚上好")
GREETING = Cues(" ".join((*HELLO.phrases, "为您服务", "有什么可以")))

AGENT_GREETING = Cues(
    "为您服务 有什么可以 有什么能 有什么需要 需要什么帮助 办理什么业务 帮到您 您好请讲 您好请说"
)
"""The part of a greeting that no customer says."""

ANYTHING_ELSE = Cues("还有什么 还有其他 还有其它 还有别的 其他问题 其他需要 还需要什么")
"""The question that comes before goodbye, not after hello."""

OPEN_QUESTION = Cues(
    """
    有什么可以 有什么能 有什么需要 需要什么帮助 需要什么服务 办理什么业务 帮到您 您请讲 您好请讲
    您好请说 请问什么
    """
)
"""The end of a greeting, after which an answer is expected."""

STILL_THERE = Cues("听到吗 听得到 听得见 能听见 听到我 喂 还在吗 在吗 在听吗")
"""Said when nobody answers."""

LIVE = Cues(
    """
    有什么可以帮 有什么需要帮 有什么能帮 有什么可以为您 有什么能为您 可以帮到您 能帮到您
    需要什么帮助 需要什么服务 请问有什么 请问您 请问怎么称呼 请问是 请讲 您请说 您说 您贵姓
    怎么称呼 先生 女士 小姐 我帮您 我为您 我给您 我来帮 我看一下 查一下 我姓 我叫 喂 听得到吗
    能听到吗 听到吗 是您本人 您本人吗 让您久等 不好意思 对不起 好的 我是 我这边 是这样的 您看
    """
)
"""What a person says to a person."""

BACK_AGAIN = Cues(
    """
    再稍等 再等 ~久等 还在 仍在 请您稍 还在查 还在核 还需要 还要 麻烦您 ~不好意思 ~抱歉 先生 女士
    帮您 查到 好了 稍等一下 稍等片刻
    """
)
"""What an agent says who comes back to a customer on hold."""

VOICE_MENU_ANSWER = Cues("~人工 转人工 人工服务 客服 查余额 查账单")
"""What a customer says to a machine."""

# ---------------------------------------------------------------- who is who

AGENT_STRONG = Cues(
    """
    为您服务 ~工号 有什么可以帮 可以帮到您 还有其他 帮您查 为您查 给您查 帮您看 帮您核实 为您核实
    帮您办理 为您办理 帮您登记 为您登记 给您登记 帮您转 为您转 帮您处理 为您处理 帮您反馈 为您反馈
    帮您申请 给您发 感谢您的来电 感谢您致电 感谢您的耐心 耐心等待 让您久等 请您提供 麻烦您提供
    请提供 您提供一下 核实一下您 核对一下您 核实您 核对您的 请问您的 是您本人 您本人 您的身份证
    您的手机号 您的卡号 您预留 您名下 请问您贵姓 怎么称呼您 系统显示 我行 这边显示 您这边 请您稍等
    请稍等 稍等片刻 给您带来 您的心情 您反映的 为您解答 向您解释 跟您核实 跟您确认 请您对我的服务
    请您放心 请您留意 请您注意 我们会尽快 我是…银行 这里是…银行 客户经理 请问是…先生 请问是…女士
    请问您是 您的信用卡已经 您的账户已经 您的贷款 给您来电 致电给您 通知您 提醒您 告知您 邀请您
    向您介绍 给您介绍 为您介绍 您在我行 您之前在我行 我行推出 受理成功 您的问题 您的诉求 您的反馈
    您的建议
    """
)
CUSTOMER_STRONG = Cues(
    """
    帮我查 帮我看 帮我办 帮我弄 帮我转 帮我处理 帮我挂失 帮我取消 帮我一下 帮我改 帮我问 给我查
    给我办 给我退 给我打电话 给我解决 给我一个 我的卡 我的信用卡 我的银行卡 我的账户 我的账号
    我的钱 我的密码 我的手机 我卡里 我那张 我这张 我这个卡 我有一张 我有张 我想问 我想查 我想办
    我想咨询 我想了解 我想投诉 我想请问 我想知道 我想挂失 我想改 我想取消 我想申请 我要投诉 我要办
    我要查 我要挂失 我要咨询 我要取消 我要退 你们银行 你们的 你们怎么 你们这 你们为什么 你们客服
    我收到 我怎么 我身份证 转人工 凭什么 我没有办 我没收到 我刚才 我昨天 我今天 我上个月 我老公
    我老婆 我妈 我爸 我儿子 我女儿 我忘了 我忘记 我找一下 我不需要 我没时间 我在开车 我在上班
    你哪里 你哪位 您哪位 你谁啊 帮我解决 我办不了 我登不上 我打不开 我收不到 我不知道怎么 我听说
    我朋友说 我有一笔 我有个 我家里 我公司 我同事 我先不买 我考虑 我不要 我不想 我不缺 你们行
    你们是不是 你们能不能 给我取消
    """
)
AGENT_WEAK = Cues(
    """
    ~请问 您的 请您 ~稍等 建议您 您可以 为您 ~帮您 ~给您 麻烦您 感谢您 非常抱歉 理解您 您看 您还有
    是这样的 先生 女士 您这 我们这边
    """
)

# ---------------------------------------------------------------- who owes the next word

WAIT = Cues(
    """
    ~稍等 请您稍候 请稍候 稍候片刻 稍候一下 等一下 等一会 等会儿 等一等 等我 您等 再等等 等片刻
    等几分钟 等一分钟 等两分钟 等几秒 耐心等 别挂 不要挂 请勿挂 保持在线 保持通话 保持电话 在线等
    给我一分钟 给我几分钟 给我一点时间 需要一点时间 需要点时间 不要离开 系统有点慢 系统比较慢
    电脑有点慢 网络有点慢 马上就好 很快就好 系统…慢 电脑…慢 网络…慢 正在加载 加载中 刷新一下 您别挂
    先别挂 稍等下 等下啊 等我一下 等一小会 等几分 等两分 请您等待 请等待
    """
)
"""An agent asks to wait."""

LOOK_UP = Cues(
    """
    ~查询 查一下 查查 查看 查找 查核 ~看看 看一下 看下 核实 核对 核查 确认一下 ~确认下 问一下 问问
    请示 咨询一下 ~询问 联系一下 了解一下 ~调取 调一下 调出 算一下 计算一下 找一下 找找 查下 查一查
    看一看 检查 ~翻查 ~查证 在查 算算 帮您查 给您查 为您查 帮您看 给您看 为您看 帮您核 为您核
    帮您问 给您问 跟后台 跟同事 跟主管 问一下主管 正在刷新 我扎扎 扎一下 我插插 插一下 我茶茶
    看一眼 瞧一眼 瞅一眼 瞅瞅 瞧瞧 瞅一下 瞧一下 翻一下 翻翻
    """
)
"""Somebody is to look something up; the agent, unless he says 您查一下 (``last_own``)."""

WORK = Cues(
    """
    登记 ~办理 ~操作 ~处理 ~记录 记一下 ~录入 ~填写 ~提交 ~修改 改一下 ~备注 受理 ~申请 ~开通 ~取消
    ~关闭 ~挂失 ~冻结 ~下单 建单 ~派单 ~反馈
    """
)
"""Somebody is to do something at a screen."""

AT_IT = Cues("正在 在帮您 在给您 在为您 在替您")
"""He is at something, whatever was made of its name."""

LETS = Cues(
    """
    好你查 行你查 嗯你查 成你查 哦你查 对你查 你查吧 你查着 你先查 你去查 你慢慢查 好你看 行你看
    你看吧 你先看 你慢慢看 你去看 你去问 你问吧 好你问 行你问 你忙吧 你先忙 你忙你
    好我等 行我等 嗯我等
    我等着 我等你 我等会 我不挂 那我等 我拿着电话 我不着急 不着急你
    """
)
"""A customer lets the agent go to look something up, or waits."""

_FOR_YOU = "帮为给替跟和向与同对"


@cache
def _for_you() -> frozenset[str]:
    return frozenset(map(syllable, _FOR_YOU))


def _is_own(heard: Heard, start: int, default: bool) -> bool:
    """Whether what begins at a syllable is the speaker's own doing.

    Of the pronouns there and in the eight syllables before it the last one says so: 我, or 您 after
    帮, 为, 给; not a 您 by itself, nor 请. ``default``: where there is none.
    """
    syllables, characters = heard.sounds.split(), heard.characters.split()
    for i in range(start, max(-1, start - 9), -1):
        if characters[i] == "请":
            return False
        if syllables[i] == "wo":
            return True
        if syllables[i] == "ni":
            return i > 0 and syllables[i - 1] in _for_you()
    return default


def last_own(kind: Cues, heard: Heard) -> int:
    """The syllable at which the last cue ends that the speaker does himself; -1 for none.

    查一下 alone is one's own.
    """
    ends = (end for start, end in kind.last_places(heard) if _is_own(heard, start, default=True))
    return max(ends, default=-1)


def last_told(kind: Cues, heard: Heard) -> int:
    """The syllable at which the last cue ends that the other is to do; -1 for none.

    打开 alone is the other's.
    """
    places = kind.last_places(heard)
    ends = (end for start, end in places if not _is_own(heard, start, default=False))
    return max(ends, default=-1)


LOOKED_UP = Cues(
    """
    查到 查询到 看到 核实到 查了 查过 看了 核实了 核实过 已经 查好 办理好 处理好 登记好 操作好
    感谢…等 谢谢…等 ~久等
    """
)
"""... or that he has: no reason to wait any more."""

LATER = Cues(
    """
    等一下会 等会儿会 等一会会 等下会 稍等会 ~短信 工作日 个小时 小时内 分钟内 分钟之内 天之内 天内
    回电 给您回复 给您答复 联系您 再打来 再来电 对我的服务 对我们的服务 对本次服务 服务…评价
    服务…打分
    """
)
"""The customer is to wait for a message or for days: not a wait on the line."""

DAYS = Cues("工作日 小时 天内 几天 个月 之内")

GOODBYE = Cues("~再见 感谢您的来电 感谢您来电 感谢致电 祝您 拜拜")

QUESTION = Cues(
    """
    是么 好么 对么 吗 呢 ~请问 多少 ~什么 哪 是不是 有没有 对不对 能不能 可不可以 要不要 需不需要
    几号 几位 几点 怎么称呼 ~贵姓 是否 还是 对吧 是吧 行吧
    """
)
PLAIN_QUESTION = Cues("吗 是么 好么 呢 ~请问 ~贵姓 怎么称呼 对不对 对吧 是吧 行吧 可不可以 能不能")
"""Not part of another sentence, as in 我看一下是哪一笔."""

INSTRUCTION = Cues(
    """
    ~提供 报一下 说一下 念一下 告诉我 发给我 打开 点击 点一下 点开 输入 找一下 看一下您 您看一下
    您看看 您查一下 您可以看 登录 下载 拿出 拿一下 准备一下 翻到 背面 正面 核对一下 您操作 您试
    报我一下 报给我 报一遍 念给我 说给我 您看一眼 看一眼您 看一眼啊
    您记一下 记录一下 请讲 请说 您说 您讲 ~请按 重新 扫 再试一 试一次 再试试 再刷一 再插一 再点一
    """
)
"""An agent asks the customer to do, find or read out something."""

SEARCHING = Cues(
    """
    我找 我看看 我看一下 我看下 我查一下 我查查 我翻 我拿 我去拿 我去找 找一下 找找 我打开 我登录
    我想想 想一下 我想一下 我试 我输 我弄 我记一下 我拿笔 拿个笔 拿支笔 我问一下 我问问 在哪 放哪
    看不清 还没找到 正在找 我点
    """
)
"""A customer says that he is looking for something."""

ASKS_TIME = Cues("等一下 等会儿 等一会 等我 ~稍等 等等 您等")
"""A customer asks for time."""

LEAVE = Cues("好吗 可以吗 行吗 好吧 好不好 可以吧 行吧 方便吗")
"""Asks for leave: 请您稍等好吗 is a request, not a question."""

MINE = Cues("稍后 稍候 我的服务 给个 好评 对我的 对我本次 为我的 给我的 稍后请您 请您稍后 ~再见")
"""An agent announces the survey, or says goodbye."""

NEXT_AGENT = Cues(
    """
    工号…为您服务 有什么可以帮 有什么能帮 有什么可以为您 很高兴为您 专席 专员 可以帮到您
    需要什么帮助
    """
)
"""Another agent comes in."""

TRANSFER = Cues(
    """
    转接到 转接给 转接至 转接专 转到…专席 转交给 我把电话转 帮您转过去 帮您转到 帮您转接 帮您转给
    帮您转至 帮您转人工 帮您转一下 帮您转专 帮您转交 帮您转相关 帮您转信用卡 帮您转贷款 帮您转主管
    帮您转后台 为您转过去 为您转到 为您转接 为您转给 为您转至 为您转人工 为您转一下 为您转专
    为您转交 为您转相关 为您转信用卡 为您转贷款 为您转主管 为您转后台 给您转过去 给您转到 给您转接
    给您转给 给您转至 给您转人工 给您转一下 给您转专 给您转交 给您转相关 给您转信用卡 给您转贷款
    给您转主管 给您转后台 帮您整接 为您整接 给您整接 这就转接 这就整接 马上转接 马上整接 现在转接
    这就给您转 马上给您转 接到…专席 接到…专线 接到…部门 接到…同事 转到…专席 转到…部门 转给…同事
    """
)
"""An agent hands the call on."""
