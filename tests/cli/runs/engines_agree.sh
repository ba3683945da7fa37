# Both engines, all protocols, with and without transactions: the same tables.
database
sample 20
for engine in threads "poll --jobs 2"; do
  for protocol in prepared extended simple; do
    for mode in "" --no-autocommit; do
      # shellcheck disable=SC2086
      row_by_row --engine $engine -M $protocol $mode --quiet >/dev/null 2>&1
      echo "status $?"
      sql "select count(*), md5(string_agg(g.logrecno || ' ' || d.dictionary_item_id || ' ' ||
        d.value, ',' order by g.logrecno, d.dictionary_item_id))
        from data_element as d join geo_record as g on g.id = d.geo_record_id"
    done
  done
done | sort | uniq -c | tr -s ' '
