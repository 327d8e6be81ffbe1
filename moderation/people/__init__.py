"""Who writes, and what moderators said of it: sanctions and trust."""
