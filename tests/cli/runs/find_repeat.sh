# --repeat says how often a search measures what may be the answer.
database
bigdata row_by_row --dburl "$url" --limit 2 --engine poll -c 2 --find jobs --repeat 8 \
  --monitor 0 --no-verify 2>trials >/dev/null
times=$(sed -n 's/^trial [0-9]*: //p' trials | sort | uniq -c | sort -n | tail -n 1)
[ "${times%%jobs*}" -lt 8 ] || echo "eight times"
