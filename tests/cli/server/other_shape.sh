# Tables of ours, changed by somebody: nothing is emptied, and the way out is named.
database
bigdata rebuild --dburl "$url" >/dev/null 2>&1
sql "alter table geo_record drop column logrecno cascade"
sql "insert into geo_record (fileid, stusab, chariter, cifsn) values ('a', 'b', 'c', 'd')"
sample 5
row_by_row
status=$?
sql "select count(*) from geo_record"
exit $status
