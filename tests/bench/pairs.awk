# pairs.awk - one row of a table from lines "a b", a pair of runs each: the median of either, and of
# the pairs' ratios, with the least and the most. Wants label.

function summary(values, digits,   i, j, swap) {
  for (i = 2; i <= NR; i++)
    for (j = i; j > 1 && values[j] < values[j - 1]; j--) {
      swap = values[j]
      values[j] = values[j - 1]
      values[j - 1] = swap
    }
  i = int((NR + 1) / 2)
  return sprintf("%.*f (%.*f to %.*f)", digits, (values[i] + values[NR + 1 - i]) / 2, digits,
    values[1], digits, values[NR])
}

{
  a[NR] = $1
  b[NR] = $2
  ratio[NR] = $1 / $2
}

END {
  digits = a[1] < 1000 ? 2 : 0
  printf "| %-22s | %-34s | %-34s | %-22s |\n", label, summary(a, digits), summary(b, digits),
    summary(ratio, 2)
}
