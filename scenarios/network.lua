-- scenarios/network.lua
-- Where does waiting by events overtake waiting by threads, if it does? The same rows to the server
-- itself (0), and over round trips that a proxy on loopback makes 0.5 to 10 milliseconds longer.
local bigdata = require "bigdata"

return bigdata.sweep {
  scenario = "row_by_row",
  summary = "row by row over longer and longer round trips, under either engine",
  vary = { delay = { 0, 0.5, 1, 2, 5, 10 }, engine = { "threads", "poll" } },
  settings = { poolsize = 50 },
  repeats = 3,
}
