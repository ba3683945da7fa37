# A zip of no bytes at all.
sample 5
: >data/"$(basename data/*geo*.zip)"
bigdata row_by_row --dry-run --directory data
