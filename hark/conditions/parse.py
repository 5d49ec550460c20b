"""Reads the text form of a condition: written by hand, so that every error says what was expected and where."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeVar

from hark.conditions import tree
from hark.conditions.check import check
from hark.conditions.tree import Expression, Misread, Plain

T = TypeVar("T")
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|==|!=|<>|[=<>(),.\[\]]))"""
)
_ESCAPE = re.compile(r"\\(.)")
_LONGEST = 10_000
_DEEPEST = 30


class Token(NamedTuple):
    kind: str
    text: str
    where: int


@lru_cache(maxsize=2048)
def parse(text: str) -> Expression:
    """`traits.country in ("DE", "AT") and count("Order Completed", 30 days) >= 2`; see docs/reference/conditions.md."""
    if len(text) > _LONGEST:
        raise Misread(f"a condition may have {_LONGEST} characters")
    reader = _Reader(text)
    expression = reader.either()
    if (token := reader.peek()).kind != "end":
        raise reader.wrong('expected "and", "or" or the end', token)
    check(expression)
    return expression


class _Reader:
    """Walks over the tokens; one method for each rule of the grammar, weakest binding first."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _split(text)
        self.at = 0
        self.depth = 0

    def either(self) -> Expression:
        return self._chain("or", self.both, tree.Some)

    def both(self) -> Expression:
        return self._chain("and", self.negation, tree.All)

    def negation(self) -> Expression:
        if self.took("not"):
            return tree.Not(self._condition(self._deeper(self.negation)))
        return self.comparison()

    def comparison(self) -> Expression:
        if self.took("("):
            inner = self._deeper(self.either)
            self.need(")")
            return inner
        left = self.left()
        operator = self.operator()
        if operator is None:
            return left
        if operator in ("is set", "is not set"):
            return tree.Compare(left, operator)
        return tree.Compare(left, operator, self.right(operator))

    def left(self) -> tree.Left:
        token = self.next()
        if token.kind != "word":
            raise self.wrong("expected something to ask, such as traits.country or count(…)", token)
        word = token.text
        if word in ("traits", "computed"):
            self.need(".")
            name = self.name()
            return tree.Trait(name) if word == "traits" else tree.Computed(name)
        if subject := tree.one_of(tree.ABOUT, word):
            self.need(".")
            return tree.About(subject, self.name())
        if field := tree.one_of(tree.FIELDS, word):
            return tree.Field(field)
        if question := tree.one_of(tree.QUESTIONS, word):
            self.need("(")
            name = self.string("a name in quotes")
            self.need(")")
            return tree.Asked(question, name)
        if function := tree.one_of(tree.FUNCTIONS, word):
            return self.measured(function)
        raise self.wrong(f"there is nothing called {word!r} to ask", token)

    def measured(self, function: tree.Function) -> tree.Measured:
        self.need("(")
        event = self.string("the name of an event in quotes")
        of = self.name() if self.took(".") else ""
        days = self.window() if self.took(",") else 0
        self.need(")")
        return tree.Measured(function, event, of, days)

    def window(self) -> int:
        token = self.next()
        amount, unit = self.amount(token)
        if unit not in ("day", "week"):
            raise self.wrong("a window is counted in days or weeks", token)
        return amount * (7 if unit == "week" else 1)

    def amount(self, token: Token) -> tuple[int, tree.Unit]:
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 9:
            raise self.wrong("expected a whole number, as in 30 days", token)
        unit = self.next()
        name = tree.one_of(tree.UNITS, unit.text.removesuffix("s"))
        if unit.kind != "word" or name is None:
            raise self.wrong("expected minutes, hours, days or weeks", unit)
        return int(token.text), name

    def operator(self) -> tree.Operator | None:
        token = self.peek()
        written = {"==": "=", "<>": "!=", "not": "not in", "starts": "starts with", "is": "is set"}
        operator = tree.one_of(tree.OPERATORS, written.get(token.text, token.text))
        if operator is None or token.kind not in ("sign", "word"):
            return None
        self.at += 1
        if token.text == "is":
            operator = "is not set" if self.took("not") else "is set"
            self.need("set")
        elif token.text in ("not", "starts"):
            self.need(operator.rpartition(" ")[2])
        return operator

    def right(self, operator: tree.Operator) -> tree.Right:
        if operator in ("in", "not in"):
            closing = self.need("(", "[").text
            values = [self.literal()]
            while self.took(","):
                values.append(self.literal())
            self.need(")" if closing == "(" else "]")
            return tree.Many(tuple(values))
        token = self.peek()
        if token.kind == "word" and token.text == "date":
            self.at += 1
            self.need("(")
            text = self.string('a day such as "2026-05-31"')
            self.need(")")
            return tree.Date(text)
        following = self.tokens[self.at + 1]
        if token.kind == "number" and following.kind == "word" and following.text.removesuffix("s") in tree.UNITS:
            self.at += 1
            amount, unit = self.amount(token)
            self.need("ago")
            return tree.Ago(amount, unit)
        return tree.Literal(self.literal())

    def literal(self) -> Plain:
        token = self.next()
        if token.kind == "text":
            return _unquote(token.text)
        if token.kind == "number":
            return float(token.text) if "." in token.text or len(token.text) > 20 else int(token.text)
        words: dict[str, Plain] = {"true": True, "false": False}
        if token.kind == "word" and token.text in words:
            return words[token.text]
        raise self.wrong("expected a value: a number, a text in quotes, true or false", token)

    def name(self) -> str:
        token = self.next()
        if token.kind == "text":
            return _unquote(token.text)
        if token.kind == "word":
            return token.text
        raise self.wrong("expected a name; put it in quotes if it has spaces or signs", token)

    def string(self, what: str) -> str:
        token = self.next()
        if token.kind != "text":
            raise self.wrong(f"expected {what}", token)
        return _unquote(token.text)

    def peek(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def took(self, text: str) -> bool:
        token = self.peek()
        if token.kind in ("word", "sign") and token.text == text:
            self.at += 1
            return True
        return False

    def need(self, *texts: str) -> Token:
        token = self.next()
        if token.kind not in ("word", "sign") or token.text not in texts:
            raise self.wrong("expected " + " or ".join(f'"{text}"' for text in texts), token)
        return token

    def wrong(self, reason: str, token: Token) -> Misread:
        return Misread(reason, token.where, self.text)

    def _chain(
        self, word: str, part: Callable[[], Expression], group: Callable[[tuple[tree.Condition, ...]], Expression]
    ) -> Expression:
        first = part()
        if self.peek().kind != "word" or self.peek().text != word:
            return first
        parts = [self._condition(first)]
        while self.took(word):
            parts.append(self._condition(part()))
        return group(tuple(parts))

    def _condition(self, expression: Expression) -> tree.Condition:
        if isinstance(expression, tree.Measured | tree.Field):
            raise self.wrong("a value by itself is neither true nor false: compare it", self.tokens[self.at - 1])
        return expression

    def _deeper(self, rule: Callable[[], T]) -> T:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong(f"more than {_DEEPEST} brackets inside each other", self.peek())
        result = rule()
        self.depth -= 1
        return result


def _split(text: str) -> list[Token]:
    tokens = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            where = at + len(text[at:]) - len(text[at:].lstrip())
            hint = "this text has no closing quote" if text[where] in "\"'" else "this sign is not known here"
            raise Misread(hint, where, text)
        kind = str(match.lastgroup)
        tokens.append(Token(kind, match.group(kind), match.start(kind)))
        at = match.end()
    return [*tokens, Token("end", "", len(text)), Token("end", "", len(text))]


def _unquote(text: str) -> str:
    return _ESCAPE.sub(r"\1", text[1:-1])
