"""What somebody wrote in an answer, apart from what they quote and how they sign. Lines in, lines out; one walk each.

The languages in which clients announce a quote are many and open-ended, so the words below are a beginning: what is not
recognised stays in the text, and nothing is ever lost, because the whole text is kept beside it.
"""

import re

from msgspec import Struct

MOST_LINES = 20_000
LONGEST_LINE = 1_000  # letters of a line that are looked at

# "On Mon, 1 June 2026 at 10:00, Ann <ann@example.com> wrote:" may be broken over several lines.
_WROTE = re.compile(
    r"(wrote|writes|schrieb( .{0,120})?|a écrit|ha scritto|escribió"
    r"|escreveu|schreef( .{0,120})?|skrev( .{0,120})?|kirjoitti"
    r"|napisał(\(a\))?|napsal(\(a\))?|написал(а|\(а\))?|пишет|пише"
    r"|írta|a scris|yazdı|έγραψε|写道|寫道|のメッセージ|からのメール)"
    r"\s*[:：]\s*$",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^\W{0,3}(on|am|le|il|el|em|op|den|på|pe|dnia|dne|w dniu|at"
    r"|\d{1,4}[-./年]|\w{2,12}[,.]? \d|from:|.{0,80}<[^<>\s]+@[^<>\s]+>)",
    re.IGNORECASE,
)
_HAS_DATE = re.compile(r"\d{1,4}[-./: ]|@|<")
_DIVIDER = re.compile(
    r"^\W{0,2}-{2,}\s*(original( message| appointment)?|ursprüngliche nachricht"
    r"|originalnachricht|message d.origine|message original"
    r"|messaggio originale|mensaje original|mensagem original"
    r"|oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande"
    r"|opprinnelig melding|alkuperäinen viesti|oryginalna wiadomość|původní zpráva|исходное сообщение|eredeti üzenet"
    r"|orijinal mesaj|原始邮件|原始郵件|元のメッセージ|reply message|reply above this line)\s*-{2,}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\W{0,2}(-{2,}\s*(forwarded message|weitergeleitete nachricht"
    r"|message transféré|messaggio inoltrato|mensaje reenviado"
    r"|mensagem encaminhada|doorgestuurd bericht|videresendt meddelelse"
    r"|vidarebefordrat meddelande|пересылаемое сообщение"
    r"|przekazana wiadomość|转发邮件|転送メッセージ)"
    r"|begin forwarded message:|anfang der weitergeleiteten|début du message réexpédié|inizio messaggio inoltrato)",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"^[#>\s*-]*(please )?(reply|type your reply|antworten sie|bitte antworten).{0,30}(above|oberhalb|über) ", re.I
)
_FIELDS = (
    re.compile(
        r"^\W{0,3}(from|von|de|da|van|från|fra|lähettäjä|od|od:|от|feladó|发件人|寄件者|差出人|gönderen)\s?[:：]\W?",
        re.I,
    ),
    re.compile(
        r"^\W{0,3}(sent|date|gesendet|datum|envoyé|date d.envoi|inviato"
        r"|data|enviado|enviada|fecha|verzonden|skickat|sendt|lähetetty"
        r"|wysłano|odesláno|дата|отправлено|elküldve|发送时间|寄件日期|送信日時|gönderildi)( (le|el|il|em|a))?\s?[:：]\W?",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\W{0,3}(to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|кому|címzett|收件人|收件者|宛先|kime)\s?[:：]\W?",
        re.I,
    ),
    re.compile(
        r"^\W{0,3}(subject|betreff|objet|oggetto|asunto|assunto|onderwerp"
        r"|ämne|emne|aihe|temat|předmět|тема|tárgy|主题|主旨|件名|konu)"
        r"\s?[:：]\W?",
        re.IGNORECASE,
    ),
)
_RULE = re.compile(r"^\s{0,4}[_*=-]{20,}\s*$")
_EMPTY = re.compile(r"\n([ \t\u200b\u200c\ufeff]*\n){3,}")
_DASHES = re.compile(r"^(--|—|–|__)\s?$")
_PHONE = re.compile(
    r"^\W{0,2}(sent (from|via|with|using) (my |the )?[\w .'-]{2,40}"
    r"|get outlook for \w+|gesendet (von|mit) (meinem |der |von )?[\w .'-]{2,40}"
    r"|von meinem [\w .-]{2,40} gesendet|diese nachricht wurde von meinem [\w .-]{2,60}"
    r"|envoyé (de|depuis) (mon |ma )?[\w .'-]{2,40}"
    r"|enviado (desde|do) (mi |meu )?[\w .'-]{2,40}|inviato (da"
    r"|dal) (il )?(mio )?[\w .'-]{2,40}|verzonden vanaf (mijn )?[\w .'-]{2,40}"
    r"|skickat från (min )?[\w .'-]{2,40}|iphoneから送信|从我的 ?\w+ ?发送)\W{0,2}$",
    re.IGNORECASE,
)


class Written(Struct, frozen=True, kw_only=True):
    """`text` is what was written; `signature` how it was signed; `forwarded`: somebody passes on what another wrote, so that
    nothing was taken out."""

    text: str
    signature: str = ""
    forwarded: bool = False


def written(whole: str) -> Written:
    """A text that is quote alone, or that cannot be told apart, stays as it is."""
    lines = whole.split("\n")
    if len(lines) > MOST_LINES:
        return Written(text=whole)
    looked = [line[:LONGEST_LINE] for line in lines]
    end = _begin_of_quote(looked)
    if end is not None and end[1]:
        return Written(text=whole, forwarded=True)
    stop = end[0] if end else len(lines)
    own = _without_trailing_quote(lines[:stop])
    own = _without_leading_quote(own)
    own, signature = _unsigned(own)
    text = _EMPTY.sub("\n\n\n", "\n".join(own)).strip("\n").rstrip()
    if not text.strip():
        return Written(text=whole.strip(), signature="")
    return Written(text=text, signature="\n".join(signature).strip())


def _begin_of_quote(lines: list[str]) -> tuple[int, bool] | None:
    """Where a quote without marks begins that goes on to the end, and whether it is a forward."""
    for index, line in enumerate(lines):
        if not line or line.startswith(">"):
            continue
        if _FORWARDED.match(line):
            return index, True
        if _DIVIDER.match(line) or _ABOVE.match(line):
            return index, False
        if _is_header_block(lines, index):
            return _above_rule(lines, index), False
        if (length := _announces(lines, index)) and not _marked_after(lines, index + length):
            return index, False
    return None


def _above_rule(lines: list[str], index: int) -> int:
    """The line that Outlook draws above its block belongs to the quote."""
    above = index
    while above > 0 and not lines[above - 1].strip() and index - above < 3:
        above -= 1
    return above - 1 if above > 0 and _RULE.match(lines[above - 1]) else index


def _is_header_block(lines: list[str], start: int) -> bool:
    """Outlook's way to quote: From, Sent, To, Subject on lines of their own, at least three of them."""
    if start >= len(lines) or not _FIELDS[0].match(lines[start]):
        return False
    near = [line for line in lines[start : start + 10] if line.strip()][:7]
    return sum(any(field.match(line) for line in near) for field in _FIELDS) >= 3


def _announces(lines: list[str], index: int) -> int:
    """How many lines from here announce a quote ("On …, Ann wrote:"); 0 where none does."""
    if not lines[index].strip() or not _OPENS.match(lines[index]):
        return 0
    joined = ""
    for length, line in enumerate(lines[index : index + 4], 1):
        if not line.strip():
            return 0
        joined = f"{joined} {line.strip()}"[-LONGEST_LINE:]
        if _WROTE.search(joined[-200:]):
            return length if _HAS_DATE.search(joined) else 0
    return 0


def _marked_after(lines: list[str], index: int) -> bool:
    """Whether the quote that was announced is marked by ">": then its end can be seen."""
    following = next((line for line in lines[index : index + 4] if line.strip()), "")
    return following.lstrip().startswith((">", "|"))


def _without_trailing_quote(lines: list[str]) -> list[str]:
    """Take the marked quote away that ends the text, with the words that announce it. What is answered line by line
    between quotes needs them, and keeps them."""
    end = len(lines)
    signature = _signature_start(lines)
    if signature is not None and any(line.lstrip().startswith(">") for line in lines[:signature]):
        tail = [line for line in lines[signature:] if line.strip()]
        last = next((i for i in range(signature - 1, -1, -1) if lines[i].strip()), -1)
        if last >= 0 and lines[last].lstrip().startswith(">") and len(tail) <= 12:
            end = signature  # "> quote", then "-- " and a name: the name does not make the quote an answer
    stop = end
    while stop > 0 and (not lines[stop - 1].strip() or lines[stop - 1].lstrip().startswith(">")):
        stop -= 1
    if not any(line.lstrip().startswith(">") for line in lines[stop:end]):
        return lines
    announced = [back for back in range(1, 5) if back <= stop and _announces(lines[stop - back : stop], 0) == back]
    stop -= max(announced, default=0)
    return [*lines[:stop], *lines[end:]] if stop else lines


def _without_leading_quote(lines: list[str]) -> list[str]:
    """A quote above the whole answer goes; more than one means that they answer line by line."""
    first = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    start = first + (_announces(lines, first) if first < len(lines) else 0)
    at = start
    while at < len(lines) and (not lines[at].strip() or lines[at].lstrip().startswith(">")):
        at += 1
    quoted = any(line.lstrip().startswith(">") for line in lines[start:at])
    if not quoted or at == len(lines) or any(line.lstrip().startswith(">") for line in lines[at:]):
        return lines
    return lines[at:]


def _signature_start(lines: list[str]) -> int | None:
    """The line of two dashes, or the long line that a mailing list draws above its footer."""
    for index, line in enumerate(lines):
        if index and _DASHES.match(line):
            return index
        if index and _RULE.match(line) and sum(bool(other.strip()) for other in lines[index + 1 : index + 30]) <= 6:
            return index
    return None


def _unsigned(lines: list[str]) -> tuple[list[str], list[str]]:
    """What stands below the line of two dashes (RFC 3676), and what a phone adds by itself."""
    start = _signature_start(lines)
    if start is not None and len([line for line in lines[start:] if line.strip()]) <= 25:
        return lines[:start], lines[start + 1 :]
    last = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].strip()), -1)
    if last > 0 and _PHONE.match(lines[last].strip()[:200]):
        return lines[:last], [lines[last]]
    return lines, []
