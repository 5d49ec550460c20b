"""What a channel cannot carry becomes text, in one place: buttons numbered lines, files links, long texts several. Pure."""

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from hark.kit.ids import derived
from hark.kit.text import shorten
from hark.model import Abilities, Attached, Outgoing

SHORTEST = 20  # letters a piece has at least, whatever a channel says
MOST_PIECES = 10
Link = Callable[[Attached], str]


def fit(message: Outgoing, abilities: Abilities, link: Link) -> list[Outgoing]:
    """The message as this channel can carry it, in pieces where it is too long for one. `link` gives the address under
    which a file can be fetched. The first piece keeps the key and carries files and buttons; each has a key of its own."""
    lines = [message.text] if message.text else []
    buttons, spelled = _buttons(message.buttons, abilities.buttons)
    files, linked = _files(message.files, abilities.files)
    lines += [line for line in ["\n".join(spelled), "\n".join(_link(file, link) for file in linked)] if line]
    subject = message.subject
    if subject and not abilities.subject:
        # Only the first of a conversation says what it is about; later ones would say it again and again.
        lines = [subject, *lines] if not message.references else lines
        subject = None
    html = message.html if abilities.html and not spelled and not linked else None
    pieces = list(_cut("\n\n".join(lines), max(abilities.max_text, SHORTEST)))[:MOST_PIECES] or [""]
    whole = replace(message, subject=subject, html=html if len(pieces) == 1 else None)
    first = replace(whole, text=pieces[0], files=files, buttons=buttons)
    rest = [
        replace(whole, key=derived(str(message.key), str(number)), text=piece, files=(), buttons=())
        for number, piece in enumerate(pieces[1:], 1)
    ]
    return [first, *rest]


def _buttons(buttons: Sequence[tuple[str, str]], most: int) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """All as buttons or all as numbered lines: half of either reads like a mistake."""
    if len(buttons) <= most:
        return tuple(buttons), []
    return (), [f"{number}. {title}" for number, (title, _) in enumerate(buttons, 1)]


def _files(files: Sequence[Attached], largest: int) -> tuple[tuple[Attached, ...], list[Attached]]:
    fitting = tuple(file for file in files if len(file.body) <= largest)
    return fitting, [file for file in files if len(file.body) > largest]


def _link(file: Attached, link: Link) -> str:
    return f"{shorten(file.name, 80)}: {link(file)}"


def _cut(text: str, most: int) -> Iterator[str]:
    """Pieces of at most so many letters, ending where a paragraph, a line, a sentence or at least a word ends."""
    while len(text) > most:
        end = _end(text, most)
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    if text:
        yield text


def _end(text: str, most: int) -> int:
    for mark in ("\n\n", "\n", ". ", "! ", "? ", " "):
        found = text.rfind(mark, most // 2, most)
        if found > 0:
            return found + len(mark.rstrip(" ")) if mark.strip() else found + 1
    return most
