# A folder that is not there.
bigdata row_by_row --dry-run --directory nowhere
