# An option that needs a value, at the end.
bigdata row_by_row --limit
