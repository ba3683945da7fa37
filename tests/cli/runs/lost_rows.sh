# A trigger drops a row of the table: the run says so, and fails.
database
sample 20
row_by_row --limit 5 2>/dev/null | grep arrived
sql <<'SQL'
create function drop_one() returns trigger language plpgsql as
  'begin if new.logrecno = ''0000003'' then return null; end if; return new; end';
create trigger drop_one before insert on geo_record for each row execute function drop_one();
SQL
row_by_row --limit 5 >report
status=$?
grep -A 2 "arrived: NOT" report
row_by_row --limit 2 --no-verify 2>/dev/null | grep verified
exit $status
