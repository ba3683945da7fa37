# tests/bench/measuring.bash - the part `measuring` of tests/bench/run, which sources it: what it
# costs the program to measure itself and the server.
# shellcheck shell=bash disable=SC2154 # variables of tests/bench/run

# instructions PROGRAM ENGINE: those of a row in the threads that run workers, outside the kernel;
# here reading the clock is a system call.
instructions() {
  local rows=4000
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "--toggle-collect=bd_engine_$2_run" \
    "$1" tests/bench/insert_one.lua --dburl "$url" --quiet --engine "$2" --poolsize 15 --monitor 0 \
    --no-verify --count $rows >"$work/out" 2>"$work/err"
  awk -v rows=$rows '/ Collected : / { print $NF / rows }' "$work/err"
}

# All of it, on against off: the monitor, and the program with its clock, shares, histograms and
# counters of units against the one that is linked without.
whole() {
  local engine connections=15
  for engine in poll threads; do
    table_head "Inserting on 15 connections, --engine $engine: all that is measured" \
      "" "measured" "unmeasured"
    compare_inserting "${engine}_measured" "${engine}_unmeasured"
    if command -v valgrind >"$work/out"; then
      instructions "$bigdata" "$engine" >"$work/instructions.on"
      instructions "$unmeasured" "$engine" >"$work/instructions.off"
      table_row "instructions/row" "$work/instructions.on" "$work/instructions.off"
    fi
  done
}

# The monitor alone, by a load whose statements differ.
monitor() {
  local i hz
  for ((i = 0; i < pairs; i++)); do
    for hz in 20 0; do
      "$bigdata" row_by_row --dburl "$url" -c 15 -T "$seconds" --no-verify --monitor "$hz" --quiet \
        --csv "$work/steps.csv" >"$work/out" 2>"$work/err"
      awk -F, -v hz="$hz" -v work="$work" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        $at["step"] == "data" {
          cpu = $at["cpu_user_seconds"] + $at["cpu_system_seconds"]
          print cpu / $at["statements"] * 1e6 >>(work "/cpu." hz)
          print $at["rows"] / $at["seconds"] >>(work "/rate." hz)
        }' "$work/steps.csv"
    done
  done
  table_head "row_by_row on 15 connections, looked at by the monitor" \
    "" "20 times a second" "not at all"
  table_row "CPU us per statement" "$work/cpu.20" "$work/cpu.0"
  table_row "rows/s" "$work/rate.20" "$work/rate.0"
}

measuring() {
  printf '\nRecording a time, nanoseconds\n\n'
  "$bench/bench_histogram"
  start_server
  whole
  monitor
}
