# Any scenario as a sweep; cut short, it goes on.
database
sample 3
vary="--vary engine=threads,poll --vary poolsize=1..4x2"
# shellcheck disable=SC2086 # words
row_by_row_sweep() { bigdata row_by_row --directory data --dburl "$url" $vary "$@"; }

row_by_row_sweep --repeat 2 --quiet --json all.json
bigdata report all.json --quiet | wc -l
row_by_row_sweep --repeat 3 --continue all.json 2>&1 | grep '^trial [0-9]'
