# libpq's own variables say where to connect.
database
sample 5
export PGHOST=$SERVER PGUSER=tests PGDATABASE=$CASE
bigdata row_by_row --directory data --poolsize 2 2>/dev/null | rows data
sql "select count(*) from data_element"
