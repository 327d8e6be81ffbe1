"""The rules as rows: shipped, changed in the admin, rehearsed before they are saved."""
