# tests/bench/interpreter.bash - the part `interpreter` of tests/bench/run, which sources it: what
# an interpreter in the loop costs, by row_by_row's step of data elements.
# shellcheck shell=bash disable=SC2154 # variables of tests/bench/run
#
#   RECORDS=100           records of 222 elements in a run of the comparisons
#   SCHEDULED="15 50 150" numbers of connections of the table of schedulers, three records for each
#                         connection of the largest
records=${RECORDS:-100}
scheduled=${SCHEDULED:-15 50 150}
loops=

# A database of its own, since a run empties the tables.
prepare_loops() {
  start_server
  sql "create database loops"
  loops="host=$server user=tests dbname=loops"
  "$bigdata" rebuild --dburl "$loops" >"$work/out"
  "$bigdata" data generate --records $((records + 3 * ${scheduled##* } + 110)) --seed 1 \
    --output "$work/census" >"$work/out"
}

# take NAME COMMAND...: run it on empty tables; it leaves a JSON object in $work/figures. What it
# took is added to $work/NAME.cpu (microseconds a row), .seconds, and .turn (seconds waiting for the
# lock).
take() {
  local name=$work/$1
  shift
  psql -q -X -h "$server" -U tests -d loops -c "truncate geo_record, data_element" -c checkpoint
  "$@" >"$work/out" 2>"$work/err" || {
    echo "bench: $* has failed:" >&2
    cat "$work/out" "$work/err" >&2
    return 1
  }
  awk -v name="$name" '{
    sub(/"steps":.*/, "") # the figures of others
    gsub(/[{}",:]/, " ")
    for (i = 1; i < NF; i += 2) of[$i] = $(i + 1)
    print (of["cpu_user_seconds"] + of["cpu_system_seconds"]) * 1e6 / of["rows"] >>(name ".cpu")
    print of["seconds"] >>(name ".seconds")
    print of["turn_seconds"] + 0 >>(name ".turn")
  }' "$work/figures"
}

# ours SCENARIO OPTION...
ours() {
  local words
  words=$(printf '%s\n' "$@" --dburl "$loops" --directory "$work/census")
  TRIAL=$words FIGURES=$work/figures "$bigdata" test -o TAP tests/bench/trial.lua
}

# theirs PEER
theirs() {
  BIGDATA_DBURL=$loops BIGDATA_DIRECTORY=$work/census BIGDATA_LIMIT=$records BIGDATA_POOLSIZE=15 \
    /usr/bin/python3 "scenarios/peers/row_by_row_$1.py" >"$work/figures"
}

compare_loops() {
  local engine i loop
  table_head "The interpreter: client CPU of row_by_row, 15 connections, us/row" \
    "engine" "--loop lua" "--loop c"
  for ((i = 0; i < pairs; i++)); do
    for engine in poll threads; do
      for loop in lua c; do
        take "$engine.$loop" ours row_by_row --engine "$engine" --loop "$loop" --limit "$records"
      done
    done
  done
  for engine in poll threads; do
    table_row "$engine" "$work/$engine.lua.cpu" "$work/$engine.c.cpu"
  done
}

# The modules that a peer needs.
modules_of() {
  case $1 in
    threads) echo psycopg2 ;;
    gevent) echo psycopg2, gevent ;;
    asyncio) echo asyncpg ;;
    aiopg) echo async_timeout, aiopg ;;
  esac
}

compare_peers() {
  local i peer peers=() missing=() options
  for peer in threads gevent asyncio aiopg; do
    if /usr/bin/python3 -c "import $(modules_of "$peer")" 2>/dev/null; then
      peers+=("$peer")
    else
      missing+=("$peer")
    fi
  done
  table_head "Peers in Python: client CPU of row_by_row, 15 connections, us/row" \
    "peer" "bigdata --loop lua" "the peer"
  for ((i = 0; i < pairs; i++)); do
    for peer in "${peers[@]}"; do
      options=(--engine poll)
      [ "$peer" != threads ] || options=(--engine threads --lua-state shared)
      take "$peer.ours" ours row_by_row --loop lua "${options[@]}" --limit "$records"
      take "$peer.peer" theirs "$peer"
    done
  done
  for peer in "${peers[@]}"; do
    table_row "$peer" "$work/$peer.ours.cpu" "$work/$peer.peer.cpu"
  done
  for peer in "${missing[@]}"; do
    echo "$peer: skipped, /usr/bin/python3 has not all of $(modules_of "$peer"): run make peers"
  done
}

# One way of scheduling the Lua loop: the words of a command line.
schedule() {
  case $1 in
    threads-shared) echo row_by_row --loop lua --engine threads --lua-state shared ;;
    threads-worker) echo row_by_row --loop lua --engine threads --lua-state worker ;;
    poll) echo row_by_row --loop lua --engine poll ;;
    poll-aio) echo row_by_row_asyncio --loop lua --engine poll ;;
  esac
}

median() { sort -g "$1" | awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }'; }

compare_schedulers() {
  local ways=(threads-shared threads-worker poll) way count i words
  local limit=$((3 * ${scheduled##* }))
  [ ! -e scenarios/row_by_row_asyncio.lua ] || ways+=(poll-aio)
  for ((i = 0; i < 3; i++)); do
    for count in $scheduled; do
      for way in "${ways[@]}"; do
        read -r -a words <<<"$(schedule "$way")"
        take "$way.$count" ours "${words[@]}" --poolsize "$count" --limit "$limit"
      done
    done
  done
  printf '\nSchedulers of the Lua loop: row_by_row, %d rows, medians of 3 in turns\n' \
    $((limit * 222))
  printf '(waiting for the lock is the sum over all connections)\n\n'
  local form='| %-11s | %-14s | %9s | %12s | %20s |\n'
  # shellcheck disable=SC2059 # the format is ours
  printf "$form" connections scheduler seconds "CPU us/row" "waiting for the lock"
  printf '|%s|%s|%s:|%s:|%s:|\n' "${dashes:0:13}" "${dashes:0:16}" "${dashes:0:10}" \
    "${dashes:0:13}" "${dashes:0:21}"
  for count in $scheduled; do
    for way in "${ways[@]}"; do
      # shellcheck disable=SC2059
      printf "$form" "$count" "$way" "$(median "$work/$way.$count.seconds")" \
        "$(median "$work/$way.$count.cpu")" "$(median "$work/$way.$count.turn") s"
    done
  done
}

garbage() {
  "$bigdata" tests/bench/garbage.lua --dburl "$loops" --directory "$work/census" --loop lua \
    --poolsize 1 --limit 110 --quiet >"$work/out" 2>"$work/err" || {
    cat "$work/err" >&2
    return 1
  }
  awk '{
    printf "\nGarbage: a record of row_by_row (222 elements) allocates %.1f KiB in Lua\n", $1 / 1024
  }' "$work/err"
}

interpreter() {
  prepare_loops
  compare_loops
  compare_peers
  compare_schedulers
  garbage
}
