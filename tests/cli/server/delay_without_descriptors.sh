# Where no descriptor is left for a client, the proxy waits for one, and does not spin.
database
export url
cat >full_spec.lua <<'LUA'
local core = require "bigdata.core"

it("a proxy waits until it can let a client in", function()
  local proxy <close> = assert(core.proxy { conninfo = os.getenv "url", delay = 0, clients = 1 })
  local through = proxy:conninfo()
  local files, file = {}, nil
  repeat
    file = io.open("/dev/null")
    files[#files + 1] = file
  until not file
  files[1]:close() -- the client's; there is none for the proxy
  local connection, message = core.connect(through .. " connect_timeout=1")
  for i = 2, #files do files[i]:close() end
  local user, system = proxy:used()
  assert.is_nil(connection)
  assert.is_truthy(message:find("no answer within 1 s", 1, true), message)
  assert.is_true(user + system < 0.2, user + system)
  local later <close> = assert(core.connect(through))
  assert.is_truthy(later)
end)
LUA
ulimit -n 100
bigdata test -o TAP full_spec.lua
