"""The first status of a comment: facts by query, then pure rules that all run, then one verdict."""
