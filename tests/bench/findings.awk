# findings.awk - what the report of a sweep of two trials says of the second one: for each figure
# that is compared a line "rate|CPU,WORDS,RATIO,COULD-SHOW".

/^Compared with / { comparing = 1 }
!comparing { next }
/^[^ ].*, CPU us/ { figure = "CPU" }
/^[^ ].*, (rows|records)\/s$/ { figure = "rate" }
/^  [^ ]/ { words = substr($0, 3) }
/^    [^ ]/ && $(NF - 2) ~ /\.\./ { print figure "," words "," $(NF - 3) "," $(NF - 1) }
