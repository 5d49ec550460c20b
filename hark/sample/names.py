"""Names and streets per language, so that the sample's people sound as if they lived where they do."""

from unicodedata import normalize

_FIRST = {
    "fr": "Camille Louis Chloé Hugo Manon Jules Léa Gabriel Inès Raphaël Sarah Antoine Zoé Paul Amina Théo",
    "de": "Anna Lukas Marie Jonas Lena Felix Sophie Paul Emma Leon Aylin Maximilian Klara Finn Greta Emre",
    "nl": "Sanne Daan Lotte Sem Fleur Bram Eva Thijs Noor Lars Iris Ruben Femke Jesse Yara Mees",
    "en": "Olivia George Amelia Jack Isla Harry Grace Oliver Ava Noah Freya Arthur Maya James Zara Leo",
    "es": "Lucía Hugo Martina Mateo Paula Daniel Carmen Álvaro Sara Pablo Elena Javier Noa Diego Marta Adrián",
    "it": "Giulia Leonardo Sofia Lorenzo Aurora Matteo Chiara Andrea Elena Davide Greta Marco Bianca Luca",
    "pl": "Zofia Jakub Maja Antoni Hanna Szymon Julia Filip Alicja Kacper Lena Michał Oliwia Wojciech",
    "sv": "Alice Erik Maja Oskar Elsa Lucas Astrid William Ebba Nils Saga Axel Linnea Emil",
    "pt": "Matilde João Leonor Tomás Beatriz Francisco Mariana Duarte Inês Rodrigo Carolina Afonso",
    "ja": "陽菜 翔太 結衣 大輔 美咲 健太 葵 拓海 さくら 直樹 花 誠",
}
_LAST = {
    "fr": "Martin Bernard Dubois Petit Durand Leroy Lefebvre Girard Bonnet Fontaine Benali Mercier Faure",
    "de": "Müller Schmidt Weber Wagner Becker Hoffmann Schäfer Koch Richter Yılmaz Neumann Krüger Vogel",
    "nl": "Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Kuipers",
    "en": "Smith Jones Taylor Brown Patel Wilson Evans Walker Hughes Green Khan Clarke Bennett Okafor",
    "es": "García López Sánchez Romero Navarro Torres Molina Ortega Delgado Castro Vidal Serrano",
    "it": "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Conti Gallo",
    "pl": "Nowak Kowalska Wiśniewski Wójcik Kamińska Lewandowski Zielińska Szymański Woźniak Mazur",
    "sv": "Andersson Johansson Karlsson Nilsson Eriksson Larsson Lindberg Lindqvist Sandström Holm",
    "pt": "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes",
    "ja": "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤",
}
FIRST = {language: text.split() for language, text in _FIRST.items()}
LAST = {language: text.split() for language, text in _LAST.items()}

# How a Japanese name is written in an address, since e-mail names are Latin letters.
_ROMAJI = (
    "hina shota yui daisuke misaki kenta aoi takumi sakura naoki hana makoto"
    " sato suzuki takahashi tanaka ito watanabe yamamoto nakamura kobayashi kato"
)
ROMAJI = dict(zip(FIRST["ja"] + LAST["ja"], _ROMAJI.split(), strict=True))
STREETS = {
    "fr": ("rue Victor Hugo", "rue de la République", "quai Saint-Antoine", "avenue Jean Jaurès"),
    "de": ("Goethestraße", "Schillerstraße", "Lindenallee", "Bahnhofstraße"),
    "nl": ("Prinsengracht", "Kerkstraat", "Overtoom", "Molenweg"),
    "en": ("Victoria Road", "Church Lane", "High Street", "Maple Avenue"),
    "es": ("Calle Mayor", "Calle de Alcalá", "Carrer de Mallorca", "Paseo del Prado"),
    "it": ("Via Dante", "Corso Garibaldi", "Via Verdi", "Viale Monza"),
    "pl": ("ul. Długa", "ul. Lipowa", "al. Jerozolimskie", "ul. Polna"),
    "sv": ("Storgatan", "Linnégatan", "Kungsgatan", "Skolgatan"),
    "pt": ("Rua Augusta", "Avenida da Liberdade", "Rua do Ouro", "Rua das Flores"),
    "ja": ("梅田", "中之島", "天神橋", "堂島"),
}
_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "ı": "i", "æ": "ae"})


def latin(name: str) -> str:
    """The name as it stands in an e-mail address."""
    plain = normalize("NFKD", ROMAJI.get(name, name).lower().translate(_LETTERS))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
