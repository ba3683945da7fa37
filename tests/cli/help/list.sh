# Every scenario with its summary, in at most 80 columns.
bigdata list | tee list
! grep -qE '.{81}' list
