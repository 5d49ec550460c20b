"""Tokens of the REST API on screen: who may use it and for what; a new secret is shown once."""

from typing import Any
from uuid import UUID

from hark.errors import Forbidden
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows, tokens


@shows("/settings/tokens", right=Right.SETTINGS_READ)
def all_tokens(request: Ask, database: Database) -> Answer:
    return _page(request, database)


@does("/settings/tokens", right=Right.SETTINGS_WRITE)
def add_token(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    """A token may do no more than the member who makes it."""
    visitor = shown(request).visitor
    scopes = [scope for scope in form.texts("scopes") if scope in tokens.SCOPES]
    if not form.text("name"):
        form.refuse("name", "Give it a name: what will use it?")
    if not scopes:
        form.refuse("scopes", "Choose at least one scope.")
    if form.errors:
        return _page(request, database, status=422, form=form)
    if not visitor or not all(visitor.may(right) for scope in scopes for right in tokens.SCOPES[scope]):
        raise Forbidden("a token cannot do more than you may do yourself")
    with database.transaction() as tx:
        secret, made = tokens.add_token(tx, form.text("name", most=200), scopes, clock(), by=visitor.member)
    return _page(request, database, secret=secret, made=made)


@does("/settings/tokens/{id:uuid}/revoke", right=Right.SETTINGS_WRITE)
def revoke_token(request: Ask, id: UUID, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        tokens.revoke(tx, id, clock())
    return go(request, "/settings/tokens", "It is revoked; whoever uses it is refused within a second.")


def _page(request: Ask, database: Database, *, status: int = 200, form: Form | None = None, **more: Any) -> Answer:
    with database.transaction() as tx:
        rows = tokens.all_tokens(tx)
    return page(
        request,
        "control/tokens.html",
        status=status,
        rows=rows,
        scopes=sorted(tokens.SCOPES),
        name=form.text("name") if form else "",
        chosen=form.texts("scopes") if form else [],
        errors=form.errors if form else {},
        secret=more.get("secret"),
        made=more.get("made"),
    )


HANDLERS = [all_tokens, add_token, revoke_token]
