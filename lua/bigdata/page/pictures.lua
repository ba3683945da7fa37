-- page/pictures.lua - the pictures of a result, each with the table behind it. Pure. A picture is
-- { title=, about=, html=, legend= as of plot.legend or nil, direct= whether the names stand in the
-- picture too, rows= of the table, numbers= its columns of numbers }.

local figures = require "bigdata.result.figures"
local latencies = require "bigdata.page.latencies"
local rates = require "bigdata.page.rates"
local shares = require "bigdata.page.shares"
local waits = require "bigdata.page.waits"

local pictures = {}

-- All pictures of a result, in the page's order.
function pictures.of(result)
  local list = {}
  for _, picture in ipairs {
    rates.picture(result, figures.RATE, "higher is better") or false,
    rates.picture(result, figures.CPU, "the client's processor time for a row, lower is better")
      or false,
    latencies.over(result) or false,
    latencies.distributions(result) or false,
    shares.picture(result) or false,
    waits.picture(result) or false,
    waits.over_time(result) or false,
  } do
    if picture then list[#list + 1] = picture end
  end
  return list
end

return pictures
