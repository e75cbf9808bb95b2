import { Command } from "effect/cli"
import { backup } from "./backup.ts"
import { config } from "./config.ts"
import { budget } from "./budget.ts"
import { check } from "./check.ts"
import { compact } from "./compact.ts"
import { lives, sources, spots } from "./control.ts"
import { demo } from "./demo.ts"
import { forget } from "./forget.ts"
import { importPeople } from "./import.ts"
import { audit } from "./audit.ts"
import { deadLetters, stats } from "./insight.ts"
import { invitations } from "./invitations.ts"
import { invite } from "./invite.ts"
import { mapping } from "./mapping.ts"
import { migrate } from "./migrate.ts"
import { selftest } from "./selftest.ts"
import { purge } from "./purge.ts"
import { quarantine } from "./quarantine.ts"
import { reload } from "./reload.ts"
import { replay } from "./replay.ts"
import { send } from "./send.ts"
import { serve } from "./serve.ts"
import { tokens } from "./tokens.ts"
import { verify } from "./verify.ts"
import { webhooks } from "./webhooks.ts"
import { why } from "./why.ts"

export const usher = Command.make("usher").pipe(
  Command.withDescription("Turns webhooks into invitations to MeltingSpot Lives"),
  Command.withSubcommands([
    { group: "Run", commands: [serve, check, config, migrate, backup, compact, demo] },
    { group: "Look", commands: [why, webhooks, invitations, stats, budget, deadLetters, audit] },
    {
      group: "Operate",
      commands: [reload, replay, importPeople, sources, spots, lives, quarantine, purge, forget, tokens]
    },
    { group: "Try", commands: [send, verify, mapping, invite, selftest] }
  ])
)
