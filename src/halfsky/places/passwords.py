"""What a password must be: a policy as one object, two profiles, and the one function that judges.

The profile ``mlps3`` is for systems at level 3 of classified protection (等保三级, GB/T 22239-2019 8.1.4.1: identity
is unique, the means of proof are complex and are changed regularly). The standard gives no numbers; those here are
what assessments commonly ask for: 8 or more characters of 3 classes, changed within 90 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from halfsky.places.models import User
from halfsky.plan import Fault, Text

LONGEST = 200  # characters: hashing more than that is work for nothing
_ALIKE = 0.7  # share of characters in common with the person's own names, as Django's own check has it


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """``classes``: of lower case, capitals, digits and signs, how many must be there; ``oldest`` in days, 0: any age;
    ``remembered``: so many earlier passwords may not come back."""

    shortest: int
    classes: int
    remembered: int
    oldest: int

    def words(self) -> Text:
        """The rule as it stands above the field."""
        zh, en = [f"至少 {self.shortest} 个字符"], [f"at least {self.shortest} characters"]
        if self.classes > 1:
            zh.append(f"大写字母、小写字母、数字、符号中至少 {self.classes} 类")
            en.append(f"{self.classes} of capitals, small letters, digits and signs")
        if self.remembered:
            zh.append(f"不得与最近 {self.remembered} 次用过的密码相同")
            en.append(f"none of your last {self.remembered}")
        if self.oldest:
            zh.append(f"每 {self.oldest} 天更换一次")
            en.append(f"changed every {self.oldest} days")
        return Text(zh="，".join(zh) + "。", en="; ".join(en).capitalize() + ".")


PROFILES = {
    "standard": PasswordPolicy(shortest=10, classes=1, remembered=1, oldest=0),
    "mlps3": PasswordPolicy(shortest=8, classes=3, remembered=5, oldest=90),
}


def policy() -> PasswordPolicy:
    """The policy of this installation; an unknown profile stops the first who asks rather than weakening all."""
    return PROFILES[settings.PASSWORD_PROFILE]


def password_faults(password: str, user: User | None) -> list[Fault]:
    """Everything that is wrong with a new password, each with what to do."""
    rule = policy()
    found: list[Fault] = []

    def add(code: str, zh: str, en: str) -> None:
        found.append(Fault(code=code, message=Text(zh=zh, en=en)))

    if len(password) < rule.shortest:
        add(
            "password-short",
            f"密码至少要有 {rule.shortest} 个字符，现有 {len(password)} 个。",
            f"A password has at least {rule.shortest} characters; this one has {len(password)}.",
        )
    if len(password) > LONGEST:
        add("password-long", f"密码不得超过 {LONGEST} 个字符。", f"A password has at most {LONGEST} characters.")
        return found
    if _classes(password) < rule.classes:
        add(
            "password-classes",
            f"大写字母、小写字母、数字、符号中至少要有 {rule.classes} 类。",
            f"Use at least {rule.classes} of capitals, small letters, digits and signs.",
        )
    if _common(password):
        add(
            "password-common", "这个密码太常见，容易被猜到，请换一个。",
            "This password is common and easily guessed; choose another.",
        )  # fmt: skip
    if user is not None and _like_names(password, user):
        add(
            "password-names", "密码与登录名、姓名或邮箱太相似，请换一个。",
            "The password is too much like your sign-in name, name or e-mail; choose another.",
        )  # fmt: skip
    if user is not None and user.pk and rule.remembered and _used_before(password, user, rule.remembered):
        add(
            "password-used", f"最近 {rule.remembered} 次用过的密码不能再用，请换一个。",
            f"This is one of your last {rule.remembered} passwords; choose another.",
        )  # fmt: skip
    return found


def expired(user: User) -> bool:
    """Whether the password is older than the policy allows. One never set by the person has no age."""
    oldest = policy().oldest
    if not oldest or user.password_changed_at is None or not user.has_usable_password():
        return False
    return datetime.now(UTC) - user.password_changed_at > timedelta(days=oldest)


class Validator:
    """The same policy for Django's own commands and forms."""

    def validate(self, password: str, user: User | None = None) -> None:
        faults = password_faults(password, user)
        if faults:
            raise ValidationError([ValidationError(_said(f.message), code=f.code) for f in faults])

    def get_help_text(self) -> str:
        return _said(policy().words())


def _said(text: Text) -> str:
    return text.in_language(get_language())


def _classes(password: str) -> int:
    lower = any(c.islower() for c in password)
    upper = any(c.isupper() for c in password)
    digit = any(c.isdigit() for c in password)
    other = any(not (c.islower() or c.isupper() or c.isdigit()) for c in password)
    return lower + upper + digit + other


def _common(password: str) -> bool:
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return len(set(password)) < 4  # 1111111111, abababab


def _like_names(password: str, user: User) -> bool:
    given = password.lower()
    names = [user.username, user.full_name, user.email.partition("@")[0]]
    return any(len(n) > 2 and SequenceMatcher(a=given, b=n.lower()).quick_ratio() >= _ALIKE for n in names)


def _used_before(password: str, user: User, remembered: int) -> bool:
    old = [user.password, *user.old_passwords.values_list("password", flat=True)[: remembered - 1]]
    return any(check_password(password, encoded) for encoded in old)
