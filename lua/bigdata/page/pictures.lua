-- page/pictures.lua - the pictures of a result, each with the table behind it. Pure. A picture is
-- { title=, about=, html=, legend= as of plot.legend or nil, direct= whether the names stand in the
-- picture too, rows= of the table, numbers= its columns of numbers }.

local figures = require "bigdata.result.figures"
local latencies = require "bigdata.page.latencies"
local rates = require "bigdata.page.rates"
local shares = require "bigdata.page.shares"
local waits = require "bigdata.page.waits"

local pictures = {}

-- The list without what is false.
local function those_of(list)
  local found = {}
  for _, picture in ipairs(list) do
    if picture then found[#found + 1] = picture end
  end
  return found
end

-- How many rows, and what they cost.
function pictures.of_rates(result)
  local cost = figures.words(figures.main_step(result),
    "the client's processor time for a row, lower is better")
  return those_of {
    rates.picture(result, figures.RATE, "higher is better") or false,
    rates.picture(result, figures.CPU, cost) or false,
  }
end

-- How long it took.
function pictures.of_latencies(result)
  return those_of { latencies.over(result) or false, latencies.distributions(result) or false }
end

-- Where the time went.
function pictures.of_time(result)
  return those_of {
    shares.picture(result) or false, waits.picture(result) or false,
    waits.over_time(result) or false,
  }
end

return pictures
