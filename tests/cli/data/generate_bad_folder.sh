# The output cannot be a file.
touch file
bigdata data generate --records 3 --output file
