"""Parameters of an address that say how somebody came there, not what is there."""

import re
from typing import Final

ANYWHERE: Final = re.compile(
    "(?:utm|mtm|matomo|pk|piwik|at|hsa|hmb|ga|itm|cm_mmc|oly|vero|trk)_.*|_(?:ga|gl|hsenc|hsmi)"
    "|__(?:hstc|hssc|hsfp|s|twitter_impression)|hsctatracking|wt[._](?:mc|zmc|nav).*"
    "|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|srsltid|msclkid|twclid|ttclid|yclid|ysclid"
    "|igshid|igsh|li_fat_id|rb_clickid|wickedid|s_kwcid|sc_cid|scid|epik|mkt_tok|mc_cid|mc_eid"
    "|ref_src|ref_url|spm|cmpid|ncid|smid|smtyp|sharedtoken|cn-track|ns_(?:source|mchannel|campaign"
    "|linkname|fee)|mibextid|fb_(?:action_ids|action_types|ref|source)|guccounter|guce_referrer.*"
    "|xtor|soc_src|soc_trk|via_id|cmp|campaign_id|share_id|casa_token",
    re.IGNORECASE,
)
# Names that mean something elsewhere.
ON: Final = {
    "youtube.com": frozenset({"feature", "si", "pp", "ab_channel", "t"}),
    "youtu.be": frozenset({"feature", "si", "t"}),
    "open.spotify.com": frozenset({"si", "context"}),
    "twitter.com": frozenset({"s", "t", "ref"}),
    "x.com": frozenset({"s", "t", "ref"}),
    "nytimes.com": frozenset({"partner", "unlocked_article_code"}),
    "jstor.org": frozenset({"seq"}),
    "medium.com": frozenset({"source", "sk"}),
}


def is_tracking(host: str, name: str) -> bool:
    """Whether a parameter of this name may go from an address on this host."""
    return bool(ANYWHERE.fullmatch(name)) or name in ON.get(host, ())
