"""Words in the two languages in which Halfsky speaks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value object: immutable, hashable, and refusing keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """The same words in Chinese and in English; both are required and not empty."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, code: str | None) -> str:
        """The words for a language code such as ``zh-hans`` or ``en``; Chinese when in doubt."""
        return self.en if (code or "").lower().startswith("en") else self.zh
