# A flag out of its range is named by itself.
bigdata mixed --rows 0 --dburl "host=/nowhere"
