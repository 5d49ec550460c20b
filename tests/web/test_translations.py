"""Catalogues fit their source: the same places for what varies, and nothing that the screens no longer say."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from hark.web import locale

CATALOGUES = sorted(locale.FOLDER.glob("*/LC_MESSAGES/hark.po"))
PLACE = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parent.parent.name)
def test_what_varies_has_its_place_in_every_language(file: Path) -> None:
    wrong = []
    for message in read_po(file.open("rb")):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and any(set(PLACE.findall(text)) != set(PLACE.findall(ids[-1])) for text in texts):
            wrong.append(message.id)

    assert wrong == []


def test_a_language_being_written_is_only_for_those_who_choose_it() -> None:
    assert locale.choose(None, "de-DE,de;q=0.9") == ("de" if "de" in locale.WHOLE else "en")
    assert locale.choose("de", "en") == "de"
    assert locale.choose("xx", "yy") == "en"


def test_german_says_it_in_german() -> None:
    german = locale.translations("de")

    assert german.gettext("People") == "Personen"
    assert german.gettext("A text that nobody wrote") == "A text that nobody wrote"
