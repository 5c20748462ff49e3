"""The names of statuses and flags in both languages; GLOSSARY.md has the same."""

from __future__ import annotations

from halfsky.assess.model import Flag, Standing
from halfsky.plan import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


STANDINGS: dict[Standing, Text] = {
    Standing.MET: _t("已达标", "Met"),
    Standing.ON_TRACK: _t("预计达标", "On track"),
    Standing.UNCERTAIN: _t("尚不确定", "Uncertain"),
    Standing.AT_RISK: _t("预计达标困难", "At risk"),
    Standing.MISSED: _t("未达标", "Missed"),
    Standing.NO_DATA: _t("缺数据", "No data"),
    Standing.TOO_LITTLE: _t("数据不足", "Too little data"),
    Standing.NOT_APPLICABLE: _t("不适用", "Not applicable"),
}

FLAGS: dict[Flag, Text] = {
    Flag.VOLATILE: _t("波动较大", "volatile"),
    Flag.SLIPPING: _t("出现倒退", "slipping"),
    Flag.SMALL_NUMBERS: _t("小样本", "small numbers"),
    Flag.CLUSTER: _t("聚集异常", "cluster"),
    Flag.BREAK: _t("口径变动", "break in series"),
    Flag.STALE: _t("数据滞后", "stale"),
    Flag.NEARLY: _t("接近目标", "nearly met"),
}
