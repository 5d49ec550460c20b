"""Living with an appliance: registering it, its monthly reports, faults that hard water brings, service, returns."""

from datetime import datetime, timedelta

from hark.sample import buying, talking
from hark.sample.buying import Purchase
from hark.sample.catalogue import FAULTS, PROGRAMMES
from hark.sample.life import Life

HARD = 14  # German degrees above which lime settles
_CYCLES = {"Washers": (8, 26), "Dryers": (4, 16), "Dishwashers": (10, 30), "Coffee": (40, 190), "Ovens": (5, 22)}
_LITRES = {"Washers": 46, "Dryers": 0, "Dishwashers": 10, "Coffee": 0.2, "Ovens": 0}
_KWH = {"Washers": 0.6, "Dryers": 1.4, "Dishwashers": 0.75, "Coffee": 0.02, "Ovens": 0.95}


def own(life: Life, purchase: Purchase) -> None:
    """From the first switch-on to today, month by month."""
    at = purchase.at + life.days(0.2, 6)
    if at >= life.end or not life.likely(0.5 + 0.4 * life.customer.character.digital):
        return  # never registered: the company hears of this appliance no more
    _register(life, purchase, at)
    hard = life.customer.city.hardness > HARD
    faults, cared = 0, 0
    while (at := at + timedelta(days=30)) < life.end and not life.gone:
        _report(life, purchase, at)
        cared = cared + 1 if life.likely(0.25 + 0.3 * life.customer.character.keen) else 0
        if cared and life.likely(0.5):
            buying.order_care(life, purchase, life.awake(at + life.days(1, 20)))
        fault = _breaks(life, purchase, hard and not cared)
        if fault is None:
            if life.likely(0.03 * life.customer.character.talkative):
                talking.ask(life, life.awake(at), purchase.product)
            continue
        faults += 1
        _repair(life, purchase, life.awake(at + life.days(1, 25)), fault)
        if faults >= 2 and life.mood < -0.2 and life.likely(0.5):
            back = life.awake(at + life.days(27, 29))
            talking.complain(life, back, "return", purchase.product)
            buying.give_back(life, purchase, back + timedelta(days=1), "faulty again")
            return


def _register(life: Life, purchase: Purchase, at: datetime) -> None:
    details = {
        "model": purchase.product.sku,
        "category": purchase.product.category,
        "order_id": purchase.order,
        "firmware": f"2.{life.customer.number % 9}",
        "water_hardness": life.customer.city.hardness,
    }
    if "app" in life.customer.devices:
        life.app(at, "identify", "identify", traits={"app": True, "email": life.customer.email})
    life.appliance(at + timedelta(seconds=8), "Appliance Registered", purchase.serial, **details)
    life.feel(0.05)


def _report(life: Life, purchase: Purchase, at: datetime) -> None:
    category = purchase.product.category
    cycles = life.chance.randint(*_CYCLES[category])
    life.appliance(
        at,
        "Usage Summarised",
        purchase.serial,
        model=purchase.product.sku,
        days=30,
        cycles=cycles,
        favourite=life.chance.choice(PROGRAMMES[category]),
        kwh=round(cycles * _KWH[category], 1),
        litres=round(cycles * _LITRES[category]),
    )


def _breaks(life: Life, purchase: Purchase, lime: bool) -> tuple[str, str] | None:
    for code, meaning, soft, hard in FAULTS[purchase.product.category]:
        if life.likely(hard if lime else soft):
            return code, meaning
    return None


def _repair(life: Life, purchase: Purchase, at: datetime, fault: tuple[str, str]) -> None:
    """The fault, and one of three ways out: they help themselves in the app, the desk guides them, somebody comes."""
    code, meaning = fault
    life.appliance(at, "Fault Raised", purchase.serial, model=purchase.product.sku, code=code, meaning=meaning)
    life.feel(-0.25)
    if "app" in life.customer.devices and life.likely(0.45):
        solved = at + life.minutes(15, 90)
        life.app(at + life.minutes(2, 9), "screen", "Guide", properties={"guide": f"{purchase.product.sku} {code}"})
        life.app(
            solved, "track", "Guide Finished", properties={"guide": f"{purchase.product.sku} {code}", "solved": True}
        )
        life.feel(0.3)
    elif life.likely(0.4):
        solved = talking.complain(life, at + life.minutes(10, 900), "fault", purchase.product, code=code)
    else:
        solved = talking.send_technician(life, at + life.minutes(20, 1500), purchase.product, purchase.serial, code)
    life.appliance(solved, "Fault Cleared", purchase.serial, model=purchase.product.sku, code=code)
