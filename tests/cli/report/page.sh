# The page of a run, and of what was saved.
database
sample 2
row_by_row --quiet --json result.json --html first.html >/dev/null
bigdata report result.json --html second.html
cmp first.html second.html
grep -q "<svg" first.html
cp result.json kept.json
bigdata report result.json --html ./result.json
cmp result.json kept.json
bigdata report result.json result.json --html third.html
