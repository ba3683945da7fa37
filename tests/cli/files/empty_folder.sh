# A folder without Census files: what was looked for is said.
mkdir empty
bigdata row_by_row --dry-run --directory empty
