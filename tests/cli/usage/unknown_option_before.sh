# The same in front of the scenario, where its value could be taken for one.
bigdata --limitt 3 row_by_row
