"""What people set for themselves is theirs, follows them, and is refused whole when something cannot be."""

import pytest
from tests.server.served import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    here = Served(tmp_path_factory.mktemp("settings") / "home").start()
    yield here
    here.stop()


def test_keys_are_kept_by_person_and_what_cannot_be_changes_nothing(served):
    address = "/api/v1/me/settings"
    with served.user("ann") as ann, served.user("bob") as bob:
        assert ann.get(address).json() == {"keys": {}, "at": None}
        said = ann.put(address, json={"keys": {"skip": "x"}}).raise_for_status().json()
        assert (said["keys"], said["at"] is None) == ({"skip": "x"}, False)
        assert bob.get(address).json()["keys"] == {}
        wrong = ann.put(address, json={"keys": {"skip": "g", "help": "h"}})
        assert wrong.status_code == 400
        error = wrong.json()["error"]
        assert (error["where"], error["message"]) == ("keys.skip", "g means 'Show or hide the guideline'")
        assert ann.get(address).json() == said
    with served.client(None) as nobody:
        assert nobody.get(address).status_code == 401
    served.kill()
    served.start()
    token = served.post("/tokens", {"name": "again", "user": "ann"})["token"]
    with served.client(token) as again:
        assert again.get(address).json() == said
