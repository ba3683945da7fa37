bigdata row_by_row --log - --limit 1
