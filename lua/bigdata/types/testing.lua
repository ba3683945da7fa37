---@meta bigdata.testing
-- luacheck: ignore 212 241

local testing = {}

---@class bigdata.StatementOptions
---@field answers? table<string, any> what statements find, by their text, a part, or a pattern
---@field flags? table<string, any>
---@field loop? "c"|"lua"
---@field state? table

---A statement, [1], and its parameters as text.
---@class bigdata.Statement
---@field [integer] string
---@field n integer number of parameters

---A connection to look at the tables.
---@class bigdata.Connection
local Connection = {}

---@param sql string
---@param ... bigdata.Value
---@return table<string, string>[] rows
function Connection:query(sql, ...) end

---Several statements, without parameters.
---@param sql string
---@return true
function Connection:execute(sql) end

---@class bigdata.StepResult
---@field name string
---@field records integer
---@field failed integer
---@field rows integer
---@field statements integer
---@field seconds number

---@class bigdata.Result
---@field ended "done"|"errors"|"failed"|"interrupted"
---@field steps bigdata.StepResult[]
---@field settings table<string, any>
---@field flags table<string, any>

---The statements that a record causes, without a database.
---@param scenario bigdata.Scenario|string
---@param step string
---@param record table<string, string|number|(string|number)[]>
---@param given? bigdata.StatementOptions
---@return bigdata.Statement[]
function testing.statements(scenario, step, record, given) end

---The first records of a source, or of a file whose first line names the fields.
---@param source bigdata.Source|string
---@param count? integer
---@return table<string, any>[]
function testing.records(source, count) end

---Run a scenario on a private server.
---@param scenario bigdata.Scenario|string
---@param given? table<string, any> options and flags, by key
---@return bigdata.Result? result
---@return bigdata.Connection|string connection or what went wrong
function testing.run(scenario, given) end

return testing
