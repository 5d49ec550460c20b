"""How was it? The question behind a signed link, and sending that link where a channel has no form of its own."""

from datetime import timedelta
from uuid import UUID

from hark.conversations import act, reading
from hark.conversations.by_rule import speak
from hark.conversations.channels import Way, ways
from hark.conversations.deliver import PATIENCE, Post
from hark.errors import NotFound, Rejected
from hark.events.record import own, record_own, wait_for
from hark.kit.clock import Clock
from hark.kit.text import clean
from hark.model import Conversation, Decision, Declared, Identity
from hark.store import Database
from hark.surveys import links
from hark.web import Answer, Ask, Form, Right, access, does, go, locale, page, shows

SCORES = (1, 2, 3, 4, 5)
OFTEN, WINDOW = 20, timedelta(hours=1)


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


QUESTION = _("How was it? Tell us with one press: {link}")


@shows("/rate/{link:str}", right=Right.ANYONE)
def ask(request: Ask, link: str, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    """Looking at it records nothing: programs that check mails open every link."""
    known = _known(link, database, declared, clock)
    chosen = form.number("score")
    return page(request, "help/rate.html", link=link, scores=SCORES, chosen=chosen, said=known is not None)


@does("/rate/{link:str}", right=Right.ANYONE)
def rate(request: Ask, link: str, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    known, score = _known(link, database, declared, clock), form.number("score")
    if known is None:
        raise NotFound("this link has had its day")
    if score not in SCORES:
        return page(request, "help/rate.html", status=422, link=link, scores=SCORES, chosen=None, said=True)
    with database.transaction() as tx:
        access.slow_down(tx, f"rating {known.id}", clock(), OFTEN, WINDOW)
    comment = clean(form.text("comment", most=2000))
    who = (Identity("id", str(known.anchor)),) if known.anchor else ()
    said = {"conversation": str(known.id), "score": score, "comment": comment or None, "by": "person"}
    with database.transaction() as tx:
        event = record_own(tx, [own("conversation.rated", identities=who, channel=known.channel, properties=said)])[0]
    wait_for(database, event, 2.0)
    return go(request, f"/rate/{link}/thanks")


@shows("/rate/{link:str}/thanks", right=Right.ANYONE)
def thanks(request: Ask, link: str) -> Answer:
    return page(request, "help/rated.html", link=link)


def send_question(decision: Decision, post: Post) -> None:
    """Ask where the person was last, once for each conversation, and not who has said it already. The words are those of
    the rule, else ours; a chat whose window shows the question by itself is left alone."""
    said = decision.action.parameters
    wait_for(post.database, decision.event, PATIENCE)
    with post.database.transaction() as tx:
        known = reading.conversation(tx, UUID(str(said["conversation"])))
        way = ways(tx, post.registry).get(known.source)
        if way is None:
            raise Rejected("there is no way to reach this person on this channel")
        if known.rating is not None or _asks_by_itself(way):
            return
        link = f"{post.url}/rate/{links.sign(post.salt, known.id, post.clock())}"
        draft = act.Draft(text=_words(said.get("text"), known, link), automatic=True, language=known.language)
        speak(tx, known, draft, decision, post, by="rule:rating", key=f"rating-{known.id}")


def _asks_by_itself(way: Way) -> bool:
    return way.abilities.pulled and way.source.settings.get("rating") is not False


def _words(text: object, known: Conversation, link: str) -> str:
    if isinstance(text, str) and text.strip():
        return text.replace("{link}", link) if "{link}" in text else f"{text.strip()} {link}"
    return locale.translations((known.language or "en")[:2]).gettext(QUESTION).format(link=link)


def _known(link: str, database: Database, declared: Declared, clock: Clock) -> Conversation | None:
    conversation = links.read(declared.salt, link, clock())
    if conversation is None:
        return None
    with database.transaction() as tx:
        try:
            return reading.conversation(tx, conversation)
        except NotFound:
            return None  # erased


HANDLERS = [ask, rate, thanks]
