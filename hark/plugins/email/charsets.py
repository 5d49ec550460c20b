"""Bytes to text, whatever their sender calls them: known charsets only, a guess where the name is unknown or a lie.

Python knows codecs that are no charsets (zlib, rot13) and one that takes time by the square (punycode), so a name that
comes by mail is looked up in a list of ours.
"""

import codecs
import re

_NAME = re.compile(r"[\w.:+-]{1,40}")
# What senders call by a narrower name than what they write (as browsers read it: https://encoding.spec.whatwg.org/#names-and-labels).
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
_KNOWN = re.compile(
    r"utf-(8|7|8-sig)|utf-(16|32)(-[lb]e)?|ascii|iso8859-\d+|cp\d{3,4}|koi8-[rtu]|mac-\w+|gb2312|gbk|gb18030|hz|big5(hkscs)?"
    r"|shift_jis(x0213|_2004)?|euc_(jp|kr|jis_2004|jisx0213)|iso2022_(jp\w*|kr)|johab|tis-620|ptcp154|hp-roman8|kz1048"
)
_ALIASES = {
    "iso-gb2312": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "x-mac-roman": "mac-roman",
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "cp-850": "cp850",
    "dos-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "utf8mb4": "utf-8",
    "utf": "utf-8",
}


def decode(body: bytes, charset: str = "") -> str:
    """The text of these bytes; never fails."""
    codec = _codec(charset)
    if codec is None or codec in ("utf-8", "cp1252"):
        return _guess(body, codec)
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        # A few bad bytes in the right charset read better than everything in a wrong one.
        said = body.decode(codec, "replace")
        return said if said.count("\ufffd") * 10 < len(said) else _guess(body, None)


def _guess(body: bytes, codec: str | None) -> str:
    """UTF-8 is hardly ever valid by accident; what is none and claims nothing is most often Western."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    said = body.decode("utf-8", "replace")
    if codec == "utf-8" and said.count("\ufffd") * 10 < len(said):
        return said
    return body.decode("cp1252", "replace")


def _codec(charset: str) -> str | None:
    """Python's name of a charset; None where it is not known to us."""
    name = charset.strip().strip("\"'").lower()
    if not _NAME.fullmatch(name):
        return None
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return None
    if not _KNOWN.fullmatch(found):
        return None
    return _WIDER.get(found, found)
