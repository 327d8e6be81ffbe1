"""Names that pose as another's."""

import pytest

from moderation.screening.facts.name_owners import NameOwners
from moderation.screening.kind import NoParameters
from moderation.screening.kinds.name_collision import MixedScripts, NameCollision, Office
from tests.factories import make_facts


@pytest.mark.parametrize(
    ("kind", "name", "evidence"),
    [
        (Office, "Ada (author)", {"words": ["author"]}),
        (Office, "Ada \N{WHITE HEAVY CHECK MARK}", {"words": ["\N{WHITE HEAVY CHECK MARK}"]}),
        (MixedScripts, "H\N{CYRILLIC SMALL LETTER A}nna", None),
    ],
)
def test_a_name_that_poses_is_found(kind, name, evidence):
    found = kind().judge(make_facts(name=name), NoParameters())
    assert found.evidence == (evidence or {"words": [name]})
    assert kind().judge(make_facts(name="Hanna"), NoParameters()) is None


@pytest.mark.parametrize("owner", ["staff", "commenter"])
def test_a_name_that_is_taken_is_found(owner):
    owners = NameOwners(**{owner: True})
    found = NameCollision().judge(make_facts(owners), NoParameters())
    assert found.evidence == {"name": "Hanna", "like": owner}
    assert NameCollision().judge(make_facts(NameOwners()), NoParameters()) is None
