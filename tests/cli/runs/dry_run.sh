# Reads everything, prints the plan, and touches no database, not even its own.
sample 20
PGHOST=/nowhere bigdata row_by_row --directory data --dry-run 2>/dev/null
