# The server's refusal is shown, and the password is not, however it was given.
database
for dburl in "host=$SERVER user=guarded dbname=$CASE password=hunter2" \
  "postgresql://guarded:hunter2@/$CASE?host=$SERVER"; do
  bigdata row_by_row --dburl "$dburl" --verbose >output 2>&1
  status=$?
  grep -o 'password authentication failed for user "guarded"' output
  ! grep -n hunter2 output || echo "the password was printed"
done
exit $status
