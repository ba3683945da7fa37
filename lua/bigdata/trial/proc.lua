-- trial/proc.lua - what Linux says in /proc of the machine and of processes. What cannot be read is
-- nil.

local proc = {}

-- Ticks of a second in /proc: USER_HZ, which is the same on all machines that Linux runs on today.
local TICKS = 100

local function read(path)
  local file <close> = io.open(path, "r")
  return file and file:read("a")
end

-- The CPU time that all cores have spent since the machine was started, in seconds:
-- { busy=, idle=, cores= }. Waiting for a disk is idle, what the hypervisor took away is busy.
function proc.machine()
  local stat = read("/proc/stat")
  local line = stat and stat:match("^cpu +([%d ]+)\n")
  if not line then return nil end
  local ticks = {}
  for number in line:gmatch("%d+") do ticks[#ticks + 1] = tonumber(number) end
  local idle = ticks[4] + (ticks[5] or 0)
  local all = 0
  for i = 1, math.min(#ticks, 8) do all = all + ticks[i] end -- guests are counted in user and nice
  local _, cores = stat:gsub("\ncpu%d+ ", "")
  return { busy = (all - idle) / TICKS, idle = idle / TICKS, cores = cores }
end

-- The CPU seconds of a process's first thread (the server's processes have no other) by the
-- kernel's scheduler; nil where it does not count them.
local function scheduled(pid)
  local nanoseconds = (read(("/proc/%d/schedstat"):format(pid)) or ""):match("^[1-9]%d*")
  return nanoseconds and tonumber(nanoseconds) / 1e9
end

-- A process of one thread: { name=, cpu=, started= }, CPU seconds since it was started (to a tick
-- where the kernel does not count them finer), and when that was, in seconds since 1970.
function proc.process(pid)
  local stat = read(("/proc/%d/stat"):format(pid))
  local booted = (read("/proc/stat") or ""):match("\nbtime (%d+)")
  -- The name stands in brackets and may hold brackets itself.
  local name, fields = (stat or ""):match("^%d+ %((.*)%) (.*)$")
  if not (name and booted) then return nil end
  local values = {}
  for value in fields:gmatch("%S+") do values[#values + 1] = value end
  return {
    name = name,
    cpu = scheduled(pid) or (tonumber(values[12]) + tonumber(values[13])) / TICKS,
    started = tonumber(booted) + tonumber(values[20]) / TICKS,
  }
end

-- The processor's name.
function proc.processor()
  local info = read("/proc/cpuinfo")
  return info and (info:match("model name%s*:%s*([^\n]+)") or info:match("Model%s*:%s*([^\n]+)"))
end

-- Memory of the machine, in bytes.
function proc.memory_bytes()
  local kibibytes = (read("/proc/meminfo") or ""):match("MemTotal:%s*(%d+) kB")
  return kibibytes and tonumber(kibibytes) * 1024
end

-- The kernel's name and version.
function proc.kernel()
  local kind, release = read("/proc/sys/kernel/ostype"), read("/proc/sys/kernel/osrelease")
  return kind and release and (kind .. " " .. release):gsub("\n", "")
end

return proc
