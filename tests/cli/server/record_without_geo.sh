# A data record whose LOGRECNO no geo record has: it is named with its file and line.
database
sample 5
zip=$(ls data/*00001_uf1.zip)
member=$(unzip -Z1 "$zip")
unzip -p "$zip" | awk -F, -v OFS=, 'NR == 3 { $5 = "9999999" } { print }' >"$member"
rm "$zip"
zip -q "$zip" "$member"
row_by_row >/dev/null
