"""The kinds of rules: one class in one file each; what stands here is found by itself."""
