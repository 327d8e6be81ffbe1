"""Many links."""

import pytest

from moderation.screening.kinds.links import Links, Parameters
from tests.factories import make_facts


@pytest.mark.parametrize(("links", "fires"), [(0, False), (1, False), (2, True), (9, True)])
def test_from_the_limit_on_it_fires(links, fires):
    addresses = [f"http://{n}.example/" for n in range(links)]
    found = Links().judge(make_facts(text=" ".join(addresses)), Parameters())
    assert bool(found) == fires
    if found:
        assert found.evidence == {"links": addresses, "limit": 2}
