---@meta bigdata.source
-- luacheck: ignore 212 241

local source = {}

---@alias bigdata.File string|{path: string, member: string?}
---@alias bigdata.Files bigdata.File|bigdata.File[]

---@class bigdata.DelimitedSettings
---@field files bigdata.Files
---@field delimiter? string one character (",")
---@field fields string[] names
---@field rest? string name of the list that takes the further fields
---@field rest_min? integer
---@field rest_max? integer
---@field numbers_from? integer place, from 1, of the first field that must be a number

---Lines of delimited text, without quoting.
---@param settings bigdata.DelimitedSettings
---@return bigdata.Source
function source.delimited(settings) end

---@class bigdata.FixedSettings
---@field files bigdata.Files
---@field line_bytes integer
---@field columns {name: string, start: integer, length: integer}[]

---Lines of fixed width, whose fields are found by their places.
---@param settings bigdata.FixedSettings
---@return bigdata.Source
function source.fixed(settings) end

---The whole numbers from 1, each as a record of one field.
---@param settings {count: integer, field: string?}
---@return bigdata.Source
function source.count(settings) end

---@class bigdata.DrawnColumn
---@field name string
---@field kind "sequence"|"uniform"|"zipfian"|"gaussian"|"text"
---@field low? integer
---@field high? integer
---@field length? integer
---@field exponent? number

---Records of values by chance, the same ones for the same seed.
---@param settings {count: integer, seed: integer?, columns: bigdata.DrawnColumn[]}
---@return bigdata.Source
function source.random(settings) end

return source
