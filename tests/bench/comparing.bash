# tests/bench/comparing.bash - the part `comparing` of tests/bench/run, which sources it: how often
# the comparison of a sweep is right, where it is known what is to be found.
# shellcheck shell=bash disable=SC2154 # variables of tests/bench/run
#
#   COMPARISONS=25   sweeps that compare a setting with itself, counting, and as many inserting
#   PLANTED=20       sweeps that compare with what is a tenth slower
#   TURNS=10         runs of each of a sweep's two trials
#   TRIAL_SECONDS=1  of one run: in a shorter one a moment of other work weighs too much
comparisons=${COMPARISONS:-25}
planted=${PLANTED:-20}
turns=${TURNS:-10}
trial_seconds=${TRIAL_SECONDS:-1}

# So many rows more to count that a statement takes a ninth longer (by measurement), and the rate is
# a tenth less.
slower=rows=10000,11600
# More records than there is time for: a flag without effect.
same=count=1000000000,1000000001

# sweep SCENARIO OPTION...: leaves its report in $work/out.
sweep() {
  "$bigdata" "tests/bench/$1.lua" --dburl "$url" --no-verify --monitor 0 "${@:2}" \
    >"$work/out" 2>"$work/err" || {
    echo "bench: $* has failed:" >&2
    cat "$work/out" "$work/err" >&2
    return 1
  }
}

# found NAME SEED SCENARIO OPTION...: adds what the sweep's comparison finds to $work/NAME.
found() {
  sweep "${@:3}" --seed "$2" --time "$trial_seconds" --repeat "$turns"
  awk -f tests/bench/findings.awk "$work/out" >"$work/findings"
  [ -s "$work/findings" ] || {
    echo "bench: $* compares nothing:" >&2
    cat "$work/out" >&2
    return 1
  }
  cat "$work/findings" >>"$work/$1"
}

# How much slower the slower one is, by runs that are long enough to tell.
check_planted() {
  sweep counting --poolsize 1 --vary "$slower" --repeat "$pairs" --time "$seconds" \
    --csv "$work/steps.csv"
  awk -F, -v name="$work/planted" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { print $at["records"] / $at["seconds"] >>(name "." $at["trial"]) }' "$work/steps.csv"
  table_head "What is planted: a statement that counts more rows" "" "slower" "the other"
  table_row "statements/s" "$work/planted.rows ${slower#*,}" "$work/planted.rows 10000"
}

findings_form='| %-25s | %6s | %6s | %6s | %13s | %7s | %-19s | %10s |\n'

# counted PATTERN: how many of the findings have these words.
counted() { cut -d , -f 2 "$work/findings" | grep -c -x -E "$1" || true; }

# findings_row LABEL NAME FIGURE: how often each finding was made, and the medians.
findings_row() {
  grep "^$3," "$work/$2" >"$work/findings"
  cut -d , -f 3 "$work/findings" | sort -g >"$work/ratios"
  cut -d , -f 4 "$work/findings" >"$work/could"
  # shellcheck disable=SC2059 # the format is ours
  printf "$findings_form" "$1" "$(wc -l <"$work/findings")" "$(counted 'faster|cheaper')" \
    "$(counted 'slower|dearer')" "$(counted 'no measurable difference')" \
    "$(counted 'too few runs to tell')" \
    "$(median "$work/ratios") ($(head -n 1 "$work/ratios") to $(tail -n 1 "$work/ratios"))" \
    "$(printf '%.0f %%' "$(median "$work/could")")"
}

comparing() {
  local i
  start_server
  check_planted
  for ((i = 1; i <= comparisons || i <= planted; i++)); do
    if [ "$i" -le "$comparisons" ]; then
      found counting.same "$i" counting --poolsize 1 --vary "$same"
      sql "truncate data_element"
      found inserting.same "$i" insert_one --vary "$same"
    fi
    [ "$i" -gt "$planted" ] || found counting.slower "$i" counting --poolsize 1 --vary "$slower"
  done
  printf '\nWhat comparisons find, by sweeps of %d runs of %s s each, in turns\n\n' "$turns" \
    "$trial_seconds"
  # shellcheck disable=SC2059
  printf "$findings_form" "" sweeps faster slower "no difference" "too few" "ratio" "could show"
  printf '|%s|%s:|%s:|%s:|%s:|%s:|%s|%s:|\n' "${dashes:0:27}" "${dashes:0:7}" "${dashes:0:7}" \
    "${dashes:0:7}" "${dashes:0:14}" "${dashes:0:8}" "${dashes:0:21}" "${dashes:0:11}"
  if [ "$comparisons" -gt 0 ]; then
    findings_row "counting: rate" counting.same rate
    findings_row "counting: client CPU" counting.same CPU
    findings_row "inserting: rate" inserting.same rate
    findings_row "inserting: client CPU" inserting.same CPU
  fi
  [ "$planted" -eq 0 ] || findings_row "counting, slower: rate" counting.slower rate
}
