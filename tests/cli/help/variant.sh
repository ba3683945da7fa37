# A variant's help shows its own summary and its own defaults.
bigdata help row_by_row_threaded
