"""The accounts of channels: entered by a form or a request, tested against real servers, secrets never shown again."""

import re
from collections.abc import Callable

from hark.events import accounts
from hark.events.sources import all_sources
from hark.model import Source
from hark.registry import MASK
from hark.testing.house import House
from hark.testing.postoffice import PASSWORD, Office
from hark.web.rights import Role
from tests.control.browser import Browser


def mailbox(house: House) -> Source:
    with house.database.transaction() as tx:
        return next(source for source in all_sources(tx) if source.plugin == "email")


def entered(office: Office, **more: str) -> dict[str, str]:
    return {name: str(value) for name, value in office.settings("help").items()} | {"account_name": "Help desk"} | more


def test_a_mailbox_is_added_and_tested(house: House, owner: Browser, office: Office) -> None:
    added = owner.send("/accounts/new/email", **entered(office))

    source = mailbox(house)
    assert added.headers["location"] == f"/sources/{source.id}/account"
    assert (source.name, source.channel, source.settings["imap_port"]) == ("Help desk", "email", office.imap)
    page = owner.get(added.headers["location"]).text
    assert "INBOX holds" in page or "allow_private" in page


def test_a_wrong_setting_is_said_at_its_field_and_what_was_entered_stays(owner: Browser, office: Office) -> None:
    page = owner.send("/accounts/new/email", **entered(office, address="nobody", imap_port="99999"))

    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert 'value="nobody"' in page.text


def test_a_secret_is_never_shown_again_and_stays_when_it_is_not_entered_anew(
    house: House, owner: Browser, office: Office
) -> None:
    owner.send("/accounts/new/email", **entered(office))
    path = f"/sources/{mailbox(house).id}"
    page = owner.get(f"{path}/account").text
    owner.send(f"{path}/account", **entered(office, password=MASK, signature="Tidewell"))

    assert PASSWORD not in re.sub(r"<[^>]*hidden[^>]*>", "", page)
    assert mailbox(house).settings["password"] == PASSWORD
    assert mailbox(house).settings["signature"] == "Tidewell"


def test_the_api_masks_too(house: House, owner: Browser, office: Office) -> None:
    body = {"name": "Help", "plugin": "email", "settings": office.settings("help")}
    added = house.ask("POST", "/api/v1/sources", _json(body), {"content-type": "application/json"})
    id = added.json()["id"]
    changed = house.ask(
        "PATCH", f"/api/v1/sources/{id}", _json({"settings": {"name": "Tidewell", "password": MASK}}), _JSON
    )

    assert added.status_code == 201
    for reply in (added, changed, house.ask("GET", "/api/v1/sources"), house.ask("GET", f"/api/v1/sources/{id}")):
        assert PASSWORD not in reply.text
    assert mailbox(house).settings["password"] == PASSWORD
    assert mailbox(house).settings["name"] == "Tidewell"


def test_the_api_tells_which_settings_there_are_and_which_is_wrong(house: House) -> None:
    kinds = house.ask("GET", "/api/v1/source-kinds").json()["kinds"]
    body = {"name": "Help", "plugin": "email", "settings": {"address": "help@tidewell.example", "imap_port": 0}}
    wrong = house.ask("POST", "/api/v1/sources", _json(body), _JSON)

    assert "imap_host" in next(kind for kind in kinds if kind["plugin"] == "email")["settings"]["properties"]
    assert wrong.status_code == 422
    assert "imap_port" in wrong.text


def test_who_may_not_change_sources_sees_no_settings(
    house: House, owner: Browser, office: Office, as_role: Callable[[Role], Browser]
) -> None:
    owner.send("/accounts/new/email", **entered(office))
    analyst, path = as_role(Role.ANALYST), f"/sources/{mailbox(house).id}"

    assert analyst.get(path).headers["location"] == f"{path}/arrived"
    assert analyst.get(f"{path}/account").status_code == 403
    assert analyst.send(f"{path}/account/test").status_code == 403
    assert analyst.get("/accounts/new/email").status_code == 403


def test_what_is_no_account_has_no_such_page(house: House, owner: Browser) -> None:
    assert owner.get(f"/sources/{house.source.id}/account").status_code == 404
    assert owner.get("/accounts/new/webhook").status_code == 404
    assert owner.get("/accounts/new/nothing").status_code == 404


def test_the_form_for_a_new_source_offers_channels(owner: Browser) -> None:
    assert 'href="/accounts/new/email"' in owner.get("/sources/new").text


def test_without_its_plugin_nothing_of_an_account_is_shown(house: House) -> None:
    gone = Source(id="src_x", name="x", write_key="k", plugin="gone", settings={"password": PASSWORD})

    assert accounts.masked(gone, house.hark.registry).settings == {}


_JSON = {"content-type": "application/json"}


def _json(value: object) -> bytes:
    import msgspec

    return msgspec.json.encode(value)
