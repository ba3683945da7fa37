# A pool has at least one connection, and not more than a server could ever have.
bigdata row_by_row --poolsize 0
