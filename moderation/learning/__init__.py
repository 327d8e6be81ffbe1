"""What decisions teach: how like spam a waiting comment is, and by which words. Decides nothing."""
