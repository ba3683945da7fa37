# Files that are there are kept, unless they are to be replaced.
sample 3
cksum data/* >before
bigdata data generate --records 4 --output data
cksum data/* | diff before - && echo kept
bigdata data generate --records 4 --output data --overwrite
cksum data/* | diff -q before - >/dev/null || echo replaced
