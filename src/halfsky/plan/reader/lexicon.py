"""The words in which plans promise. General Chinese administrative usage; nothing of any one plan."""

from __future__ import annotations

import re


def any_of(words: str) -> str:
    """A pattern for any of the words, longest first, so that 达到或超过 is found before 达到."""
    return "(?:" + "|".join(sorted(words.split(), key=len, reverse=True)) + ")"


# How much, how fast: may stand before a verb of change without altering its sense.
ADVERB = any_of(
    "逐步 逐年 逐渐 不断 持续 继续 稳步 明显 显著 大幅 大幅度 进一步 有效 全面 大力 稳妥 切实 着力 普遍 日益 巩固 积极 充分 合理 适当 "
    "更加 基本 总体 有序 加快 深入 推动 促进 努力 大力推进 最大限度 整体 均衡 同步 快速 较快"
)
RISE = any_of("提高 提升 增加 增强 增长 延长 扩大 扩增 扩充 拓展 拓宽 壮大 上升 改善 提质 扩容 增效")
FALL = any_of("降低 下降 减少 缩小 缩短 减轻 遏制 消除 减小 压减 回落 弥合")
SLOW = any_of("减缓 放缓 趋缓 变缓")
EASE = any_of("缓解 化解")

# Heads of noun phrases that name something countable.
RATE = any_of("率 比例 占比 比重 人数 人次 寿命 年限 差距 鸿沟 趋势 传播 案件")
MEASURABLE = any_of(
    "率 比例 占比 比重 差距 人数 人次 次数 数量 总量 规模 供给 覆盖 覆盖面 年限 寿命 时间 时长 水平 素养 素质 质量 可及性 基数 "
    "机会 渠道 岗位 待遇 标准 频率 效率 收入 面积 鸿沟 隔离 床位 名额 通道数 设施数 增收 工资 状况 范围 试点 负担 晚年生活 趋势"
)
AWARENESS = any_of("意识 能力 积极性 主动性 能动性 影响力 自觉性 满意度 认同感 获得感 幸福感 安全感 竞争力")
# What is given in so many people, places or yuan, so that 加大 or 加强 of it can be counted.
INPUT = any_of("培养 培训 培育 投入 供给 扶持 救助")
EFFORT = any_of("防治 支持 帮扶 帮扶保障 打击")
# Verbs that by themselves ask for more of a thing, whatever it is.
MORE_OF = any_of("扩增 增设 扩充")
# What is built and can be counted.
FACILITY = any_of("设施 站点 中心 卫生间 厕所 公厕 母婴室 哺乳室 休息室 床位 台位 机构 驿站 场所 庇护所 图书室")
BUILD = any_of("建设 建立 设置 增设 配建 补建 新建 扩建 改建")
# Ends of words for people and for institutions: 教师和学生的意识 is held by each of them.
HOLDER = re.compile(r"[师生员人者工童母女民位园校院所站构]$")

# An indicator that is better when lower: the sense of a bare figure turns with it.
BAD = re.compile(r"(?:死亡|贫血|发病|患病|传播|感染|肥胖|辍学|失业|流产|文盲|犯罪|案件|早产|缺陷|事故)[^，]{0,6}率")

# Comparison words before a figure, and after it.
MOST_BEFORE = (
    any_of(
        "控制在 不高于 不超过 不得超过 不得高于 不多于 不大于 降到 降至 下降到 下降至 降低到 降低至 减少到 减少至 压减到 缩小到 缩小至 缩短到 缩短至"
    )
    + "|(?<!不)(?<!不得)低于"
)
LEAST_BEFORE = (
    any_of(
        "达到或超过 达到 达 至少 不低于 不少于 不得低于 不得少于 不小于 提高到 提高至 提升到 提升至 上升到 上升至 增加到 增加至 增至 扩大到 "
        "延长到 延长至 实现 保证 确保 占到 拥有 配备 设置 设立 建设 建立 安排 建成 开展 有 为 均 各"
    )
    + "|(?<!不)(?<!不得)(?:高于|超过)"
)
HOLD_BEFORE = any_of("保持在 稳定在 维持在 巩固在 保持 稳定")
MOST_AFTER = any_of("以下 以内 之内 及以下")
LEAST_AFTER = any_of("以上 及以上")
NEAR_AFTER = any_of("左右 上下 前后")
CHANGE_UP = any_of("提高 增长 增加 上升 提升 延长 扩大")
CHANGE_DOWN = any_of("下降 降低 减少 缩小 缩短 回落 压减")
HOLDING = re.compile(r"保持|稳定|维持|(?:不低于|不少于|不得低于|不得少于|不高于|不超过|至少)")
ASPIRATION = re.compile(r"力争|争取|努力实现")

# Any word that by itself promises a course, a comparison or completeness.
PROMISING = re.compile(
    rf"{RISE}|{FALL}|{SLOW}|{EASE}|加大|普及|(?:不|得)低于|不少于|不高于|不超过|相适应|相匹配|均衡|全覆盖|应(.)尽\1|(?:合理|一定|适当)(?:的)?(?:比例|数量)"
)
