# LF and CRLF, a last line without an end, plain, gzip and zip: the same records.
points
printf '1,2\n3,4\n' >lf.csv
printf '1,2\r\n3,4\r\n' >crlf.csv
printf '1,2\n3,4' >open.csv
gzip -k lf.csv
zip -q crlf.zip crlf.csv
for file in lf.csv crlf.csv open.csv lf.csv.gz crlf.zip; do
  bigdata points.lua --dry-run --file "$file" 2>/dev/null | grep -c '[^0-9]2[^0-9].*record'
done | uniq -c | tr -s ' '
