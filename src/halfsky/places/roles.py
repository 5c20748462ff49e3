"""Roles 角色 as documented classes: what each is for, how far it reaches, and what it may do.

A role is held in a post 岗位: at an office (a unit of one place) or at a place. Its reach says how far the post sees:
its own office, its own place, or its place and every place below. ``GRANTS`` of a role are the only source of rights;
:mod:`halfsky.places.policy` reads them and nothing else does.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from halfsky.plan import Text


class Permission(StrEnum):
    """What can be permitted. Each is asked for by its name at exactly the doors and actions that need it."""

    PLAN_READ = "plan.read"  # plans, accepted figures that are free to publish, verdicts, warnings
    CONFIDENTIAL_READ = "confidential.read"  # figures that are not free to publish
    RETURN_READ = "return.read"  # returns in any state, with remarks and their trail
    RETURN_FILL = "return.fill"
    RETURN_APPROVE = "return.approve"  # the unit's own approver, before the statistics office
    RETURN_REVIEW = "return.review"  # accept, or return with reasons
    RETURN_REOPEN = "return.reopen"
    CYCLE_MANAGE = "cycle.manage"  # open a year, extend deadlines, lock
    FIGURES_IMPORT = "figures.import"
    SURVEY_KEEP = "survey.keep"  # the register of special surveys
    FILING_SUBMIT = "filing.submit"
    FILING_REVIEW = "filing.review"
    OVERSIGHT_READ = "oversight.read"  # yearly reports, meetings, tasks
    YEARLY_WRITE = "yearly.write"
    YEARLY_REVIEW = "yearly.review"  # open the year, accept, or return with reasons
    MEETING_KEEP = "meeting.keep"
    TASK_GIVE = "task.give"
    TASK_DO = "task.do"
    TASK_CONFIRM = "task.confirm"  # done, or sent back with the reason
    DOCUMENT_WRITE = "document.write"  # draft, edit, refresh, submit, issue and release documents
    DOCUMENT_APPROVE = "document.approve"  # approve a document that somebody else wrote, or return it
    TEMPLATE_MANAGE = "template.manage"  # the Word templates of an office
    LEDGER_KEEP = "ledger.keep"  # records of how the plan is carried out: enter, change, move on
    LEDGER_CHECK = "ledger.check"  # the committee office's steps: name, check, spread, adopt
    WARNING_READ = "warning.read"  # what is done about warnings: cases, their history, letters
    WARNING_ANSWER = "warning.answer"  # cause, remedy, deadline, progress
    WARNING_REVIEW = "warning.review"  # accept, send back, close; letters
    ASSESS = "plan.assess"
    EVALUATION_MANAGE = "evaluation.manage"  # schemes, who scores whom, closing, conclusions
    EVALUATION_APPROVE = "evaluation.approve"  # of a scheme, by the leading group
    EVALUATION_SELF = "evaluation.self"  # a unit's or district's own self-evaluation
    EVALUATION_SCORE = "evaluation.score"  # only what the approved scheme assigns
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    PLACES_MANAGE = "places.manage"
    LEDGER_READ = "ledger.read"  # the events about people, units and places
    AUDIT_READ = "audit.read"  # every event in reach, and the check of the whole chain


class Reach(StrEnum):
    """How far a post sees."""

    OFFICE = "office"  # its own unit in its own place
    PLACE = "place"  # every unit of its own place
    SUBTREE = "subtree"  # its place and every place below it


class Role:
    """A role; subclasses are its documentation.

    ``code`` is stored and never changes; ``level`` says where such posts exist; ``second_factor`` whether whoever
    holds it must sign in with a one-time password once the setting asks for it.
    """

    code: ClassVar[str]
    name: ClassVar[Text]
    level: ClassVar[str]  # "city", "district", "any"
    reach: ClassVar[Reach]
    grants: ClassVar[frozenset[Permission]]
    second_factor: ClassVar[bool] = False

    @classmethod
    def duty(cls) -> str:
        """What the role is for, in one line."""
        return (cls.__doc__ or "").strip().splitlines()[0]


P = Permission
_OFFICE = frozenset({
    P.PLAN_READ, P.CONFIDENTIAL_READ, P.RETURN_READ, P.FILING_SUBMIT, P.OVERSIGHT_READ, P.YEARLY_WRITE, P.TASK_DO,
    P.LEDGER_KEEP,
})  # fmt: skip
_CLERK = _OFFICE | {P.RETURN_FILL}
_APPROVER = _OFFICE | {P.RETURN_APPROVE, P.PEOPLE_READ}
_STATISTICS = frozenset({
    P.PLAN_READ, P.CONFIDENTIAL_READ, P.RETURN_READ, P.RETURN_REVIEW, P.RETURN_REOPEN, P.CYCLE_MANAGE, P.FIGURES_IMPORT,
    P.SURVEY_KEEP, P.ASSESS, P.PEOPLE_READ, P.OVERSIGHT_READ, P.DOCUMENT_WRITE, P.TEMPLATE_MANAGE,
})  # fmt: skip
_COMMITTEE = frozenset({
    P.PLAN_READ, P.CONFIDENTIAL_READ, P.RETURN_READ, P.FILING_SUBMIT, P.FILING_REVIEW, P.ASSESS, P.PEOPLE_READ,
    P.OVERSIGHT_READ, P.YEARLY_WRITE, P.YEARLY_REVIEW, P.MEETING_KEEP, P.TASK_GIVE, P.TASK_DO, P.TASK_CONFIRM,
    P.DOCUMENT_WRITE, P.TEMPLATE_MANAGE,
    P.LEDGER_KEEP, P.LEDGER_CHECK,
})  # fmt: skip
_LEADER = frozenset({P.PLAN_READ, P.RETURN_READ, P.OVERSIGHT_READ, P.DOCUMENT_APPROVE})

# Warnings put right: units answer, committee offices decide, statistics offices and the leading group read.
_CLERK |= {P.WARNING_READ, P.WARNING_ANSWER}
_APPROVER |= {P.WARNING_READ, P.WARNING_ANSWER}
_STATISTICS |= {P.WARNING_READ}
_COMMITTEE |= {P.WARNING_READ, P.WARNING_REVIEW}
_LEADER |= {P.WARNING_READ}


class Clerk(Role):
    """Fills in what a city unit owes each year, and answers what comes back."""

    code = "clerk"
    name = Text(zh="成员单位填报人", en="Member unit clerk")
    level = "city"
    reach = Reach.OFFICE
    grants = _CLERK | {P.EVALUATION_SELF}


class UnitApprover(Role):
    """Signs for a city unit: nothing leaves it for the statistics office without this approval."""

    code = "unit_approver"
    name = Text(zh="成员单位审核人", en="Member unit approver")
    level = "city"
    reach = Reach.OFFICE
    grants = _APPROVER | {P.EVALUATION_SELF}


class StatisticsReviewer(Role):
    """The city's statistics office: opens the year, chases, reviews, accepts, at the city and in every district."""

    code = "statistics"
    name = Text(zh="统计局审核人", en="Statistics reviewer")
    level = "city"
    reach = Reach.SUBTREE
    grants = _STATISTICS
    second_factor = True


class CommitteeOfficer(Role):
    """The city's committee office: assigns goals, follows filings and warnings, reports upward."""

    code = "committee"
    name = Text(zh="妇儿工委办工作人员", en="Committee officer")
    level = "city"
    reach = Reach.SUBTREE
    grants = _COMMITTEE | {P.EVALUATION_MANAGE, P.EVALUATION_SCORE}


class LeadingGroupMember(Role):
    """Reads where the city stands and what is late; approves the schemes of evaluations, and documents before they are issued."""

    code = "leader"
    name = Text(zh="领导小组成员", en="Leading-group member")
    level = "city"
    reach = Reach.SUBTREE
    grants = _LEADER | {P.EVALUATION_APPROVE}


class DistrictClerk(Role):
    """Fills in what a district's unit owes each year."""

    code = "district_clerk"
    name = Text(zh="区（市）县单位填报人", en="District unit clerk")
    level = "district"
    reach = Reach.OFFICE
    grants = _CLERK | {P.EVALUATION_SELF}


class DistrictUnitApprover(Role):
    """Signs for a district's unit."""

    code = "district_unit_approver"
    name = Text(zh="区（市）县单位审核人", en="District unit approver")
    level = "district"
    reach = Reach.OFFICE
    grants = _APPROVER | {P.EVALUATION_SELF}


class DistrictStatisticsReviewer(Role):
    """A district's statistics office: reviews and accepts what the district's units send, before it goes to the city."""

    code = "district_statistics"
    name = Text(zh="区（市）县统计局审核人", en="District statistics reviewer")
    level = "district"
    reach = Reach.SUBTREE
    grants = _STATISTICS - {P.CYCLE_MANAGE, P.ASSESS}
    second_factor = True


class DistrictCommitteeOfficer(Role):
    """A district's committee office: files the district's plan and follows its units."""

    code = "district_committee"
    name = Text(zh="区（市）县妇儿工委办工作人员", en="District committee officer")
    level = "district"
    reach = Reach.SUBTREE
    grants = (_COMMITTEE - {P.ASSESS}) | {P.EVALUATION_SELF}


class DistrictLeadingGroupMember(Role):
    """Reads where the district stands; approves its documents."""

    code = "district_leader"
    name = Text(zh="区（市）县领导小组成员", en="District leading-group member")
    level = "district"
    reach = Reach.SUBTREE
    grants = _LEADER


class Evaluator(Role):
    """A third party from outside: reads accepted, free figures and verdicts, and nothing of how they came about.

    Scores what an approved scheme of evaluation assigns, and sees nobody else's marks.
    """

    code = "evaluator"
    name = Text(zh="第三方评估人员", en="Third-party evaluator")
    level = "any"
    reach = Reach.SUBTREE
    grants = frozenset({P.PLAN_READ, P.EVALUATION_SCORE})


class Administrator(Role):
    """Keeps people, posts and places; sees neither drafts nor confidential figures, and reviews nothing."""

    code = "administrator"
    name = Text(zh="系统管理员", en="Administrator")
    level = "any"
    reach = Reach.SUBTREE
    grants = frozenset({P.PLAN_READ, P.PEOPLE_READ, P.PEOPLE_MANAGE, P.PLACES_MANAGE, P.LEDGER_READ})
    second_factor = True


class Auditor(Role):
    """Reads the ledger of every write and changes nothing: kept apart from the administrator (三权分立)."""

    code = "auditor"
    name = Text(zh="安全审计员", en="Auditor")
    level = "any"
    reach = Reach.SUBTREE
    grants = frozenset({P.PLAN_READ, P.LEDGER_READ, P.AUDIT_READ, P.PEOPLE_READ})
    second_factor = True


ROLES: dict[str, type[Role]] = {
    role.code: role
    for role in (
        Clerk, UnitApprover, StatisticsReviewer, CommitteeOfficer, LeadingGroupMember,
        DistrictClerk, DistrictUnitApprover, DistrictStatisticsReviewer, DistrictCommitteeOfficer,
        DistrictLeadingGroupMember, Evaluator, Administrator, Auditor,
    )
}  # fmt: skip
