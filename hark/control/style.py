"""The living style page: every component as it really looks, on invented numbers. Open /control/style."""

from datetime import timedelta

from hark.web import Answer, Ask, Right, page, shown, shows


@shows("/control/style", right=Right.SIGNED_IN)
def style(request: Ask) -> Answer:
    now = shown(request).now
    days = [(f"{i + 1}.", (i * 37 % 23) + i * 2) for i in range(30)]
    return page(request, "control/style.html", days=days, now=now, earlier=now - timedelta(hours=3))


HANDLERS = [style]
