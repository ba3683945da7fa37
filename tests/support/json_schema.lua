-- json_schema.lua - checks a value against a JSON Schema: the keywords that docs/result.schema.json
-- uses, and an error for any other. Patterns must be such that Lua understands them as well.

local schema_check = {}

local function is_list(value)
  return #value > 0 or (getmetatable(value) or {}).__jsontype == "array"
end

local TYPES = {
  object = function(value) return type(value) == "table" and not is_list(value) end,
  array = function(value) return type(value) == "table" and is_list(value) end,
  string = function(value) return type(value) == "string" end,
  boolean = function(value) return type(value) == "boolean" end,
  number = function(value) return type(value) == "number" end,
  integer = function(value) return type(value) == "number" and math.tointeger(value) ~= nil end,
}

local check -- (schema, value, where, context): adds to context.problems

local function note(context, where, ...)
  context.problems[#context.problems + 1] = where .. ": " .. string.format(...)
end

local function problems_of(schema, value, context)
  local inner = { root = context.root, problems = {} }
  check(schema, value, "", inner)
  return inner.problems
end

local KEYWORDS = {}

function KEYWORDS.type(wanted, value, where, context)
  if not TYPES[wanted](value) then note(context, where, "%s is no %s", tostring(value), wanted) end
end

KEYWORDS["const"] = function(wanted, value, where, context)
  if value ~= wanted then note(context, where, "%s is not %s", tostring(value), wanted) end
end

KEYWORDS["enum"] = function(wanted, value, where, context)
  for _, one in ipairs(wanted) do
    if one == value then return end
  end
  note(context, where, "%s is none of %s", tostring(value), table.concat(wanted, ", "))
end

function KEYWORDS.minimum(least, value, where, context)
  if value < least then note(context, where, "%s is below %s", value, least) end
end

function KEYWORDS.exclusiveMinimum(least, value, where, context)
  if value <= least then note(context, where, "%s is not above %s", value, least) end
end

function KEYWORDS.maximum(most, value, where, context)
  if value > most then note(context, where, "%s is above %s", value, most) end
end

function KEYWORDS.pattern(pattern, value, where, context)
  if not value:find(pattern) then note(context, where, "%s does not match", value) end
end

function KEYWORDS.required(names, value, where, context)
  for _, name in ipairs(names) do
    if value[name] == nil then note(context, where, "%s is missing", name) end
  end
end

function KEYWORDS.properties(properties, value, where, context)
  for name, schema in pairs(properties) do
    if value[name] ~= nil then check(schema, value[name], where .. "." .. name, context) end
  end
end

function KEYWORDS.additionalProperties(schema, value, where, context, whole)
  for name, element in pairs(value) do
    if not (whole.properties or {})[name] then
      if schema == false then
        note(context, where, "%s is not in the schema", name)
      else
        check(schema, element, where .. "." .. name, context)
      end
    end
  end
end

function KEYWORDS.items(schema, value, where, context)
  for i, element in ipairs(value) do
    check(schema, element, ("%s[%d]"):format(where, i), context)
  end
end

function KEYWORDS.maxItems(most, value, where, context)
  if #value > most then note(context, where, "%d are more than %d", #value, most) end
end

KEYWORDS["$ref"] = function(reference, value, where, context)
  local name = reference:match("^#/%$defs/(.+)$")
  local schema = name and context.root["$defs"][name]
  if not schema then error("json_schema: there is no " .. reference) end
  check(schema, value, where, context)
end

KEYWORDS["if"] = function(condition, value, where, context, whole)
  local holds = #problems_of(condition, value, context) == 0
  local branch = whole[holds and "then" or "else"]
  if branch then check(branch, value, where, context) end
end

local IGNORED = {
  ["$schema"] = true, ["$id"] = true, ["$defs"] = true, title = true, description = true,
  ["then"] = true, ["else"] = true,
}

function check(schema, value, where, context)
  local before = #context.problems
  if schema.type then KEYWORDS.type(schema.type, value, where, context) end
  if #context.problems > before then return end -- the other keywords want that type
  for keyword, argument in pairs(schema) do
    if not KEYWORDS[keyword] and not IGNORED[keyword] then
      error("json_schema: the keyword " .. keyword .. " is not known")
    end
    if keyword ~= "type" and not IGNORED[keyword] then
      KEYWORDS[keyword](argument, value, where, context, schema)
    end
  end
end

-- What is wrong with the value: a list of texts, empty if nothing is.
function schema_check.problems(schema, value)
  local context = { root = schema, problems = {} }
  check(schema, value, "", context)
  table.sort(context.problems)
  return context.problems
end

return schema_check
