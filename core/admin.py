"""The pages of this app in the admin, where Django looks for them."""

from core.account_admin import AccountAdmin
from core.mail_admin import MailAdmin
from core.site_admin import SiteSettingsAdmin

__all__ = ["AccountAdmin", "MailAdmin", "SiteSettingsAdmin"]
