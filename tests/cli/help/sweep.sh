# A sweep takes the options and the flags of the scenario that it runs.
bigdata help interpreter_cost
