"""The names of statuses and flags in both languages, as in GLOSSARY.md, and amounts of an indicator in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from halfsky.assess.model import Flag, Standing
from halfsky.plan import Indicator, Text
from halfsky.plan.wording import difference, number, with_unit


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

WITHHELD = _t("该判定所依据的数据不公布。", "The figures that this verdict rests on are withheld.")


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts of an indicator in both languages."""

    indicator: Indicator

    def value(self, value: Decimal | float) -> Text:
        """With its unit."""
        return Text(zh=with_unit(value, self.indicator, "zh"), en=with_unit(value, self.indicator, "en"))

    def size(self, value: Decimal | float) -> Text:
        """How large a difference is, without its sign; one too small for the decimals shown is said to be so."""
        size = value if value >= 0 else -value
        if size and not self.shows(size):
            least = Decimal(1).scaleb(-self.indicator.decimals)
            return Text(
                zh=f"不足{difference(least, self.indicator, 'zh')}",
                en=f"less than {difference(least, self.indicator, 'en')}",
            )
        return Text(zh=difference(size, self.indicator, "zh"), en=difference(size, self.indicator, "en"))

    def shows(self, value: Decimal | float) -> bool:
        """Whether a difference is more than nothing in the decimals shown."""
        return number(value if value >= 0 else -value, self.indicator) != number(0, self.indicator)


def joined(said: Iterable[Text]) -> Text:
    """Sentences one after the other, each once."""
    said = list(dict.fromkeys(said))
    return Text(zh="".join(t.zh for t in said), en=" ".join(t.en for t in said))
