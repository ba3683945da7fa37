# With a scenario, its own flags are shown too, and its summary.
bigdata help row_by_row
