-- tests/bench/crowd.lua
-- Statements that wait the longer the more connections there are, as the Universal Scalability Law
-- has it, with its peak near 25 connections and little to do for anybody: what a search for the
-- best pool has to find is known, on any machine.
local bigdata = require "bigdata"

-- Around 5 ms with one connection; by chance half as much to half as much again, so that the
-- connections do not march in step.
local WAIT = [[
  select pg_sleep((0.5 + random()) * 0.005
    * (1 + 0.03 * (connections - 1) + 0.0015 * connections * (connections - 1)))
  from (
    select numbackends as connections from pg_stat_database where datname = current_database()
  ) as crowd]]

local scenario = bigdata.scenario {
  summary = "wait, the longer the more connections there are",
}

scenario:step "wait" {
  source = function() return bigdata.source.count { count = 1000000000 } end,
  each = function(db) db:one(WAIT) end,
}

return scenario
