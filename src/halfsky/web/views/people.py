"""People and offices: who holds which post, who comes, who leaves. Everything is narrowed to the reader's reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from halfsky.places import actions, outbox, queries, roster, secondfactor
from halfsky.places.models import Mail, Post, User
from halfsky.places.policy import Principal
from halfsky.places.roles import ROLES, Permission
from halfsky.plan import Fault, Faulty
from halfsky.web.choices import chosen, paged
from halfsky.web.doors import acting, door

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROSTER = "halfsky_roster"


def _choices(by: Principal, permission: Permission = Permission.PEOPLE_READ) -> dict[str, Any]:
    """What forms offer: places within reach, the offices there, every role."""
    places = list(queries.regions(by, permission))
    codes = {place.code for place in places}
    return {
        "places": places,
        "offices": [office for office in queries.offices(by) if office.region in codes],
        "roles": list(ROLES.values()),
    }


@door(Permission.PEOPLE_READ)
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody within reach, by place, unit, role or a part of the name."""
    by = acting(request)
    choices = _choices(by)
    units = {office.unit: office for office in choices["offices"]}
    region = chosen(request, "region", {place.code for place in choices["places"]})
    unit = chosen(request, "unit", units)
    role = chosen(request, "role", ROLES)
    words = request.GET.get("q", "").strip()[:80]
    found = queries.people(by, region=region, unit=unit, role=role, words=words)
    context = {
        **choices, "units": units.values(), "region": region, "unit": unit, "role": role, "q": words,
        "rows": paged(request, found), "found": found.count(), "may_manage": by.may(Permission.PEOPLE_MANAGE),
        "undelivered": outbox.failing().filter(link__user__in=queries.people(by)).select_related("link")
        if by.may(Permission.PEOPLE_MANAGE)
        else (),
    }  # fmt: skip
    return render(request, "web/people.html", context)


@door(Permission.PEOPLE_READ)
@require_GET
@never_cache
def person(request: HttpRequest, number: int) -> HttpResponseBase:
    return _person_page(request, _seen(request, number))


def _seen(request: HttpRequest, number: int) -> User:
    return get_object_or_404(queries.people(acting(request)), pk=number)


def _person_page(
    request: HttpRequest, user: User, *, faults: tuple[Fault, ...] = (), link: str = "", verb: str = ""
) -> HttpResponseBase:
    by = acting(request)
    scope = by.scope(Permission.PEOPLE_READ)
    posts = Post.objects.filter(scope.q(region="region", unit="office__unit"), user=user).select_related("office")
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username=user.username, attempt_time__gt=since)
    failures = attempts.aggregate(n=Sum("failures_since_start"))["n"] or 0
    manages = actions.manages(user, by)
    context = {
        **_choices(by, Permission.PEOPLE_MANAGE), "person": user, "posts": posts, "manages": manages,
        "self": by.user == user.pk, "locked": failures >= settings.AXES_FAILURE_LIMIT,
        "second_factor": secondfactor.has_totp(user), "faults": faults, "link": link, "verb": verb,
        "others": queries.people(by).filter(is_active=True).exclude(pk=user.pk) if manages else (),
        "mail": Mail.objects.filter(link__user=user).last() if manages else None,
        "trail": queries.trail(user)[:50] if manages or by.may(Permission.AUDIT_READ) else (),
    }  # fmt: skip
    return render(request, "web/person.html", context, status=400 if faults else 200)


@door(Permission.PEOPLE_MANAGE)
@never_cache
def add(request: HttpRequest) -> HttpResponseBase:
    """A new person with their post; the link to set a password is shown once."""
    by = acting(request)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        typed = request.POST
        try:
            user, link = actions.bring_in(
                username=typed.get("username", "").strip(), full_name=typed.get("full_name", "").strip(),
                email=typed.get("email", "").strip(), role=typed.get("role", ""), by=by, **_place(typed),
            )  # fmt: skip
        except Faulty as error:
            faults = error.faults
        else:
            return _person_page(request, user, link=link)
    context = {**_choices(by, Permission.PEOPLE_MANAGE), "faults": faults, "typed": request.POST}
    return render(request, "web/person-add.html", context, status=400 if faults else 200)


def _place(typed: Any) -> dict[str, Any]:
    """Where a post is: ``unit@region`` of an office, or the place itself."""
    unit, _, region = typed.get("office", "").partition("@")
    return {"region": region, "unit": unit} if region else {"region": typed.get("region", ""), "unit": None}


def _verbs(request: HttpRequest, user: User) -> dict[str, Callable[[], object]]:
    """What can be done about a person, by the last part of the address."""
    by, typed = acting(request), request.POST
    reason = typed.get("reason", "").strip()[:1000]

    def post() -> Post:
        wanted = typed.get("post", "")
        return get_object_or_404(Post.objects.select_related("office", "user"), pk=int(wanted) if wanted.isascii() and wanted.isdigit() else 0, user=user)  # fmt: skip

    def hand_over() -> None:
        heir = typed.get("to", "")
        to = _seen(request, int(heir) if heir.isascii() and heir.isdigit() else 0)
        actions.hand_over(post=post(), to=to, by=by, reason=reason)

    return {
        "edit": lambda: actions.edit_person(
            user=user, full_name=typed.get("full_name", "").strip(), email=typed.get("email", "").strip(), by=by
        ),
        "appoint": lambda: actions.appoint(
            user=user, role=typed.get("role", ""), by=by, reason=reason, **_place(typed)
        ),
        "dismiss": lambda: actions.dismiss(post=post(), by=by, reason=reason),
        "hand-over": hand_over,
        "invite": lambda: actions.invite(user=user, by=by),
        "reset-password": lambda: actions.reset_password(user=user, by=by, reason=reason),
        "end-lock-out": lambda: actions.end_lock_out(user=user, by=by, reason=reason),
        "remove-second-factor": lambda: actions.remove_second_factor(user=user, by=by, reason=reason),
        "deactivate": lambda: actions.deactivate(user=user, by=by, reason=reason),
        "reactivate": lambda: actions.reactivate(user=user, by=by, reason=reason),
    }


@door(Permission.PEOPLE_MANAGE)
@require_POST
@never_cache
def act(request: HttpRequest, number: int, verb: str) -> HttpResponseBase:
    """Do one thing about a person. A link that comes of it is shown in the answer, once."""
    user = _seen(request, number)
    verbs = _verbs(request, user)
    if verb not in verbs:
        raise Http404(verb)
    try:
        made = verbs[verb]()
    except Faulty as error:
        return _person_page(request, user, faults=error.faults, verb=verb)
    if isinstance(made, str):
        user.refresh_from_db()
        return _person_page(request, user, link=made)
    return redirect("web:person", number=user.pk)


@door(Permission.PEOPLE_READ)
def offices(request: HttpRequest) -> HttpResponseBase:
    """The offices within reach; their names and addresses are changed in place."""
    by = acting(request)
    found = queries.offices(by)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        number, typed = request.POST.get("office", ""), request.POST
        office = get_object_or_404(found, pk=int(number) if number.isascii() and number.isdigit() else 0)
        email = typed.get("email", "").strip()
        try:
            if email and not actions.is_email(email):
                raise actions.refuse("email-wrong", "不是电子邮箱地址。", "This is no e-mail address.")
            actions.edit_office(
                office=office, name_zh=typed.get("name_zh", "").strip()[:120],
                name_en=typed.get("name_en", "").strip()[:160], email=email, by=by,
            )  # fmt: skip
        except Faulty as error:
            faults = error.faults
        else:
            return redirect(f"{request.path}?region={office.region}")
    places = list(queries.regions(by))
    region = chosen(request, "region", {place.code for place in places})
    rows = paged(request, found.filter(region=region) if region else found)
    context = {
        "rows": rows, "places": places, "region": region, "faults": faults,
        "may_edit": by.may(Permission.PLACES_MANAGE),
    }  # fmt: skip
    return render(request, "web/offices.html", context, status=400 if faults else 200)


@door(Permission.PEOPLE_MANAGE)
@never_cache
def many(request: HttpRequest) -> HttpResponseBase:
    """Units and people from a workbook: what would happen, then, confirmed, all of it or nothing."""
    by = acting(request)
    context: dict[str, Any] = {}
    if request.method == "POST" and "confirm" in request.POST:
        kept = request.session.pop(_ROSTER, None)
        if kept is None:
            return redirect("web:people-many")
        try:
            context["links"] = roster.take_roster(_roster(kept), by=by)
        except Faulty as error:
            context["faults"] = error.faults
    elif request.method == "POST" and (file := request.FILES.get("file")):
        read = roster.read_roster(file.read(), by=by, file=str(file.name)[:120])
        if read.faults:
            context["faults"] = read.faults
        else:
            context["read"] = read
            request.session[_ROSTER] = asdict(read)
    return render(request, "web/people-many.html", context, status=400 if context.get("faults") else 200)


def _roster(kept: dict[str, Any]) -> roster.Roster:
    return roster.Roster(
        tuple(roster.NewOffice(**office) for office in kept["offices"]),
        tuple(roster.NewPerson(**person) for person in kept["people"]),
    )


@door(Permission.PEOPLE_MANAGE)
@require_GET
def many_template(request: HttpRequest) -> HttpResponseBase:
    content = roster.template(acting(request))
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": 'attachment; filename="people.xlsx"'}
    )
