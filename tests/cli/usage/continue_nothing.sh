echo "{}" >x.json; bigdata row_by_row --vary poolsize=1,2 --continue x.json
