# A geo record must be 400 characters long.
sample 5
zip=$(ls data/*geo*.zip)
unzip -p "$zip" | sed '3s/..\r*$/\r/' >"$(unzip -Z1 "$zip")"
rm "$zip"
zip -q "$zip" ./*geo*
bigdata row_by_row --dry-run --directory data >/dev/null
