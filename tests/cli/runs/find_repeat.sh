# --repeat says how often a search measures what may be the answer.
database
bigdata row_by_row --dburl "$url" --limit 2 --engine poll -c 2 --find jobs --repeat 1 2>trials \
  >/dev/null
sed -n 's/^trial [0-9]*: //p' trials | sort >sizes
[ ! -s sizes ] || [ -n "$(uniq -d sizes)" ] || echo "no size twice"
