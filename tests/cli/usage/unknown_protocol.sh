bigdata row_by_row -M binary
