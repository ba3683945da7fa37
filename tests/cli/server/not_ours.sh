# A table of that name, but not made by this program: nobody's data is lost by a typo.
database
sql "create table geo_record (id int); insert into geo_record values (1), (2)"
sample 5
row_by_row
status=$?
sql "select count(*) from geo_record"
exit $status
