"""The two roles come with migrate, and neither is more than it says."""

import pytest
from django.contrib.auth.models import Group

from moderation.roles import ROLES, ensure_roles
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_what_its_list_says_and_no_more(role):
    user = make_user(role)
    assert user.get_all_permissions() == set(ROLES[role])
    assert not user.is_superuser


def test_an_operators_own_additions_stay():
    group = Group.objects.get(name="author")
    extra = make_user().user_permissions.model.objects.get(codename="add_user")
    group.permissions.add(extra)
    ensure_roles()
    assert extra in group.permissions.all()
