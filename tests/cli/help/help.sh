# The commands and the options, on standard output.
bigdata help
