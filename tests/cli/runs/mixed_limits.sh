# mixed ends where --limit or --time says, and after --count where that is given.
database
run() { bigdata mixed --rows 1000 --ranges 0 --updates 0 --reads 1 "$@" 2>/dev/null; }
run --dry-run --limit 20k | grep -o 'read: [0-9,]* records'
run --dry-run --time 5 | grep -o 'read: [0-9,]* records'
run --dburl "$url" -c 2 --queue 100 --time 2 | grep -o 'transactions: ended .*'
run --dburl "$url" -c 2 --count 200 --time 20 --quiet | sed 's/ [0-9,]* / N /'
run --dburl "$url" -c 2 --count 200 --time 20 | grep 'source ended'
