"""What customers write to the service desk, per language and topic, and what the desk answers."""

SAID = {
    "late": {
        "en": "My {product} should have come on {promised}. I took a day off for nothing. Where is it?",
        "fr": "Mon {product} devait arriver le {promised}. J'ai posé une journée pour rien. Où est-il ?",
        "de": "Mein {product} sollte am {promised} kommen. Ich habe umsonst Urlaub genommen. Wo bleibt es?",
        "nl": "Mijn {product} zou op {promised} komen. Ik heb voor niets vrij genomen. Waar blijft hij?",
        "es": "Mi {product} tenía que llegar el {promised}. Pedí el día libre para nada. ¿Dónde está?",
        "it": "Il mio {product} doveva arrivare il {promised}. Ho preso ferie per niente. Dov'è?",
        "pl": "Mój {product} miał być {promised}. Wziąłem wolne na darmo. Gdzie on jest?",
        "sv": "Min {product} skulle ha kommit {promised}. Jag tog ledigt i onödan. Var är den?",
        "pt": "O meu {product} devia ter chegado a {promised}. Tirei o dia para nada. Onde está?",
        "ja": "{product}は{promised}に届くはずでした。休みを取ったのに来ません。どこにありますか。",
    },
    "fault": {
        "en": "The display of my {product} shows {code} and it stops. What can I do?",
        "fr": "L'écran de mon {product} affiche {code} et il s'arrête. Que puis-je faire ?",
        "de": "Mein {product} zeigt {code} und bleibt stehen. Was kann ich tun?",
        "nl": "Mijn {product} toont {code} en stopt. Wat kan ik doen?",
        "es": "La pantalla de mi {product} muestra {code} y se para. ¿Qué puedo hacer?",
        "it": "Il display del mio {product} mostra {code} e si ferma. Cosa posso fare?",
        "pl": "Mój {product} pokazuje {code} i się zatrzymuje. Co mogę zrobić?",
        "sv": "Min {product} visar {code} och stannar. Vad kan jag göra?",
        "pt": "O visor do meu {product} mostra {code} e pára. O que posso fazer?",
        "ja": "{product}に{code}と表示されて止まります。どうすればいいですか。",
    },
    "question": {
        "en": "Which programme of the {product} uses the least water?",
        "fr": "Quel programme du {product} consomme le moins d'eau ?",
        "de": "Welches Programm des {product} braucht am wenigsten Wasser?",
        "nl": "Welk programma van de {product} gebruikt het minste water?",
        "es": "¿Qué programa del {product} gasta menos agua?",
        "it": "Quale programma del {product} usa meno acqua?",
        "pl": "Który program {product} zużywa najmniej wody?",
        "sv": "Vilket program på {product} drar minst vatten?",
        "pt": "Que programa do {product} gasta menos água?",
        "ja": "{product}で一番水を使わないコースはどれですか。",
    },
    "thanks": {
        "en": "It works again. Thank you for the quick help!",
        "fr": "Ça remarche. Merci pour votre aide rapide !",
        "de": "Es läuft wieder. Danke für die schnelle Hilfe!",
        "nl": "Hij doet het weer. Bedankt voor de snelle hulp!",
        "es": "Ya funciona. ¡Gracias por la ayuda tan rápida!",
        "it": "Funziona di nuovo. Grazie per l'aiuto veloce!",
        "pl": "Znowu działa. Dziękuję za szybką pomoc!",
        "sv": "Den fungerar igen. Tack för snabb hjälp!",
        "pt": "Já funciona. Obrigado pela ajuda rápida!",
        "ja": "直りました。早い対応をありがとうございます。",
    },
    "return": {
        "en": "This is the second time. I want to give the {product} back.",
        "fr": "C'est la deuxième fois. Je veux rendre le {product}.",
        "de": "Das ist das zweite Mal. Ich möchte das Gerät {product} zurückgeben.",
        "nl": "Dit is de tweede keer. Ik wil de {product} teruggeven.",
        "es": "Es la segunda vez. Quiero devolver el {product}.",
        "it": "È la seconda volta. Voglio restituire il {product}.",
        "pl": "To już drugi raz. Chcę zwrócić {product}.",
        "sv": "Det är andra gången. Jag vill lämna tillbaka {product}.",
        "pt": "É a segunda vez. Quero devolver o {product}.",
        "ja": "これで二度目です。{product}を返品したいです。",
    },
}
MOOD = {"late": -0.6, "fault": -0.3, "question": 0.1, "thanks": 0.8, "return": -0.8}


def said(topic: str, language: str, **words: str) -> str:
    texts = SAID[topic]
    return texts.get(language, texts["en"]).format(**words)
