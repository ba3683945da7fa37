# Files that are no results.
bigdata report
bigdata report missing.json
echo '{"format": "bigdata result", "format_version": 99}' >other.json
bigdata report other.json
printf '{\n  "format": "bigdata result",\n' >cut.json
bigdata report cut.json
echo 'step,records' >steps.csv
bigdata report steps.csv
database
sample 20
row_by_row --quiet --limit 20 --json result.json >/dev/null
sed 's/"rows":[^,]*/"rows": "many"/' result.json >mangled.json
bigdata report mangled.json
cat >search.json <<'JSON'
{"format": "bigdata result", "format_version": 1, "results": [], "search": {"over": "jobs"},
  "step_names": ["data"], "trials": [{"trial": "poolsize 1", "shown": {"poolsize": 1}}]}
JSON
bigdata report search.json
