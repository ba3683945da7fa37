# The server takes 40 connections: the run does not start, and the way out is named.
database
sample 5
row_by_row --poolsize 100
