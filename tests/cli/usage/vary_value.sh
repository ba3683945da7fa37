bigdata row_by_row --vary engine=threads,pol
