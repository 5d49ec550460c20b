"""The menu of the desk, in its order. A line is shown once the screen behind it is there and to those who may open it."""

from hark.web.menu import Entry
from hark.web.rights import Right


def _(text: str) -> str:
    """Marks a text for translation; the template translates it."""
    return text


MENU = (
    Entry(path="/", title=_("Home"), icon="home", right=Right.HOME, keys="g h"),
    Entry(
        path="/inbox",
        title=_("Inbox"),
        icon="inbox",
        right=Right.CONVERSATIONS_READ,
        keys="g i",
        also=("/conversations", "/find", "/canned-answers"),
    ),
    Entry(path="/cases", title=_("Cases"), icon="briefcase", right=Right.CASES_READ, keys="g c"),
    Entry(path="/wall", title=_("Wall"), icon="device", right=Right.REPORTS_READ, group=_("Work"), keys="g w"),
    Entry(path="/queue", title=_("Queue"), icon="clock", right=Right.ROUTING_READ, group=_("Work"), keys="g q"),
    Entry(path="/reports", title=_("Reports"), icon="pulse", right=Right.REPORTS_READ, group=_("Work"), keys="g e"),
    Entry(path="/routing", title=_("Routing"), icon="part", right=Right.ROUTING_READ, group=_("Work")),
    Entry(path="/calendars", title=_("Calendars"), icon="calendar", right=Right.ROUTING_READ, group=_("Work")),
    Entry(path="/promises", title=_("Promises"), icon="flag", right=Right.ROUTING_READ, group=_("Work")),
    Entry(path="/automations", title=_("Automations"), icon="spark", right=Right.ROUTING_READ, group=_("Work")),
    Entry(path="/people", title=_("People"), icon="people", right=Right.PEOPLE_READ, keys="g p"),
    Entry(path="/segments", title=_("Segments"), icon="segment", right=Right.SEGMENTS_READ, keys="g s"),
    Entry(path="/orders", title=_("Orders"), icon="product", right=Right.PEOPLE_READ, keys="g r"),
    Entry(path="/traits", title=_("Computed traits"), icon="spark", right=Right.SEGMENTS_READ),
    Entry(path="/duplicates", title=_("Duplicates"), icon="merge", right=Right.PEOPLE_READ),
    Entry(
        path="/live-events",
        title=_("Live events"),
        icon="pulse",
        right=Right.EVENTS_READ,
        group=_("Signals"),
        keys="g l",
    ),
    Entry(path="/sources", title=_("Sources"), icon="source", right=Right.SOURCES_READ, group=_("Signals"), keys="g o"),
    Entry(path="/plan", title=_("Tracking plan"), icon="plan", right=Right.PLAN_READ, group=_("Signals")),
    Entry(path="/phases", title=_("Phases"), icon="flag", right=Right.PLAN_READ, group=_("Signals")),
    Entry(path="/imports", title=_("Imports"), icon="import", right=Right.IMPORTS_READ, group=_("Signals"), keys="g m"),
    Entry(
        path="/destinations",
        title=_("Destinations"),
        icon="destination",
        right=Right.DESTINATIONS_READ,
        group=_("Reach"),
        keys="g d",
    ),
    Entry(path="/data-requests", title=_("Data requests"), icon="shield", right=Right.PEOPLE_EXPORT, group=_("Care")),
    Entry(path="/purposes", title=_("Purposes"), icon="lock", right=Right.SETTINGS_READ, group=_("Care")),
    Entry(path="/team", title=_("Team"), icon="team", right=Right.TEAM_READ, group=_("House")),
    Entry(path="/identity-kinds", title=_("Identities"), icon="key", right=Right.SETTINGS_READ, group=_("House")),
    Entry(path="/settings", title=_("Settings"), icon="settings", right=Right.SETTINGS_READ, group=_("House")),
)
