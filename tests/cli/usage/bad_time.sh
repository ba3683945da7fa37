bigdata row_by_row --time soon
