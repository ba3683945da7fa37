# A database that cannot be written to.
database
sql "alter database $CASE set default_transaction_read_only = on"
sample 5
row_by_row
