bigdata row_by_row --vary poolsize=1,2 --poolsize 3
