# What a killed run had sent may be committed after it is gone: the next run waits for that.
database
sample 20
load() { row_by_row --resume --limit "$1" --quiet >/dev/null; }
load 5

# A connection that outlives its run: it has the sixth geo record, and is about to commit it.
mkfifo input
sql <input &
exec 3>input
cat >&3 <<'SQL'
begin;
insert into bigdata_done (load, step, first, records)
  select 'row_by_row', 'geo', (select max(r) + 1 from bigdata_done, unnest(records) as r
    where step = 'geo'), array[(select max(r) + 1 from bigdata_done, unnest(records) as r
    where step = 'geo')];
insert into geo_record (fileid, stusab, chariter, cifsn, logrecno)
  select fileid, stusab, chariter, cifsn, '0000006' from geo_record limit 1;
select 'under way';
SQL
some() { [ "$(sql "select count(*) from $1")" -gt 0 ]; }
wait_for some "pg_stat_activity where state = 'idle in transaction'"
load 20 &
wait_for some "pg_locks where not granted"
echo 'commit;' >&3
exec 3>&-
wait
sql "select count(*), count(distinct logrecno) from geo_record"
