"""Languages of the screens. The catalogue of a language is <language>/LC_MESSAGES/hark.po; English is the source."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.core import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parent
# Languages that a browser may ask for; one whose catalogue is still being written is only for those who choose it.
WHOLE = frozenset({"en"})
LANGUAGES = ("en", *sorted(file.parent.parent.name for file in FOLDER.glob("*/LC_MESSAGES/hark.po")))


@cache
def translations(language: str) -> NullTranslations:
    """Read from the .po itself: there is no compiled file that could be older than its source."""
    file = FOLDER / language / "LC_MESSAGES" / "hark.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def choose(wanted: str | None, accepted: str | None) -> str:
    """The visitor's own choice, else the best of the browser's Accept-Language that we speak well, else English."""
    if wanted in LANGUAGES:
        return str(wanted)
    for offer in (accepted or "")[:200].split(","):
        base = offer.split(";")[0].strip().split("-")[0].lower()
        if base in WHOLE:
            return base
    return "en"


@cache
def known(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
