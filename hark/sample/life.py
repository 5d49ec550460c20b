"""One customer's two years: cause and effect in order. Each chapter is a function of the same Life."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from hark.sample.catalogue import HOURS, SEASON
from hark.sample.customer import Customer
from hark.sample.signals import Body, Signal, browser, call, own, phone

YEARS = timedelta(days=730)


class Life:
    """What a customer went through so far, and the signals that the company's systems saw of it."""

    def __init__(self, seed: int, customer: Customer, start: datetime, end: datetime) -> None:
        self.customer = customer
        self.chance = Random(f"{seed}/life/{customer.number}")
        self.prefix = f"{seed:x}.{customer.number}"
        self.start, self.end = start, end
        self.signals: list[Signal] = []
        self.mood = 0.2  # -1 furious … 1 delighted
        self.known = False  # have they an account yet
        self.marketing = False  # may the company write to them
        self.gone = False  # left for good

    # --- what the systems saw ---------------------------------------------------------------------------------------

    def web(self, at: datetime, type_: str, name: str, page: str = "/", *, on: str = "web", **fields: Any) -> None:
        context = browser(self.customer, page, fields.pop("referrer", ""), fields.pop("campaign", None))
        if consent := fields.pop("consent", None):
            context["consent"] = consent
        if type_ == "page":
            fields["properties"] = context["page"] | fields.get("properties", {})
        who = {"anonymousId": self.customer.devices[on], "userId": self.customer.user_id if self.known else None}
        self._add("web shop", at, call(self._id(), at, type_, name, context=context, **who, **fields))

    def app(self, at: datetime, type_: str, name: str, **fields: Any) -> None:
        who = {"anonymousId": self.customer.devices["app"], "userId": self.customer.user_id}
        self._add("app", at, call(self._id(), at, type_, name, context=phone(self.customer), **who, **fields))

    def till(self, at: datetime, type_: str, name: str, traits: Body | None = None, **fields: Any) -> None:
        """The shop's till and CRM know a loyalty card and a phone number, never a cookie."""
        identities = [
            {"id": value, "type": kind, "collection": "users", "encoding": "none"}
            for kind, value in (("card", self.customer.card), ("phone", self.customer.phone))
            if value
        ]
        context = {"externalIds": identities, "traits": traits or {}, "channel": "shop"}
        self._add("shop till", at, call(self._id(), at, type_, name, context=context, **fields))

    def appliance(self, at: datetime, name: str, serial: str, **properties: Any) -> None:
        identities = {"user_id": self.customer.user_id}
        body = own(self._id(), at, name, identities, properties={"serial": serial} | properties, channel="appliance")
        self._add("appliances", at, body)

    def desk(self, at: datetime, name: str, channel: str = "email", **properties: Any) -> None:
        identities = {"email": self.customer.email}
        if channel in ("phone", "messaging"):
            identities = {"phone": self.customer.phone}
        context = {"locale": self.customer.city.locale, "timezone": self.customer.city.zone}
        body = own(self._id(), at, name, identities, properties=properties, channel=channel, context=context)
        self._add("service desk", at, body)

    # --- how time passes --------------------------------------------------------------------------------------------

    def some_day(self, first: datetime, last: datetime) -> datetime:
        """A moment between the two that suits the season."""
        span = max((last - first).total_seconds(), 1.0)
        for _ in range(6):
            moment = first + timedelta(seconds=self.chance.random() * span)
            if self.chance.random() * max(SEASON) < SEASON[moment.month - 1]:
                break
        return moment

    def awake(self, moment: datetime) -> datetime:
        """The same day at an hour at which people do such things, in the customer's own time zone."""
        hour = self.chance.choices(range(24), HOURS)[0]
        local = moment.astimezone(self.customer.zone)
        local = local.replace(hour=hour, minute=self.chance.randrange(60), second=self.chance.randrange(60))
        return local.astimezone(moment.tzinfo)

    def minutes(self, least: float, most: float) -> timedelta:
        return timedelta(minutes=self.chance.uniform(least, most))

    def days(self, least: float, most: float) -> timedelta:
        return timedelta(days=self.chance.uniform(least, most))

    def feel(self, change: float) -> None:
        self.mood = max(-1.0, min(1.0, self.mood + change))

    def likely(self, probability: float) -> bool:
        return self.chance.random() < probability

    def _id(self) -> str:
        return f"{self.prefix}.{len(self.signals)}"

    def _add(self, source: str, at: datetime, body: Body) -> None:
        self.signals.append(Signal(at, source, body))
