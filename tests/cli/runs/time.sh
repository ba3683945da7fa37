# --time ends a step early, and that is no failure.
database
sample 2000
row_by_row --time 0.5 2>/dev/null | grep -o 'data: ended when its time was up'
