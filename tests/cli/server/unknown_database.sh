bigdata row_by_row --dburl "host=$SERVER user=tests dbname=nowhere"
