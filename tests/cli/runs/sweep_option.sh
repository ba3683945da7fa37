# An option that the sweep sets for each trial would mean nothing.
bigdata interpreter_cost --engine poll
