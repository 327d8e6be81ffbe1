"""The mails to moderators: what there is to tell (open), when (telling), and in which words."""
