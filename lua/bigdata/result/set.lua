-- result/set.lua - what files and folders of results hold, as trials with their runs: what compare
-- and report work on.

local failure = require "bigdata.failure"
local lfs = require "lfs"
local result_file = require "bigdata.result.file"
local sweep = require "bigdata.sweep"
local sweep_file = require "bigdata.sweep.file"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local result_set = {}

-- The files that a path stands for: itself, or those of a folder that end in .json, in order.
local function files_of(path)
  if lfs.attributes(path, "mode") ~= "directory" then return { path } end
  local files = {}
  for entry in lfs.dir(path) do
    if entry:find("^[^.].*%.json$") then files[#files + 1] = path .. "/" .. entry end
  end
  table.sort(files)
  if #files == 0 then
    failure.raise(("%s holds no results"):format(path), "results are files that end in .json")
  end
  return files
end

-- A set of one run, which is its only trial.
local function of_run(run)
  local shown = tables.copy(sweep.meaning(run.settings), run.flags)
  return {
    name = run.scenario, summary = run.summary, scenario = run.scenario, names = {},
    steps = tables.names(run.steps), repeats = 1, seed = 1, server = run.server, missing = {},
    ended = run.ended,
    trials = { { label = run.scenario, shown = shown, runs = { run } } },
  }
end

-- The set in one document, as result/file.lua writes it.
function result_set.of_document(document)
  return sweep_file.read(document) or of_run((document.results or { document })[1])
end

-- The names of the settings and flags in which sets of one run differ. What has no meaning for one
-- of them is no difference.
local function differences(sets)
  local first, names = {}, {}
  for _, set in ipairs(sets) do
    for name, value in pairs(set.trials[1].shown) do
      if first[name] == nil then first[name] = value end
      if value ~= first[name] then names[name] = true end
    end
  end
  return text.keys(names)
end

-- Call the trials of sets of one run by what they differ in.
local function name_trials(sets)
  local names = differences(sets)
  for _, set in ipairs(#names > 0 and sets or {}) do
    local item = set.trials[1]
    set.names, item.label = names, sweep.label(names, item.shown)
  end
end

local function trial_of(set, label)
  for _, item in ipairs(set.trials) do
    if item.label == label then return item end
  end
end

-- Add what another file of the same folder holds.
local function merge(set, other, path)
  if set.scenario ~= other.scenario then
    failure.raise(("%s is of scenario %s, and files beside it are of %s"):format(path,
      other.scenario, set.scenario), "put results of one scenario into one folder")
  end
  for _, item in ipairs(other.trials) do
    local own = trial_of(set, item.label)
    if own then
      tables.append(own.runs, item.runs)
    else
      set.trials[#set.trials + 1] = item
    end
  end
  if #other.steps > #set.steps then set.steps = other.steps end
end

-- Of several files, runs are no longer told apart by their rounds.
local function without_rounds(set)
  for _, item in ipairs(set.trials) do
    set.repeats = math.max(set.repeats, #item.runs)
    for n, run in ipairs(item.runs) do run.round = n end
  end
end

local function load(path)
  local files, sets, runs = files_of(path), {}, {}
  for i, file in ipairs(files) do
    local _, document = failure.check(result_file.load(file))
    sets[i] = result_set.of_document(document)
    if not document.trials then runs[#runs + 1] = sets[i] end
  end
  name_trials(runs)
  local set = sets[1]
  for i = 2, #sets do merge(set, sets[i], files[i]) end
  if #sets > 1 then without_rounds(set) end
  set.path = path
  return set
end

-- The files that a path stands for; or nil, message, info.
function result_set.files(path)
  return failure.protect(files_of, path)
end

-- The sweep, or the runs, in a file or a folder, in the form that sweep_run.run gives: as
-- sweep_file.read; or nil, message, info.
function result_set.load(path)
  return failure.protect(load, path)
end

return result_set
