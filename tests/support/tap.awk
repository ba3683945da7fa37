# tap.awk - count the cases of a TAP stream.
#
# Prints "PASSED FAILED SKIPPED", then what is to be shown: failed cases with their notes, reasons
# for skipping, and what is wrong with the stream itself, which counts as one more failed case.
# Wants status (the exit status of the program that wrote it), seconds (its time limit) and reports
# (the number of sanitizer reports). Several plans, one for each group of tests, are added up.

function show(text) { shown = shown "\n  " text }

function broken(text) {
  failed++
  show(text)
}

/^1\.\.[0-9]+/ {
  planned += substr($1, 4)
  plans++
  next
}

# Skipped cases come as "ok" and, from cmocka, as "not ok".
/^(not )?ok / && /# *SKIP/ {
  skipped++
  seen++
  reason = $0
  sub(/^.*# *SKIP */, "", reason)
  show("skipped: " reason)
  next
}

/^ok / {
  passed++
  seen++
  failing = 0
  next
}

/^not ok / {
  failed++
  cases_failed++
  seen++
  failing = 1
  show($0)
  next
}

/^Bail out!/ { show($0) }

/^#/ && failing { show($0) }

END {
  if (reports)
    broken(reports " report(s) of a sanitizer (status " status ")")
  else if (status == 124 || status == 137)
    broken("not done after " seconds " s")
  else if (!plans)
    broken("ended with status " status " and without a plan")
  else if (planned != seen)
    broken("planned " planned " cases, but reported " seen " (status " status ")")
  else if (status != 0 && !cases_failed)
    broken("ended with status " status ", though no case had failed")
  printf "%d %d %d%s\n", passed, failed, skipped, shown
}
