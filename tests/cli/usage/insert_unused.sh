# Known before anything is run, with the default data: nothing is connected to.
bigdata row_by_row --dburl "host=/nowhere" --insert copy
bigdata row_by_row --dburl "host=/nowhere" --allow-executemany --protocol simple
bigdata row_by_row --dry-run --insert copy
bigdata row_by_row --dburl "host=/nowhere" --vary insert=row,copy
