-- census/names.lua - invented names of places, such as Alderford. A few have letters beyond ASCII,
-- in Latin-1 as the files are.

local names = {}

local BEGINS = {
  "Alder", "Amber", "Ash", "Barley", "Birch", "Bramble", "Bright", "Cedar", "Chestnut", "Clear",
  "Clover", "Copper", "Crane", "Dove", "Elder", "Fair", "Fern", "Finch", "Fox", "Glen", "Gold",
  "Granite", "Hare", "Hazel", "Heron", "Holly", "Iron", "Juniper", "Lark", "Linden", "Maple",
  "Marsh", "Mill", "Moss", "Oak", "Otter", "Pebble", "Quail", "Reed", "Rowan", "Rush", "Silver",
  "Sorrel", "Stone", "Swift", "Thistle", "Timber", "Willow", "Winter", "Wren",
}

local ENDS = {
  "bank", "bridge", "brook", "bury", "cliff", "combe", "cross", "dale", "field", "ford", "gate",
  "ham", "haven", "hill", "holm", "hurst", "land", "ley", "mead", "mere", "mont", "mouth", "port",
  "ridge", "side", "stead", "ton", "vale", "view", "ville", "wick", "wood",
}

local BEYOND_ASCII = { "Ca\xF1ada Verde", "Do\xF1a Elvira", "Pe\xF1a Blanca", "Pi\xF1on Alto" }

local function any(list)
  return list[math.random(#list)]
end

--- A name, from math.random.
function names.invent()
  if math.random(60) == 1 then
    return any(BEYOND_ASCII)
  end
  return any(BEGINS) .. any(ENDS)
end

return names
