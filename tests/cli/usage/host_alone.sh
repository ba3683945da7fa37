# -h is the host, as in psql, and no help.
bigdata -h
bigdata row_by_row -h
bigdata row_by_row -p many -h localhost
