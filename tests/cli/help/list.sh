# Every scenario with its summary.
bigdata list
