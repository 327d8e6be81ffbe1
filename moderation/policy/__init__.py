"""The comment policy: written as a draft, published as a version, quoted as it was worded."""
