# Progress, where it is not a terminal: plain lines on standard error.
database
sample 300
row_by_row --progress 0.05 >/dev/null 2>errors
grep -q $'\r\|\033' errors && echo "control characters"
grep -c rows errors | awk '{print ($1 > 0 ? "lines" : "none")}'
