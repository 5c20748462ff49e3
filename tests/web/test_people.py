"""The pages of people and offices: narrowed to the reader's reach, complete, and closed to everybody else."""

from __future__ import annotations

import io
import re
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from halfsky.audit.models import Event
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import Office, Post, User
from halfsky.places.roster import PEOPLE, UNITS
from tests.support import CLERK, with_units
from tests.web import pack
from tests.web.conftest import LANGUAGES
from tests.web.test_pages import assert_sound, tree

PLAN = with_units(pack.pack())
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    establish(plan=PLAN, by=CLERK)


def person(name: str, *posts: tuple[str, str, str | None]) -> User:
    user = add_person(username=name, full_name=f"人{name}", by=CLERK)
    for role, region, unit in posts:
        appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return user


def signed_in(user: User, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["halfsky_language"] = language
    return client


@pytest.fixture
def shore() -> User:
    return person("sun", ("administrator", pack.SHORE, None))


ADDRESSES = (
    "/people/",
    "/people/?q=zhao",
    "/people/add/",
    "/people/many/",
    "/offices/",
    f"/offices/?region={pack.SHORE}",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_sound(shore: User, language: str) -> None:
    clerk = person("lin", ("district_clerk", pack.SHORE, "health-d"))
    client = signed_in(shore, language)
    for address in (*ADDRESSES, f"/people/{clerk.pk}/", f"/people/{shore.pk}/"):
        assert_sound(tree(client, address), address, "en" if language == "en" else "zh-Hans")


def test_a_clerk_sees_none_of_it() -> None:
    client = signed_in(person("lin", ("district_clerk", pack.SHORE, "health-d")))
    for address in (*ADDRESSES, "/people/many/template.xlsx"):
        assert client.get(address).status_code == 403, address


def test_the_list_ends_where_the_readers_reach_ends(shore: User) -> None:
    person("here", ("district_clerk", pack.SHORE, "health-d"))
    far = person("far", ("district_clerk", pack.HILL, "health-d"))
    client = signed_in(shore)
    page = client.get("/people/").content.decode()
    assert "here" in page
    assert "far" not in page
    assert client.get(f"/people/{far.pk}/").status_code == 404
    assert client.post(f"/people/{far.pk}/invite/").status_code == 404
    assert client.get(f"/people/?region={pack.HILL}").status_code == 400
    assert "小城市卫生" not in client.get("/offices/").content.decode()


def test_who_reads_people_but_does_not_manage_them_changes_nothing() -> None:
    clerk = person("lin", ("district_clerk", pack.SHORE, "health-d"))
    client = signed_in(person("wang", ("statistics", pack.CITY, None)))
    assert client.get(f"/people/{clerk.pk}/").status_code == 200
    assert client.post(f"/people/{clerk.pk}/deactivate/", {"reason": "x"}).status_code == 403
    clerk.refresh_from_db()
    assert clerk.is_active


def test_a_person_of_two_places_is_seen_but_not_managed_by_one_of_them(shore: User) -> None:
    both = person("both", ("district_clerk", pack.SHORE, "health-d"), ("statistics", pack.CITY, None))
    client = signed_in(shore)
    page = client.get(f"/people/{both.pk}/").content.decode()
    assert "统计局审核人" not in re.sub(r"<select.*?</select>", "", page, flags=re.S)
    assert client.post(f"/people/{both.pk}/reset-password/", {"reason": "x"}).status_code == 403


def test_adding_shows_the_link_once_and_the_link_opens(shore: User) -> None:
    client = signed_in(shore)
    form = {
        "full_name": "林一",
        "username": "lin",
        "email": "",
        "role": "district_clerk",
        "office": f"health-d@{pack.SHORE}",
    }
    answer = client.post("/people/add/", form)
    found = re.search(r'onelink">([^<]+)<', answer.content.decode())
    assert found
    user = User.objects.get(username="lin")
    assert "onelink" not in client.get(f"/people/{user.pk}/").content.decode()
    assert Client().get(urlsplit(found[1]).path).status_code == 200
    again = client.post("/people/add/", form)
    assert again.status_code == 400
    assert 'value="林一"' in again.content.decode()  # nothing typed is lost
    assert (
        client.post(
            "/people/add/", {**form, "username": "x", "role": "statistics", "office": "", "region": pack.SHORE}
        ).status_code
        == 400
    )
    far = {**form, "username": "y", "office": f"health-d@{pack.HILL}"}
    assert client.post("/people/add/", far).status_code == 403
    assert not User.objects.filter(username__in=["x", "y"]).exists()


def test_a_post_is_handed_over_ended_and_the_account_closed(shore: User) -> None:
    lin, zhao = person("lin", ("district_clerk", pack.SHORE, "health-d")), person("zhao")
    client, leaver = signed_in(shore), signed_in(lin)
    assert leaver.get("/plans/").status_code == 200
    form = {"post": lin.posts.get().pk, "to": zhao.pk, "reason": "调离"}
    assert client.post(f"/people/{lin.pk}/hand-over/", form).status_code == 302
    assert leaver.get("/plans/").status_code == 302
    assert client.post(f"/people/{lin.pk}/hand-over/", form).status_code == 400
    assert (
        client.post(f"/people/{zhao.pk}/dismiss/", {"post": zhao.posts.get().pk, "reason": "撤岗"}).status_code == 302
    )
    assert client.post(f"/people/{zhao.pk}/deactivate/", {"reason": "离职"}).status_code == 302
    assert client.post(f"/people/{zhao.pk}/reactivate/", {"reason": "返岗"}).status_code == 302
    assert client.post(f"/people/{zhao.pk}/promote/", {}).status_code == 404
    assert not Post.objects.filter(until__isnull=True, user__in=[lin, zhao]).exists()
    page = client.get(f"/people/{zhao.pk}/").content.decode()
    assert "撤岗" in page
    assert "账号停用" in page


def test_an_administrator_ends_a_lock_out(shore: User) -> None:
    lin = person("lin", ("district_clerk", pack.SHORE, "health-d"))
    for _ in range(5):
        Client().post("/sign-in/", {"username": "lin", "password": "wrong"})
    client = signed_in(shore)
    assert "已锁定" in client.get(f"/people/{lin.pk}/").content.decode()
    assert client.post(f"/people/{lin.pk}/end-lock-out/", {"reason": "本人来电"}).status_code == 302
    assert Client().post("/sign-in/", {"username": "lin", "password": "wrong"}).status_code == 400


def test_an_office_is_renamed_within_reach_only(shore: User) -> None:
    client = signed_in(shore)
    office, far = (
        Office.objects.get(unit="health-d", region=pack.SHORE),
        Office.objects.get(unit="health-d", region=pack.HILL),
    )
    form = {"office": office.pk, "name_zh": "海岸区卫健局", "name_en": "", "email": "h@example.org"}
    assert client.post("/offices/", form).status_code == 302
    assert client.post("/offices/", {**form, "email": "no"}).status_code == 400
    assert client.post("/offices/", {**form, "office": far.pk}).status_code == 404
    office.refresh_from_db()
    assert office.name_zh == "海岸区卫健局"
    assert Event.objects.filter(action="places.edit-office").count() == 1


# ---- many at once ----


def filled(client: Client, units: list[list[str]], people: list[list[str]]) -> SimpleUploadedFile:
    """The template as it is downloaded, with rows typed in."""
    book = openpyxl.load_workbook(io.BytesIO(client.get("/people/many/template.xlsx").content))
    for sheet, rows in ((UNITS, units), (PEOPLE, people)):
        for r, row in enumerate(rows, start=2):
            for c, text in enumerate(row, start=1):
                book[sheet].cell(r, c, text)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("people.xlsx", out.getvalue())


CLERK_ROW = [
    "林一",
    "lin",
    "lin@example.org",
    "district_clerk 区（市）县单位填报人",
    f"{pack.SHORE} 海岸区",
    "health-d 卫健",
]


def test_a_workbook_is_shown_first_and_taken_whole_when_confirmed(shore: User) -> None:
    client = signed_in(shore)
    units = [["sports-d", f"{pack.SHORE} 海岸区", "海岸区体育局", "", ""]]
    people = [
        CLERK_ROW,
        [*CLERK_ROW[:3], CLERK_ROW[3], CLERK_ROW[4], "sports-d"],
        ["赵二", "zhao", "", "district_leader", pack.SHORE, ""],
    ]
    answer = client.post("/people/many/", {"file": filled(client, units, people)})
    assert answer.status_code == 200
    assert not User.objects.filter(username="lin").exists()
    answer = client.post("/people/many/", {"confirm": "1"})
    assert answer.content.decode().count('class="onelink"') == 2
    assert {(p.user.username, p.role, p.office and p.office.unit) for p in Post.objects.exclude(user=shore)} == {
        ("lin", "district_clerk", "health-d"), ("lin", "district_clerk", "sports-d"), ("zhao", "district_leader", None)
    }  # fmt: skip
    assert client.post("/people/many/", {"confirm": "1"}).status_code == 302  # a double click changes nothing


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (["", *CLERK_ROW[1:]], "A2"), (["林一", "lin lin", *CLERK_ROW[2:]], "B2"), ([*CLERK_ROW[:2], "no", *CLERK_ROW[3:]], "C2"),
        ([*CLERK_ROW[:3], "king", *CLERK_ROW[4:]], "D2"), ([*CLERK_ROW[:4], "000000", "health-d"], "E2"),
        ([*CLERK_ROW[:4], pack.HILL, "health-d"], "E2"), ([*CLERK_ROW[:5], "nowhere"], "F2"), ([*CLERK_ROW[:5], ""], "F2"),
        ([*CLERK_ROW[:3], "statistics", pack.SHORE, ""], "D2"), (["孙", "sun", "", *CLERK_ROW[3:]], "B2"), (["=1+1", *CLERK_ROW[1:]], "A2"),
    ],
)  # fmt: skip
def test_each_fault_names_its_cell_and_nothing_is_taken(shore: User, row: list[str], cell: str) -> None:
    client = signed_in(shore)
    good = ["好", "good", "", *CLERK_ROW[3:]]
    answer = client.post("/people/many/", {"file": filled(client, [], [row, good])})
    assert answer.status_code == 400
    assert f"{PEOPLE}!{cell}" in answer.content.decode()
    assert client.post("/people/many/", {"confirm": "1"}).status_code == 302
    assert User.objects.count() == 1


def test_what_changed_since_the_check_undoes_all_of_it(shore: User) -> None:
    client = signed_in(shore)
    client.post("/people/many/", {"file": filled(client, [], [["好", "good", "", *CLERK_ROW[3:]], CLERK_ROW])})
    person("lin")
    assert client.post("/people/many/", {"confirm": "1"}).status_code == 400
    assert not User.objects.filter(username="good").exists()


def test_what_is_no_workbook_is_told(shore: User) -> None:
    client = signed_in(shore)
    for content in (b"", b"name,role", b"PK\x03\x04"):
        answer = client.post("/people/many/", {"file": SimpleUploadedFile("x.xlsx", content or b" ")})
        assert answer.status_code == 400
