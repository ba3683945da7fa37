# tests/bench/searching.bash - the part `searching` of tests/bench/run, which sources it: what
# --find poolsize answers, against a grid of all sizes.
# shellcheck shell=bash disable=SC2154 # variables of tests/bench/run
#
#   GRID=100            sizes of the grid, from 1 on; the server has no more connections either
#   SEARCH_SECONDS=0.8  of one run
grid=${GRID:-100}
search_seconds=${SEARCH_SECONDS:-0.8}
crowded=$work/crowded # a server's folder

# Six connections are not for the pool: the server's superuser has three of them, a search three.
start_crowded() {
  tests/support/server start "$crowded" "max_connections = $((grid + 6))" "fsync = on"
  crowd="host=$crowded user=tests dbname=postgres"
}

# run_sizes SCENARIO OPTION...: leaves the report in $work/out and lines "SIZE RATE", one for each
# run, in $work/sizes.
run_sizes() {
  "$bigdata" "$1" --dburl "$crowd" --time "$search_seconds" --no-verify --monitor 0 --quiet \
    --csv "$work/steps.csv" "${@:2}" >"$work/out" 2>"$work/err" || {
    echo "bench: $* has failed:" >&2
    cat "$work/out" "$work/err" >&2
    return 1
  }
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["step"] != "geo" {
      done = $at["rows"] > 0 ? $at["rows"] : $at["records"]
      print $at["poolsize"], done / $at["seconds"]
    }' "$work/steps.csv" >"$work/sizes"
}

# grid_row LABEL: a row about the search in $work/found and the grid in $work/all; leaves the sizes
# that both answer in $work/answers.
grid_row() {
  awk -v label="$1" -v answer="$(sed -n '1s/ connections\{0,1\}:.*//p' "$work/answer")" \
    -v trials="$(wc -l <"$work/found")" -v answers="$work/answers" '
    { rate[$1] = $2 }
    $2 > rate[best] { best = $1 }
    END {
      for (size = 1; rate[size] < 0.95 * rate[best]; size++);
      printf "| %-12s | %8d | %8d | %6.2f | %5d: %7d | %9d | %9d | %15.2f |\n", label, NR, trials,
        trials / NR, best, rate[best], size, answer, rate[answer] / rate[best]
      print size, answer >answers
    }' "$work/all"
}

# Both answers again, in turns, since a single run of each size has its luck.
compare_answers() {
  local of_grid of_search
  read -r of_grid of_search <"$work/answers"
  if [ "$of_grid" = "$of_search" ]; then
    echo "$of_grid connections by the grid and by the search" >>"$work/again"
    return 0
  fi
  run_sizes "$2" --vary "poolsize=$of_grid,$of_search" --repeat "$pairs"
  awk -v size="$of_search" '$1 == size { print $2 }' "$work/sizes" >"$work/of.search"
  awk -v size="$of_grid" '$1 == size { print $2 }' "$work/sizes" >"$work/of.grid"
  table_row "$1: $of_search, $of_grid" "$work/of.search" "$work/of.grid" >>"$work/again"
}

# search_and_grid LABEL SCENARIO
search_and_grid() {
  run_sizes "$2" --vary "poolsize=1..$grid"
  mv "$work/sizes" "$work/all"
  run_sizes "$2" --find poolsize
  mv "$work/sizes" "$work/found"
  mv "$work/out" "$work/answer"
  grid_row "$1" >>"$work/rows"
  compare_answers "$@"
}

searching() {
  start_crowded
  search_and_grid row_by_row row_by_row
  search_and_grid crowd tests/bench/crowd.lua
  printf '\nThe smallest pool within 5 %% of the best: a search, and a grid of 1 to %d\n\n' "$grid"
  printf '| %-12s | %8s | %8s | %6s | %14s | %9s | %9s | %15s |\n' "" "grid" "search" "share" \
    "grid's best" "grid says" "search" "of grid's best"
  printf '|%s|%s:|%s:|%s:|%s:|%s:|%s:|%s:|\n' "${dashes:0:14}" "${dashes:0:9}" "${dashes:0:9}" \
    "${dashes:0:7}" "${dashes:0:15}" "${dashes:0:10}" "${dashes:0:10}" "${dashes:0:16}"
  cat "$work/rows"
  table_head "Both answers again, in turns" "connections" "the search's" "the grid's"
  cat "$work/again"
}
