-- page/glossary.lua - what the words on the page mean: a list of { word, meaning }.

return {
  { "trial", "one measured run of the scenario under fixed settings; trials took turns, so that "
    .. "what changed with time falls on all of them alike" },
  { "connections, poolsize", "how many connections to the server were used, each with one worker" },
  { "threads, poll", "the engines: a thread for each connection that waits for its answers, or "
    .. "event loops over many connections" },
  { "rows/s, records/s", "rows that the server acknowledged, or records, where a step writes no "
    .. "rows, or the trials not equally many for a record, divided by wall time; the clock starts "
    .. "after connecting and preparing" },
  { "CPU us/row, us/record", "processor time of the client program for one of them, in "
    .. "microseconds" },
  { "line, bar", "the median of a trial's runs" },
  { "band, whisker", "where the true value lies 95 times of 100, by how much the runs differ "
    .. "(Student's distribution of their logarithms); with fewer than three runs, from the lowest "
    .. "to the highest of them; cut off where it would leave the picture" },
  { "dashed line", "the Universal Scalability Law fitted to all runs: \u{03bb} (lambda) is what "
    .. "one connection achieves, \u{03c3} (sigma) the share of the work that only one can do at "
    .. "a time, \u{03ba} (kappa) what every pair costs to keep in agreement; off by: how far the "
    .. "runs are from it, on average" },
  { "ratio", "to the trial that it is compared with, by geometric means; 95 of 100 intervals made "
    .. "this way hold the true one" },
  { "could show", "the smallest difference that these runs would have shown" },
  { "faster, slower, cheaper, dearer", "the whole interval is on one side of 1, by more than 1 %" },
  { "no measurable difference", "it is not, and a difference of 15 % or less would have shown" },
  { "too few runs to tell", "fewer than three runs, or they differ so much that a difference of "
    .. "15 % would not have shown" },
  { "source, client, send, server, turn", "what the workers' time went by in: no record to work "
    .. "on; our code; a socket that takes no more; waiting for the answer; the answer is there, "
    .. "but the thread, the loop or the interpreter is not" },
  { "latency, unit", "how long a unit took, a record or the records committed together, from when "
    .. "it was there until it was stored" },
  { "computing, idle", "the server's processes for our connections work, or wait for the client" },
  { "IO, LWLock, Lock, ...", "what else they waited for, by the names of pg_stat_activity: "
    .. "WALSync (or WalSync) and WALWrite are the write-ahead log, Lock is another transaction" },
}
