bigdata row_by_row --vary poolsize=1..100 --repeat 100 --time 5 </dev/null
