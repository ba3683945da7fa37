-- statistics/random.lua - numbers by chance, the same ones for the same seed wherever the program
-- runs. Each generator is an object of its own, so that nobody's draws depend on what others drew
-- before.

local random = {}

local Generator = {}
Generator.__index = Generator

-- A generator; seed: any whole number.
function random.new(seed)
  return setmetatable({ state = seed }, Generator)
end

-- The next 64 bits: the state counts on by an odd step, and what comes out is the count, well
-- mixed (Steele, Lea and Flood: Fast splittable pseudorandom number generators, 2014).
local function next_bits(self)
  self.state = self.state + 0x9E3779B97F4A7C15
  local bits = self.state
  bits = (bits ~ (bits >> 30)) * 0xBF58476D1CE4E5B9
  bits = (bits ~ (bits >> 27)) * 0x94D049BB133111EB
  return bits ~ (bits >> 31)
end

-- A number from 0 up to, and without, 1.
function Generator:number()
  return (next_bits(self) >> 11) * 0x1p-53
end

-- A whole number from 1 to most.
function Generator:whole(most)
  return 1 + math.floor(self:number() * most)
end

-- Put a list into random order, in place; returns it.
function Generator:shuffle(list)
  for i = #list, 2, -1 do
    local j = self:whole(i)
    list[i], list[j] = list[j], list[i]
  end
  return list
end

return random
