---@meta bigdata

-- Annotations for editors (LuaCATS); never run. What things mean in full is in the modules
-- themselves, and on the pages that `make docs` makes.
-- luacheck: ignore 212 241

local bigdata = {}

---A value that can be a parameter of a statement; nil is NULL.
---@alias bigdata.Value string|number|boolean|nil

---A row that a statement has found: its columns by name.
---@alias bigdata.Found table<string, string|integer|number|boolean|nil>

---A record: its fields by name, all of them text; and a list of text, where the source has a rest.
---@class bigdata.Row
---@field [string] string|any

---@class bigdata.Db
local Db = {}

---Run a statement.
---@param sql string with parameters as $1, $2
---@param ... bigdata.Value
---@return integer touched the number of rows touched; not known in a plan
function Db:exec(sql, ...) end

---Run a statement that finds exactly one row; none, or several, fail the record.
---@param sql string with parameters as $1, $2
---@param ... bigdata.Value
---@return bigdata.Found
function Db:one(sql, ...) end

---Run a statement that finds any number of rows.
---@param sql string with parameters as $1, $2
---@param ... bigdata.Value
---@return bigdata.Found[]
function Db:all(sql, ...) end

---Run a statement that finds any number of rows, once per connection for each set of arguments.
---@param sql string with parameters as $1, $2
---@param ... bigdata.Value
---@return bigdata.Found[] rows not to be changed
function Db:cached(sql, ...) end

---Insert one row, or one for each element of the lists among the values; scalars repeat. The option
----insert says how rows are shipped.
---@param name string "table" or "schema.table"
---@param columns string[]
---@param ... bigdata.Value|bigdata.Value[] a value for each column
function Db:insert(name, columns, ...) end

---Send what f sends without waiting for each answer.
---@generic T
---@param f fun(): T?
---@return T? result what f returns
function Db:pipeline(f) end

---Begin a transaction, call f, and commit; roll back if it fails.
---@generic T
---@param f fun(): T?
---@return T? result what f returns
function Db:transaction(f) end

---Go through equally long lists together.
---@generic A, B
---@param a A[]
---@param b? B[]
---@param ... any[]
---@return fun(): A, B, any
function Db:zip(a, b, ...) end

---An error of the database, as pcall gives it.
---@class bigdata.Error
---@field message string
---@field sqlstate string
---@field sql string
---@field hint string

---What bigdata.source and the census modules give.
---@class bigdata.Source

---@class bigdata.FlagSettings
---@field type "string"|"integer"|"number"|"boolean"|"path"
---@field default any
---@field help? string
---@field choices? any[]

---@alias bigdata.StepFunction fun(db: bigdata.Db, row: bigdata.Row, state: table, opt: table)

---@class bigdata.StepSettings
---@field source fun(opt: table<string, any>, run: table<string, any>): bigdata.Source
---@field each? bigdata.StepFunction
---@field plan? bigdata.StepFunction instead of each, for the step compiled to a plan
---@field run? bigdata.StepFunction instead of each, for the loop in Lua

---@class bigdata.Scenario
local Scenario = {}

---Declare a flag of the scenario's own, an option of the command line.
---@param name string small letters, digits and _
---@return fun(settings: bigdata.FlagSettings)
function Scenario:flag(name) end

---Add a step; steps run in the order in which they are added.
---@param name string
---@return fun(settings: bigdata.StepSettings)
function Scenario:step(name) end

---Give a function that is called once, before the first step.
---@param f fun(db: bigdata.Db, opt: table<string, any>)
function Scenario:setup(f) end

---Give a function that is called once, after the last step.
---@param f fun(db: bigdata.Db, opt: table<string, any>)
function Scenario:teardown(f) end

---Give a function that is called on every connection before each step.
---@param f fun(db: bigdata.Db, opt: table<string, any>, state: table)
function Scenario:worker(f) end

---@class bigdata.ScenarioSettings
---@field summary string one line that says what the scenario does
---@field schema? "census"
---@field settings? table<string, any> other defaults for options of the run and for flags

---Begin a scenario.
---@param settings bigdata.ScenarioSettings
---@return bigdata.Scenario
function bigdata.scenario(settings) end

---@class bigdata.VariantSettings
---@field scenario string name or path of the other scenario
---@field summary string
---@field settings table<string, any> options of a run, and flags

---Make a scenario that stands on another one, under other settings.
---@param definition bigdata.VariantSettings
---@return table
function bigdata.variant(definition) end

---@class bigdata.SweepSettings
---@field scenario string name or path of the scenario to run
---@field summary? string
---@field vary? table<string, any[]|string> values for settings: every combination is a trial
---@field trials? table<string, any>[] settings, with name and scenario, or external programs
---@field repeats? integer
---@field settings? table<string, any>

---Make a sweep: a scenario that is run several times, under settings that vary.
---@param definition bigdata.SweepSettings
---@return table
function bigdata.sweep(definition) end

---@class bigdata.SearchSettings
---@field scenario string
---@field over "poolsize"|"jobs"
---@field from? integer
---@field to? integer
---@field within? number how near the best is near enough, as a share
---@field repeats? integer
---@field settings? table<string, any>
---@field summary? string

---Make a search for the smallest size that is nearly the best.
---@param definition bigdata.SearchSettings
---@return table
function bigdata.search(definition) end

---@class bigdata.ExternalSettings
---@field name string
---@field command string[]
---@field check? string[] a command that succeeds where all is installed
---@field needs? string what to install
---@field step? string
---@field timeout? number in seconds

---Make another program a trial of a sweep.
---@param definition bigdata.ExternalSettings
---@return table
function bigdata.external(definition) end

bigdata.source = require "bigdata.source"

return bigdata
