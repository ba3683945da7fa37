# Flags out of their range are named by themselves.
bigdata mixed --rows 0 --dburl "host=/nowhere"
status=$?
bigdata mixed --count 0 --dburl "host=/nowhere"
bigdata mixed --reads 101 --dburl "host=/nowhere"
exit "$status"
