"""What moderation comes to in numbers: the public ledger, and the desk's own statistics."""
