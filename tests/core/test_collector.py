"""The collector rests while something asks it to, and never longer."""

import gc

import pytest

from core import collector


def test_it_rests_until_the_last_of_several_is_done():
    with collector.at_rest():
        with collector.at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_fault():
    with pytest.raises(ZeroDivisionError), collector.at_rest():
        raise ZeroDivisionError
    assert gc.isenabled()
