"""A visitor who would rather be called than wait: which numbers we call, how often one may ask, and what is recorded."""

import asyncio
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from hark.cases import wall
from hark.cases.work import Ticket
from hark.conversations import visitors
from hark.errors import NotFound, Rejected, Retry
from hark.help.chat.guest import Guest
from hark.help.chat.limits import Buckets, Limit
from hark.help.chat.saying import Envelope, Sayings, read_id
from hark.store import Database, Transaction

OF_VISITOR = Limit(4, 3600)
OF_ADDRESS = Limit(30, 3600)
OF_NUMBER = Limit(3, 86_400)  # whoever asks: nobody has us ring somebody else's phone all day
# Numbers that make money of whoever calls them.
COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PERSONAL_NUMBER})
NOWHERE = "001"  # satellites and other numbers of no country


class Calls:
    def __init__(self, database: Database, sayings: Sayings, buckets: Buckets) -> None:
        self._database = database
        self._sayings = sayings
        self._buckets = buckets

    async def ask(self, envelope: Envelope, asked: dict[str, Any]) -> dict[str, Any]:
        """How it stands then, or {"refused": why}. Recorded before it is answered; asked twice it is one call."""
        conversation, number = _named(asked)
        phone = read_number(asked.get("phone"), envelope.time_zone, _languages(envelope))
        if phone is None:
            return {"refused": "wrong_phone"}
        waits, call = await asyncio.to_thread(self._standing, envelope.guest, conversation)
        if call is not None:
            return {"callback": told(call)}
        if not waits:
            return {"refused": "call_too_late"}
        self._spend(envelope, phone)
        said = {"is": "callback", "id": number, "conversation": str(conversation), "phone": phone}
        await self._sayings.record(said, envelope)
        return {"callback": {"phone": shown(phone), "state": "waiting"}}

    async def cancel(self, envelope: Envelope, asked: dict[str, Any]) -> dict[str, Any]:
        """They stand in the line again, where they stood."""
        conversation, number = _named(asked)
        _, call = await asyncio.to_thread(self._standing, envelope.guest, conversation)
        if call is not None:
            said = {"is": "callback_cancel", "id": number, "conversation": str(conversation)}
            await self._sayings.record(said, envelope)
        return {"cancelled": True}

    def _standing(self, guest: Guest, conversation: UUID) -> tuple[bool, Ticket | None]:
        """Whether somebody of ours is waited for, and the call that stands in for it. NotFound: it is not theirs."""
        with self._database.transaction() as tx:
            if not visitors.owns(tx, guest.whose(), conversation):
                raise NotFound("there is no such conversation")
            return wall.waits(tx, conversation), wall.callback_of(tx, conversation)

    def _spend(self, envelope: Envelope, phone: str) -> None:
        taken = (
            (OF_VISITOR, "call", envelope.guest.visitor),
            (OF_ADDRESS, "calls", envelope.request.remote or ""),
            (OF_NUMBER, "number", phone),
        )
        for limit, name, key in taken:
            if wait := self._buckets.take(limit, name, key):
                raise Retry("a call was asked for some times already", after=wait + 1)


def standing(tx: Transaction, conversation: UUID) -> dict[str, Any]:
    """What the visitor is told of their call; nothing where none is asked for."""
    call = wall.callback_of(tx, conversation)
    return {"callback": told(call)} if call else {}


def told(call: Ticket) -> dict[str, Any]:
    return {"phone": shown(call.phone or ""), "state": call.state}


def read_number(text: Any, time_zone: str, languages: str) -> str | None:
    """E.164; None where it is no number, or none that we call. Without its country it is one of where the visitor is: as the
    clock of their device says, else as their languages say (`Accept-Language`)."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    for country in (_country_of(time_zone), *_countries_of(languages)):
        number = _parsed(text, country)
        if number is not None and _callable(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None


def shown(phone: str) -> str:
    """As people write it for each other: +49 30 901820."""
    number = _parsed(phone, None)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else phone


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _callable(number: PhoneNumber) -> bool:
    if not phonenumbers.is_valid_number(number) or number.extension:
        return False
    nowhere = phonenumbers.region_code_for_number(number) in (None, NOWHERE)
    return not nowhere and phonenumbers.number_type(number) not in COSTLY


def _country_of(time_zone: str) -> str | None:
    return _countries().get(time_zone)


@cache
def _countries() -> dict[str, str]:
    """Time zones by name, and the country where they are."""
    lines = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def _countries_of(languages: str) -> list[str]:
    """["AT"] of "de-AT,de;q=0.9"."""
    tags = [tag.split(";")[0].strip() for tag in languages[:200].split(",")]
    named = [tag.rpartition("-")[2].upper() for tag in tags if len(tag.rpartition("-")[2]) == 2]
    return [country for country in dict.fromkeys(named) if country in phonenumbers.SUPPORTED_REGIONS]


def _languages(envelope: Envelope) -> str:
    return envelope.request.headers.get("accept-language", "") or envelope.language


def _named(asked: dict[str, Any]) -> tuple[UUID, str]:
    conversation, number = read_id(asked.get("conversation")), asked.get("id")
    if conversation is None or not isinstance(number, str) or not 0 < len(number) <= 100:
        raise Rejected("it names no conversation, or has no id of its own")
    return conversation, number
