# Without a scenario there is nothing to do: the usage, on standard error.
bigdata
