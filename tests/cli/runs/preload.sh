database
sample 20
row_by_row --preload --queue 0 2>/dev/null | rows data
