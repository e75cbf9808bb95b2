import { Command } from "effect/cli"
import { backup } from "./backup.ts"
import { check } from "./check.ts"
import { config } from "./config.ts"
import { demo } from "./demo.ts"
import { invite } from "./invite.ts"
import { mapping } from "./mapping.ts"
import { migrate } from "./migrate.ts"
import { selftest } from "./selftest.ts"
import { send } from "./send.ts"
import { serve } from "./serve.ts"
import { token } from "./token.ts"
import { verify } from "./verify.ts"

export const usher = Command.make("usher").pipe(
  Command.withDescription("Turns webhooks into invitations to MeltingSpot Lives"),
  Command.withSubcommands([
    serve,
    check,
    config,
    migrate,
    backup,
    token,
    mapping,
    send,
    verify,
    invite,
    demo,
    selftest
  ])
)
