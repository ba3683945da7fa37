-- cli/command.lua - what the commands with options of their own have in common.

local arguments = require "bigdata.cli.arguments"

local command = {}

-- A command: definition { name=, usage=, description=, epilog=, options=groups, words=how many
-- words it takes (none) }. The caller adds act(values, words, out) -> exit status.
function command.new(definition)
  local self = { definition = definition }

  function self.help()
    return arguments.help(definition, definition.options)
  end

  function self.run(args, out)
    local values, words, info = arguments.parse(args, definition.options)
    local hint = { hint = ("bigdata help %s shows how to use it"):format(definition.name) }
    if not values then
      if (info.hint or "") == "" then info.hint = hint.hint end
      return out:problem(words, info)
    end
    if values.help then
      out:result(self.help() .. "\n")
      return 0
    end
    if #words > (definition.words or 0) then
      local unexpected = words[(definition.words or 0) + 1]
      return out:problem(("%s: unexpected word %s"):format(definition.name, unexpected), hint)
    end
    return self.act(values, words, out)
  end

  return self
end

return command
