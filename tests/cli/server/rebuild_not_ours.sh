# Nor does rebuild drop what is not ours.
database
sql "create table data_element (id int); insert into data_element values (1), (2)"
bigdata rebuild --dburl "$url"
status=$?
sql "select count(*) from data_element"
exit $status
