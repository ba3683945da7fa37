# What a file holds.
sample 30
bigdata data inspect data/*.zip
