bigdata row_by_row --vary poolsize=8..1
