diff <(bigdata help row_by_row) <(bigdata row_by_row --help)
