"""Who writes, and what moderators said of it: sanctions, trust, and branches that are slowed."""
