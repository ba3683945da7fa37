# With --max-errors it is counted, shown, and left out.
database
sample 5
zip=$(ls data/*00001_uf1.zip)
member=$(unzip -Z1 "$zip")
unzip -p "$zip" | awk -F, -v OFS=, 'NR == 3 { $5 = "9999999" } { print }' >"$member"
rm "$zip"
zip -q "$zip" "$member"
row_by_row --max-errors 1 2>/dev/null
sql "select count(*) from data_element"
