bigdata row_by_row --vary poolsize
