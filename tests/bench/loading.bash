# tests/bench/loading.bash - the part `loading` of tests/bench/run, which sources it: the fastest
# way to load both Census files, on its four connections and on one, against psql's \copy, which has
# one; and over the whole length of a file.
# shellcheck shell=bash disable=SC2154 # variables of tests/bench/run
#
#   LOADED=5000  records of 222 elements in one run of the comparison
loaded=${LOADED:-5000}
loads=
files=

# A database of its own, since a run empties the tables.
prepare_loads() {
  start_server
  sql "create database loads"
  loads="host=$server user=tests dbname=loads"
  "$bigdata" rebuild --dburl "$loads" >"$work/out"
  files=$census
  if [ ! -e "$census/ny00001.truncated.uf1.zip" ]; then
    files=$work/load
    "$bigdata" data generate --records 50000 --seed 1 --output "$files" >"$work/out"
  fi
}

loads_sql() { psql -q -X -A -t -h "$server" -U tests -d loads -c "$1"; }

# bulk_load OPTION...: leaves the rows and the seconds of the elements in $work/figures.
bulk_load() {
  loads_sql checkpoint
  "$bench/measure" "$work/usage" "$bigdata" bulk_load --dburl "$loads" --directory "$files" \
    --quiet --csv "$work/steps.csv" "$@" >"$work/out" 2>"$work/err" || {
    echo "bench: bulk_load has failed:" >&2
    cat "$work/out" "$work/err" >&2
    return 1
  }
  step_figures data rows seconds >"$work/figures"
}

# The same elements, laid out as psql wants them before its clock starts.
copy_columns="geo_record_id, dictionary_item_id, value"
lay_out() {
  loads_sql "\\copy (select $copy_columns from data_element) to '$work/elements.tsv'"
}

# psql's seconds are those of the statement, as ours are.
psql_copy() {
  loads_sql "truncate data_element" && loads_sql checkpoint
  psql -q -X -h "$server" -U tests -d loads -c '\timing on' \
    -c "\\copy data_element ($copy_columns) from '$work/elements.tsv'" >"$work/out"
  echo "$(loads_sql "select count(*) from data_element")" \
    "$(awk '$1 == "Time:" { print $2 / 1000 }' "$work/out")" >"$work/figures"
}

# load NAME COMMAND...: adds its rate to $work/NAME.
load() {
  "${@:2}"
  awk '{ print $1 / $2 }' "$work/figures" >>"$work/$1"
}

compare_loads() {
  local i count
  bulk_load --limit "$loaded"
  lay_out
  for ((i = 0; i < pairs; i++)); do
    load loads.psql psql_copy
    for count in 4 1; do
      load "loads.$count" bulk_load --limit "$loaded" --poolsize "$count"
    done
  done
  table_head "Loading data elements, constraints in place: rows/s" "bulk_load on" \
    "bigdata bulk_load, from the zip" "psql \\copy, 1 connection, laid out"
  table_row "4 connections" "$work/loads.4" "$work/loads.psql"
  table_row "1 connection" "$work/loads.1" "$work/loads.psql"
}

# Rates of the whole, and of the first and the last quarter of it.
load_all() {
  rm -f "$work/usage"
  bulk_load --log "$work/log"
  printf '\nLoading all of %s\n\n' "$files"
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["step"] == "data" { rate[++n] = $at["rows_per_second"] }
    END {
      quarter = int(n / 4) ? int(n / 4) : 1
      for (i = 1; i <= quarter; i++) { first += rate[i]; last += rate[n + 1 - i] }
      printf "rows/s in the first quarter of its time %d, in the last %d\n",
        first / quarter, last / quarter
    }' "$work/log"
  awk '{ printf "%d rows in %.1f s, %d rows/s\n", $1, $2, $1 / $2 }' "$work/figures"
  awk '{ printf "peak memory %.1f MiB\n", $4 / 1024 }' "$work/usage"
}

loading() {
  prepare_loads
  compare_loads
  load_all
}
