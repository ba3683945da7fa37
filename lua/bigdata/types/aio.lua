---@meta bigdata.aio
-- luacheck: ignore 212 241

local aio = {}

---What can be awaited.
---@class bigdata.Awaitable

---The db of a function made by aio.step: its calls give what can be awaited.
---@class bigdata.AsyncDb
local AsyncDb = {}

---@param sql string
---@param ... bigdata.Value
---@return bigdata.Awaitable touched
function AsyncDb:exec(sql, ...) end

---@param sql string
---@param ... bigdata.Value
---@return bigdata.Awaitable row
function AsyncDb:one(sql, ...) end

---@param sql string
---@param ... bigdata.Value
---@return bigdata.Awaitable rows
function AsyncDb:all(sql, ...) end

---@param ... any[]
---@return fun(): any, any, any
function AsyncDb:zip(...) end

---Make a function async: calling it gives an awaitable, and runs nothing yet.
---@param f function
---@return fun(...: any): bigdata.Awaitable
function aio.async(f) end

---Wait for an awaitable.
---@param awaitable bigdata.Awaitable
---@return any ... its results
function aio.await(awaitable) end

---Begin an async call as a task of its own.
---@param call bigdata.Awaitable
---@return bigdata.Awaitable
function aio.create_task(call) end

---Wait for several awaitables at once; statements among them are sent in one pipeline.
---@param ... bigdata.Awaitable
---@return bigdata.Awaitable list of their first results
function aio.gather(...) end

---Make a step's function, its run, from an async one.
---@param f fun(db: bigdata.AsyncDb, row: bigdata.Row, state: table)
---@return bigdata.StepFunction
function aio.step(f) end

return aio
