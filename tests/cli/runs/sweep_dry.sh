# What a sweep would do, without a database.
sample 2
bigdata interpreter_cost --directory data --dry-run
