# An installed program works from any folder, without the checkout.
BIGDATA_PROGRAM=$BIGDATA
(cd "$ROOT" && scripts/install "$BIGDATA_PROGRAM" "$OLDPWD/prefix")
BIGDATA=$PWD/prefix/bin/bigdata
mkdir elsewhere
cd elsewhere
bigdata list | grep -ow '^row_by_row'
bigdata row_by_row --dry-run >/dev/null 2>&1
echo "status $?"
database
bigdata row_by_row --dburl "$url" --poolsize 2 --limit 5 2>/dev/null | rows data
bigdata rebuild --dburl "$url" >/dev/null 2>&1
echo "status $?"
