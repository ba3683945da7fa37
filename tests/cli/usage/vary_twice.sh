bigdata row_by_row --vary poolsize=1 --vary poolsize=2
