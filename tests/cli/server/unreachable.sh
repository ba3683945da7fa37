# Nobody listens there; the message is libpq's.
bigdata row_by_row --dburl "host=$PWD dbname=nowhere"
