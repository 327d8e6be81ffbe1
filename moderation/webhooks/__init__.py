"""Programs elsewhere that are told of acts: which messages (announcing), on their way (delivering),
and their pages in the admin."""
