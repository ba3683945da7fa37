bigdata row_by_row --vary polsize=1,2
