"""The desk: what waits and is looked for, cards, acts and taking them back, and what is owed."""
