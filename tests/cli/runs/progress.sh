# Progress, where it is not a terminal: plain lines of pgbench's form on standard error.
database
sample 300
row_by_row --progress 0.05 --log intervals >/dev/null 2>errors
grep -q $'\r\|\033' errors && echo "control characters"
form='^progress: [0-9.]+ s, [0-9.]+ tps, lat [0-9.]+ ms stddev [0-9.]+, [0-9]+ failed, '
form+='p95 [0-9.]+ ms, (geo|data) '
grep -cE "$form" errors | awk '{print ($1 > 0 ? "lines" : "none")}'
grep '^progress:' errors | grep -vE "$form"
# units, and how long they took
awk -F, '$11 > 0 && $13 > 0 && $15 > 0 {n++} END {print (n > 0 ? "log" : "none")}' intervals
# A step shorter than the interval has its line, too.
row_by_row --quiet --limit 20 --progress 60 --log short >/dev/null 2>errors
awk -F, '{print $1, $5}' short
# With a rate there is the lag, as in pgbench's.
row_by_row --rate 100 --limit 50 --progress 0.1 >/dev/null 2>errors
form='^progress: .*, 0 failed, lag [0-9.]+ ms, p95 '
grep -cE "$form" errors | awk '{print ($1 > 0 ? "lag" : "none")}'
# A warm-up does not count.
row_by_row --quiet --limit 2 --warmup 0.2 --log warm >/dev/null 2>errors
awk -F, '{print $1, $5}' warm
