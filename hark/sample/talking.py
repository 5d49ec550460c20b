"""Talking with the company: messages in the customer's language, the desk's answers, visits, ratings and moods."""

from datetime import datetime, timedelta
from typing import Any

from hark.sample.catalogue import Product
from hark.sample.life import Life
from hark.sample.texts import MOOD, said


def complain(
    life: Life, at: datetime, topic: str, product: Product, *, code: str = "", promised: datetime | None = None
) -> datetime:
    """They write, the desk answers, slower when it is busy; gives the moment at which it was settled."""
    channel = life.chance.choice(("email", "email", "chat", "messaging"))
    case = f"C{life.customer.number:05d}{len(life.signals):03d}"
    words = {"product": product.sku, "code": code, "promised": f"{promised:%d.%m.}" if promised else ""}
    text = said(topic, life.customer.language, **words)
    about: dict[str, Any] = {"case": case, "topic": topic, "product": product.sku}
    life.desk(at, "Message Received", channel, text=text, language=life.customer.language, **about)
    life.feel(MOOD[topic] / 2)
    waited = life.chance.expovariate(1 / 5.0) + 0.2  # hours
    answered = at + timedelta(hours=waited)
    life.desk(answered, "Message Sent", channel, agent=life.chance.choice(("Bo", "Aylin", "Marek", "Inês")), **about)
    life.feel(0.35 if waited < 4 else 0.05)
    settled = answered + life.minutes(20, 1800)
    life.desk(settled, "Case Closed", channel, hours=round((settled - at).total_seconds() / 3600, 1), **about)
    if topic == "fault" and life.mood > 0 and life.likely(0.5):
        thanks = said("thanks", life.customer.language)
        life.desk(
            settled + life.minutes(5, 300), "Message Received", channel, text=thanks, **about | {"topic": "thanks"}
        )
        life.feel(0.2)
    if life.likely(0.45):
        rate(life, settled + life.minutes(60, 2000), "service", case)
    return settled


def ask(life: Life, at: datetime, product: Product) -> None:
    text = said("question", life.customer.language, product=product.sku)
    case = f"C{life.customer.number:05d}{len(life.signals):03d}"
    about = {"case": case, "topic": "question", "product": product.sku}
    life.desk(at, "Message Received", "chat", text=text, language=life.customer.language, **about)
    life.desk(at + life.minutes(1, 60), "Message Sent", "chat", agent="assistant", **about)


def send_technician(life: Life, at: datetime, product: Product, serial: str, code: str) -> datetime:
    case = f"C{life.customer.number:05d}{len(life.signals):03d}"
    about = {"case": case, "topic": "fault", "product": product.sku, "serial": serial, "code": code}
    life.desk(at, "Call Received", "phone", minutes=life.chance.randint(3, 18), **about)
    visit = (at + life.days(2, 9)).replace(hour=life.chance.randint(7, 16), minute=0)
    life.desk(at + timedelta(minutes=20), "Visit Booked", "phone", visit_at=visit.isoformat(), **about)
    done = visit + life.minutes(30, 110)
    parts = [] if life.likely(0.6) else ["A-SEAL" if product.sku == "W-17" else "A-FILTER"]
    life.desk(
        done, "Visit Completed", "phone", technician=life.chance.choice(("Tove", "Pascal", "Jan")), parts=parts, **about
    )
    life.feel(0.25 if (visit - at).days < 5 else -0.15)
    if life.likely(0.5):
        rate(life, done + life.minutes(120, 3000), "visit", case)
    return done


def rate(life: Life, at: datetime, about: str, reference: str) -> None:
    """A rating of 0 to 10 that says what the mood says, more or less."""
    score = max(0, min(10, round(5.5 + 4.5 * life.mood + life.chance.gauss(0, 1.2))))
    life.desk(at, "Survey Answered", survey=f"{about}-rating", score=score, scale=10, reference=reference)
