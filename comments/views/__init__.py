"""Pages of a conversation: reading it, writing in it, and following one's own comment."""
