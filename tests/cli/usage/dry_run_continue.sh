bigdata row_by_row --dry-run --continue nothing.json
