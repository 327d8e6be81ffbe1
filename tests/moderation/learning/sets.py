"""Labelled comments in eight languages, made from sentences with gaps: the same for one seed."""

# ruff: noqa: RUF001, S311 (many alphabets; chance that must be the same each time)

import csv
import random

SPAM = {
    "en": [
        "Great post! I really enjoyed reading it. Visit {url} for more {thing}",
        "Buy cheap {thing} online without prescription at {url}",
        "Earn {money} a day working from home, ask me how: {url}",
        "I lost my money but {name} the hacker recovered it, contact {mail} or WhatsApp {phone}",
        "Nice article, very informative. Check out my website {url}",
        '<a href="http://{url}">{thing}</a> is what everybody needs',
        "[url=http://{url}]{thing}[/url] click here now",
        "Thanks for sharing this. I have bookmarked your site. {thing} agency {url}",
        "Hello! I simply would like to give you a huge thumbs up for the excellent information",
    ],
    "de": ["{thing} günstig online kaufen ohne Rezept {url}", "Kredit ohne Schufa bei {mail}"],
    "fr": ["Achetez {thing} pas cher {url}", "Offre de prêt entre particuliers, écrivez à {mail}"],
    "es": ["Gana {money} desde casa, haz clic aquí {url}", "Préstamo rápido, escribe a {mail}"],
    "ru": ["Купить {thing} дешево с доставкой {url}", "Лучшие онлайн казино с бонусом {url}"],
    "zh": ["网上赌场 注册送{money} {url}", "办理证件 加微信 {phone} 联系"],
}
GOOD = {
    "en": [
        "I think you misread {who} here: chapter {n} is about {noun}, not {noun}.",
        "Thank you for the answer. But how does that fit with what {who} says about {noun}?",
        "Agreed on the first point, less so on {noun}. The evidence for {noun} is thin.",
        "See {source} for the text of the treaty; page {n} is the relevant one.",
        "[cont.] As for {noun}, I would say that {who} changed his mind after 19{n}.",
        "I disagree. {who} never wrote that {noun} without {noun} is empty.",
        "I bought the book after your review and it is great, above all on {noun}.",
        "lol no, that's not how {noun} works",
    ],
    "de": ["Das überzeugt mich nicht: {who} meint mit {noun} etwas anderes, siehe Kapitel {n}."],
    "fr": ["Je ne suis pas d'accord : {who} parle de {noun}, pas de {noun}."],
    "es": ["No estoy de acuerdo con lo que dices sobre {noun}."],
    "ru": ["Не согласен: у {who} в главе {n} речь идёт о другом."],
    "zh": ["我不同意你关于{noun}的看法,请看第{n}页。"],
}
WORDS = {
    "thing": "viagra|replica watches|essay|casino|jerseys|SEO|backlinks|forex|followers|slots",
    "noun": "justice|liberty|sovereignty|property|consent|freedom|democracy|equality|the state",
    "who": "Rawls|Hobbes|Locke|Kant|Hegel|Marx|Mill|Rousseau|Arendt|Nozick|Hume",
    "source": "https://plato.stanford.edu/entries/rawls/|https://www.jstor.org/stable/2024987",
    "money": "$500|$3,000|€97|1250 EUR",
}


def make_set(seed, many, *, spam=0.5, languages=None):
    """(text, is spam) of so many comments."""
    chance = random.Random(seed)
    return [_one(chance, chance.random() < spam, languages) for _ in range(many)]


def make_texts(seed, many, *, spam):
    """Texts of one kind."""
    return [text for text, _ in make_set(seed, many, spam=1.0 if spam else 0.0)]


def write_set(path, rows):
    """The rows as a labelled set; its path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows((text, "spam" if is_spam else "ham") for text, is_spam in rows)
    return path


def _one(chance, is_spam, languages):
    kinds = SPAM if is_spam else GOOD
    language = chance.choice(languages or ["en"] * 5 + list(kinds))
    text = chance.choice(kinds[language])
    while "{" in text:
        start, end = text.index("{"), text.index("}")
        text = text[:start] + _fill(chance, text[start + 1 : end]) + text[end + 1 :]
    return text, is_spam


def _fill(chance, gap):
    if gap in WORDS:
        return chance.choice(WORDS[gap].split("|"))
    made = "".join(chance.choice("bdfklmnprst") + chance.choice("aeiou") for _ in range(4))
    return {
        "url": made + chance.choice([".com", ".ru", ".xyz", ".top", ".info"]),
        "mail": made + "@mail.example",
        "phone": f"+{chance.randint(10**10, 10**11)}",
        "name": made,
        "n": str(chance.randint(10, 99)),
    }[gap]
