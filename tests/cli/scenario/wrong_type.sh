cat >types.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = 42 }
return scenario
LUA
bigdata types.lua
