# A switch takes no value.
bigdata row_by_row --preload=yes
