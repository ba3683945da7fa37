# Nor when all goes well, nor where the connection string itself is wrong.
database
sample 5
psql -q -h "$SERVER" -U tests -d postgres -c "grant all on database $CASE to guarded"
sql "grant all on schema public to guarded"
{
  bigdata row_by_row --directory data --poolsize 2 --progress 1 --verbose \
    --dburl "postgresql://guarded:secret@/$CASE?host=$SERVER"
  echo "status $?"
  PGPASSWORD=secret bigdata row_by_row --directory data --poolsize 2 --verbose \
    --dburl "host=$SERVER user=guarded dbname=$CASE"
  echo "status $?"
  bigdata row_by_row --dburl "postgresql://guarded:secret@[broken/$CASE" --verbose
  echo "status $?"
  bigdata row_by_row --dburl "host=$SERVER user=guarded password=secret nonsense=1" --verbose
  echo "status $?"
} >output 2>&1
grep status output
! grep -n secret output || echo "the password was printed"
