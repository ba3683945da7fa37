# The scenario's file and line are named.
cat >broken.lua <<'LUA'
local bigdata = require "bigdata"

local scenario = = bigdata.scenario {}
LUA
bigdata broken.lua
