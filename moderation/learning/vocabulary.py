"""What advertising says, in a few languages: a weak hint before anything was learned.

Beginnings of words, phrases of two words, and pieces for scripts without blanks. Any decision on a
comment with such a word outweighs the hint; none of them holds or rejects anything.
"""
# ruff: noqa: RUF001, SIM905 (many alphabets; a list of words is read more easily without quotes)

from typing import Final

BEGINNINGS: Final = frozenset(
    """subscrib suscrib sub4sub free winner prize claim cash bonus guarante cheap discount promo buy
    win txt viagra cialis casino poker betting loan credit crypto bitcoin forex invest profit earn
    income money whatsapp telegram escort sexy dating replica follower backlink seo hack giveaway
    urgent congratulation download shipping prescription pills
    kostenlos gratis gewinn günstig kaufen rabatt kredit angebot verdien klick
    gratuit gagne cliqu achet crédit prêt réduction abonne
    gana compra préstamo dinero barat oferta suscríb descuent
    grátis ganh clique empréstimo dinheiro desconto inscreva
    guadagn prestito soldi sconto clicca iscriviti
    бесплатн купить заработ казино кредит займ скидк подпиш ставк
    bedava ücretsiz tıkla""".split()
)
PHRASES: Final = frozenset(
    tuple(phrase.split())
    for phrase in """my channel,our channel,check out,check my,follow me,follow us,my website,
    my site,my blog,my page,visit my,visit us,visit our,click here,click on,sign up,gift card,
    order now,call now,contact him,haz clic,meine seite,mon site,mi página""".split(",")
)
PIECES: Final = tuple(
    "免费 微信 加我 赌场 优惠 点击 发票 代开 無料 副業 稼げ 무료 카지노 구독 대출".split()
)
LENGTHS: Final = sorted({len(word) for word in BEGINNINGS})


def advertises(word: str) -> bool:
    """Whether a casefolded word begins as advertising does; a short beginning must be all of it."""
    return any(
        word[:length] in BEGINNINGS and (length > 4 or len(word) <= length + 1)
        for length in LENGTHS
    )
