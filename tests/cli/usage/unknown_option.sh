# A mistyped option is named, and so is the one that was meant.
bigdata row_by_row --pool-size 3
