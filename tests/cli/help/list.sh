# Every scenario with its summary.
bigdata list | tee list
awk 'length > 80 { print "too wide: " $0 }' list
