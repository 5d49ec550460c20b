"""What the sample company's desk answers, per language and topic, and what customers say to that."""

ANSWERS = {
    "late": {
        "en": "I am sorry, {name}. Your {product} is with the carrier and comes tomorrow morning; delivery is free.",
        "fr": "Mes excuses, {name}. Votre {product} est chez le transporteur et arrive demain matin ; la livraison est"
        " offerte.",
        "de": "Das tut mir leid, {name}. Ihr {product} ist beim Spediteur und kommt morgen Vormittag; die Lieferung kostet"
        " Sie nichts.",
        "nl": "Het spijt me, {name}. Uw {product} is bij de vervoerder en komt morgenochtend; de levering is gratis.",
        "es": "Lo siento, {name}. Su {product} está con el transportista y llega mañana por la mañana; el envío es gratis.",
        "it": "Mi dispiace, {name}. Il suo {product} è dal corriere e arriva domani mattina; la consegna è gratuita.",
        "pl": "Przepraszam, {name}. {product} jest u przewoźnika i dotrze jutro przed południem; dostawa jest bezpłatna.",
        "sv": "Jag ber om ursäkt, {name}. Din {product} är hos transportören och kommer i morgon förmiddag, fraktfritt.",
        "pt": "Lamento, {name}. O seu {product} está na transportadora e chega amanhã de manhã; a entrega é grátis.",
        "ja": "{name}様、申し訳ございません。{product}は明日の午前中に届きます。送料は無料にいたします。",
    },
    "fault": {
        "en": "Hello {name}, {code} says that the water does not drain. Open the flap at the bottom right and clean the"
        " filter, please. Does it run then?",
        "fr": "Bonjour {name}, {code} indique que l'eau ne s'évacue pas. Ouvrez la trappe en bas à droite et nettoyez le"
        " filtre. Est-ce que cela fonctionne ?",
        "de": "Guten Tag {name}, {code} heißt, dass das Wasser nicht abläuft. Öffnen Sie bitte die Klappe unten rechts und"
        " reinigen Sie das Sieb. Läuft es dann?",
        "nl": "Hallo {name}, {code} betekent dat het water niet wegloopt. Open het klepje rechtsonder en maak het filter"
        " schoon. Werkt het dan?",
        "es": "Hola {name}, {code} indica que el agua no sale. Abra la tapa abajo a la derecha y limpie el filtro.",
        "it": "Buongiorno {name}, {code} indica che l'acqua non scarica. Apra lo sportello in basso a destra e pulisca il"
        " filtro. Ora funziona?",
        "pl": "Dzień dobry {name}, {code} oznacza, że woda nie odpływa. Proszę otworzyć klapkę na dole po prawej i oczyścić"
        " filtr. Czy teraz działa?",
        "sv": "Hej {name}, {code} betyder att vattnet inte rinner ut. Öppna luckan nere till höger och rengör filtret."
        " Fungerar det då?",
        "pt": "Olá {name}, {code} indica que a água não escoa. Abra a tampa em baixo à direita e limpe o filtro.",
        "ja": "{name}様、{code}は排水できないという表示です。右下のふたを開けてフィルターを掃除してください。動きますか。",
    },
    "question": {
        "en": "Good question, {name}: “Eco 40” of the {product} uses the least water, 38 litres.",
        "fr": "Bonne question, {name} : « Éco 40 » du {product} consomme le moins d'eau, 38 litres.",
        "de": "Gute Frage, {name}: „Eco 40“ des {product} braucht am wenigsten Wasser, 38 Liter.",
        "nl": "Goede vraag, {name}: “Eco 40” van de {product} gebruikt het minste water, 38 liter.",
        "es": "Buena pregunta, {name}: «Eco 40» del {product} gasta menos agua, 38 litros.",
        "it": "Buona domanda, {name}: «Eco 40» del {product} usa meno acqua, 38 litri.",
        "pl": "Dobre pytanie, {name}: „Eco 40” w {product} zużywa najmniej wody, 38 litrów.",
        "sv": "Bra fråga, {name}: ”Eco 40” på {product} drar minst vatten, 38 liter.",
        "pt": "Boa pergunta, {name}: «Eco 40» do {product} gasta menos água, 38 litros.",
        "ja": "{name}様、{product}では「エコ40」が一番少なく、38リットルです。",
    },
    "return": {
        "en": "I understand, {name}. We fetch the {product} on the day that suits you and give you all of your money back.",
        "fr": "Je comprends, {name}. Nous reprenons le {product} le jour qui vous convient et vous remboursons entièrement.",
        "de": "Das verstehe ich, {name}. Wir holen das Gerät {product} ab, wann es Ihnen passt, und erstatten alles.",
        "nl": "Dat begrijp ik, {name}. Wij halen de {product} op wanneer het u past en betalen alles terug.",
        "es": "Lo entiendo, {name}. Recogemos el {product} el día que le convenga y le devolvemos todo el dinero.",
        "it": "Capisco, {name}. Ritiriamo il {product} quando le fa comodo e le rimborsiamo tutto.",
        "pl": "Rozumiem, {name}. Odbierzemy {product} w dogodnym dla Pana/Pani dniu i zwrócimy całą kwotę.",
        "sv": "Jag förstår, {name}. Vi hämtar {product} när det passar dig och betalar tillbaka allt.",
        "pt": "Compreendo, {name}. Recolhemos o {product} no dia que lhe convier e devolvemos todo o dinheiro.",
        "ja": "{name}様、承知いたしました。ご都合のよい日に{product}を引き取り、全額を返金いたします。",
    },
    "thanks": {
        "en": "Glad to hear it, {name}!",
        "fr": "Ravi de l'apprendre, {name} !",
        "de": "Das freut mich, {name}!",
        "nl": "Fijn om te horen, {name}!",
        "es": "¡Me alegro, {name}!",
        "it": "Mi fa piacere, {name}!",
        "pl": "Bardzo się cieszę, {name}!",
        "sv": "Vad roligt att höra, {name}!",
        "pt": "Ainda bem, {name}!",
        "ja": "{name}様、よかったです。",
    },
}
SUBJECTS = {
    "late": {"en": "Where is my {product}?", "fr": "Où est mon {product} ?", "de": "Wo bleibt mein {product}?"},
    "fault": {"en": "{product} shows {code}", "fr": "{product} affiche {code}", "de": "{product} zeigt {code}"},
    "question": {"en": "A question about {product}", "fr": "Une question sur {product}", "de": "Frage zum {product}"},
    "return": {"en": "{product}: I want to return it", "fr": "Retour du {product}", "de": "Rückgabe {product}"},
}


def answer(topic: str, language: str, **words: str) -> str:
    texts = ANSWERS[topic]
    return texts.get(language, texts["en"]).format(**words)


def subject(topic: str, language: str, **words: str) -> str:
    texts = SUBJECTS[topic]
    return texts.get(language, texts["en"]).format(**words)
