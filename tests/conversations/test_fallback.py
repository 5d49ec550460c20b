"""What a channel cannot carry becomes text."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from hark.conversations.fallback import MOST_PIECES, fit
from hark.model import Abilities, Attached, Outgoing

KEY = UUID(int=7)


def outgoing(**fields: object) -> Outgoing:
    return Outgoing(key=KEY, token="t", **{"text": "", **fields})  # type: ignore[arg-type]


def link(file: Attached) -> str:
    return f"https://hark.example/{file.name}"


def test_buttons_become_numbered_lines_where_there_are_too_many() -> None:
    asked = outgoing(text="Which one?", buttons=(("Washer", "w"), ("Oven", "o")))
    [plain] = fit(asked, Abilities(buttons=1), link)
    [rich] = fit(asked, Abilities(buttons=3), link)

    assert (plain.text, plain.buttons) == ("Which one?\n\n1. Washer\n2. Oven", ())
    assert (rich.text, rich.buttons) == ("Which one?", asked.buttons)


def test_what_is_too_large_becomes_a_link_and_the_rest_stays_a_file() -> None:
    files = (Attached(name="a", media_type="image/png", body=b"12"), Attached(name="b", media_type="x/y", body=b"1234"))
    [fitted] = fit(outgoing(text="Look", files=files), Abilities(files=3), link)

    assert fitted.files == files[:1]
    assert fitted.text == "Look\n\nb: https://hark.example/b"


def test_a_subject_is_said_once_where_there_is_no_place_for_it() -> None:
    first = fit(outgoing(text="Hi", subject="Washer"), Abilities(), link)
    later = fit(outgoing(text="Hi", subject="Washer", references=("x",)), Abilities(), link)

    assert [one.text for one in first + later] == ["Washer\n\nHi", "Hi"]


@given(some.text(max_size=600), some.integers(20, 120))
def test_pieces_are_never_too_long_and_lose_nothing_but_space(text: str, most: int) -> None:
    pieces = fit(outgoing(text=text), Abilities(max_text=most), link)

    assert all(len(piece.text) <= most for piece in pieces)
    assert len({piece.key for piece in pieces}) == len(pieces)
    if len(pieces) < MOST_PIECES:
        assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
