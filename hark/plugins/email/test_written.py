"""What somebody wrote stays, what they quote is folded away, and what cannot be told apart stays whole."""

import pytest

from hark.plugins.email.quotes import written

ANNOUNCED = [
    "On Mon, 1 Jun 2026 at 10:00, Bo <bo@tidewell.example> wrote:",
    "On Mon, 1 Jun 2026 at 10:00, Bo Miller\n<bo@tidewell.example> wrote:",
    "Am 01.06.26 um 10:00 schrieb Bo:",
    "Am Mo., 1. Juni 2026 um 10:00 Uhr schrieb Bo <bo@tidewell.example>:",
    "Le lun. 1 juin 2026 à 10:00, Bo <bo@tidewell.example> a écrit :",
    "Il giorno lun 1 giu 2026 alle ore 10:00 Bo <bo@x.example> ha scritto:",
    "El lun, 1 jun 2026 a las 10:00, Bo (<bo@x.example>) escribió:",
    "Em seg., 1 de jun. de 2026 às 10:00, Bo <bo@x.example> escreveu:",
    "Op ma 1 jun 2026 om 10:00 schreef Bo <bo@x.example>:",
    "Den mån 1 juni 2026 kl 10:00 skrev Bo <bo@x.example>:",
    "2026年6月1日(月) 10:00 Bo <bo@x.example>のメール:".replace("のメール", "からのメール"),
    "пн, 1 июн. 2026 г. в 10:00, Bo <bo@x.example> написал:".replace("пн,", "1"),
]
BLOCKS = [
    "-----Original Message-----\nFrom: Bo\nTo: Ann\n\nold",
    "-----Ursprüngliche Nachricht-----\nVon: Bo\nold",
    "________________________________\nFrom: Bo <bo@x.example>\nSent: Monday\nTo: Ann\nSubject: Re: Pump\n\nold",
    "Von: Bo\nGesendet: Montag\nAn: Ann\nBetreff: AW: Pumpe\n\nold",
    "De : Bo\nEnvoyé : lundi\nÀ : Ann\nObjet : RE: Pompe\n\nold",
    "*From:* Bo\n*Sent:* Monday\n*To:* Ann\n*Subject:* Pump\n\nold",
    "发件人: Bo\n发送时间: 星期一\n收件人: Ann\n主题: 泵\n\nold",
]


@pytest.mark.parametrize("announced", ANNOUNCED)
def test_a_marked_quote_goes_with_what_announces_it(announced: str) -> None:
    assert written(f"Yes, it still leaks.\n\n{announced}\n\n> old\n> > older\n").text == "Yes, it still leaks."


@pytest.mark.parametrize("announced", ANNOUNCED)
def test_an_unmarked_quote_goes_too(announced: str) -> None:
    assert written(f"Yes.\n\n{announced}\n\nold words\nof before").text == "Yes."


@pytest.mark.parametrize("block", BLOCKS)
def test_what_outlook_hangs_below_goes(block: str) -> None:
    assert written(f"Yes, please.\n\n{block}").text == "Yes, please."


def test_answers_between_the_lines_keep_what_they_answer() -> None:
    whole = "On 1/6/26 Bo <bo@x.example> wrote:\n> Does it leak?\nYes.\n> Since when?\nMonday."

    assert written(whole).text == whole


def test_an_answer_below_the_quote_is_alone() -> None:
    assert (
        written("On 1/6/26 Bo <bo@x.example> wrote:\n> Does it leak?\n\nYes, since Monday.").text
        == "Yes, since Monday."
    )


def test_a_signature_is_folded() -> None:
    read = written("It leaks.\n\n-- \nAnn Miller\n+49 170 1234567")

    assert (read.text, read.signature) == ("It leaks.", "Ann Miller\n+49 170 1234567")


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Get Outlook for iOS"]
)
def test_what_a_phone_adds_is_folded(line: str) -> None:
    assert written(f"It leaks.\n\n{line}\n").text == "It leaks."


def test_what_is_passed_on_stays_whole() -> None:
    whole = (
        "Please look.\n\n---------- Forwarded message ---------\nFrom: Cy <cy@x.example>\nSubject: Pump\n\nIt leaks."
    )

    read = written(whole)

    assert (read.text, read.forwarded) == (whole, True)


@pytest.mark.parametrize(
    "whole",
    [
        "> only a quote",
        "On Monday I wrote: nothing.",
        "From: the heart",
        "",
        "I am on call 24/7:\n- one",
    ],
)
def test_nothing_that_was_written_is_lost(whole: str) -> None:
    assert written(whole).text == whole.strip()
