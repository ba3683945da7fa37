# A number that is free is none for a file of ours, to which the results would go.
bigdata list <&- >&-
