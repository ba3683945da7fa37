# tests/bench/shipping.bash - the part `shipping` of tests/bench/run, which sources it: what it
# costs to ship rows, against a bare libpq loop that does only that; and the proof of their arrival,
# against --no-verify.
# shellcheck shell=bash disable=SC2154 # variables of tests/bench/run
#
#   SHIPPED=5000  records of 240 rows in one run
shipped=${SHIPPED:-5000}
few=$((shipped / 20)) # records of a run whose cost is taken for that of starting

# write_records COUNT: a file of so many, the same rows that bare_ship makes up.
write_records() {
  [ -e "$work/records.$1" ] || awk -v count="$1" 'BEGIN {
    for (i = 0; i < 240; i++) values = values "," 1000000 + i
    for (i = 0; i < count; i++) print i values
  }' >"$work/records.$1"
}

# The programs: METHOD RECORDS.
ship_proved() {
  "$bench/measure" "$work/figures" "$bigdata" tests/bench/ship.lua --dburl "$url" --quiet \
    --file "$work/records.$2" --poolsize 1 --insert "$1" --monitor 0 "${@:3}"
}
ship_bigdata() { ship_proved "$@" --no-verify; }
ship_bare() { "$bench/measure" "$work/figures" "$bench/bare_ship" "$url" "$1" "$2" 240; }

# ship_cpu PROGRAM METHOD RECORDS: prints its CPU seconds.
ship_cpu() {
  sql "truncate shipped"
  rm -f "$work/figures"
  "ship_$1" "$2" "$3" >"$work/out" 2>"$work/err" || {
    echo "bench: $1 $2 has failed:" >&2
    cat "$work/out" "$work/err" >&2
    return 1
  }
  [ "$(sql "select count(*) from shipped")" -eq $(($3 * 240)) ] || {
    echo "bench: $1 $2 has not shipped all rows" >&2
    return 1
  }
  awk '{ print $2 + $3 }' "$work/figures"
}

# ship_run PROGRAM METHOD RECORDS FILE: adds nanoseconds a row, without starting, to the file.
ship_run() {
  local start all
  start=$(ship_cpu "$1" "$2" "$few")
  all=$(ship_cpu "$1" "$2" "$3")
  awk -v start="$start" -v all="$all" -v rows=$((($3 - few) * 240)) \
    'BEGIN { print (all - start) / rows * 1e9 }' >>"$4"
}

# compare_shipping METHOD RECORDS A B: a row of the table, from runs of both programs in turns.
compare_shipping() {
  local i
  write_records "$2"
  rm -f "$work/ship.a" "$work/ship.b"
  for ((i = 0; i < pairs; i++)); do
    ship_run "$3" "$1" "$2" "$work/ship.a"
    ship_run "$4" "$1" "$2" "$work/ship.b"
  done
  table_row "$1" "$work/ship.a" "$work/ship.b"
}

shipping() {
  start_server
  sql "create unlogged table shipped (record integer, value text)"
  write_records "$few"
  table_head "Shipping rows, 240 a record, one connection: client CPU, ns/row" \
    "method" "bigdata, reading a file" "bare libpq, rows made up"
  compare_shipping pipeline "$shipped" bigdata bare
  compare_shipping copy "$shipped" bigdata bare
  table_head "Proof of arrival, such rows: client CPU, ns/row" "method" "with it" "--no-verify"
  compare_shipping row "$((few * 2))" proved bigdata # so slow that this is long enough
  compare_shipping pipeline "$shipped" proved bigdata
  compare_shipping copy "$shipped" proved bigdata
}
