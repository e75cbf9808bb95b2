import { Command } from "effect/cli"
import { audit } from "./look/audit.ts"
import { budget } from "./look/budget.ts"
import { deadLetters, stats } from "./look/stats.ts"
import { invitations } from "./look/invitations.ts"
import { search } from "./look/search.ts"
import { webhooks } from "./look/webhooks.ts"
import { why } from "./look/why.ts"
import { cancel } from "./operate/cancel.ts"
import { sources, spots } from "./operate/control.ts"
import { exportPeople } from "./operate/exportPeople.ts"
import { forget } from "./operate/forget.ts"
import { importPeople } from "./operate/import.ts"
import { invite } from "./operate/invite.ts"
import { jobs } from "./operate/jobs.ts"
import { lives } from "./operate/lives.ts"
import { purge } from "./operate/purge.ts"
import { quarantine } from "./operate/quarantine.ts"
import { reload } from "./operate/reload.ts"
import { replay } from "./operate/replay.ts"
import { tokens } from "./operate/tokens.ts"
import { backup } from "./run/backup.ts"
import { check } from "./run/check.ts"
import { compact } from "./run/compact.ts"
import { config } from "./run/config.ts"
import { migrate } from "./run/migrate.ts"
import { serve } from "./run/serve.ts"
import { exitCodesText } from "./support/exitCodes.ts"
import { alerts } from "./try/alerts.ts"
import { demo } from "./try/demo.ts"
import { mapping } from "./try/mapping.ts"
import { selftest } from "./try/selftest.ts"
import { send } from "./try/send.ts"
import { senders } from "./try/senders.ts"
import { verify } from "./try/verify.ts"

const purpose = "Turns webhooks into invitations to MeltingSpot Lives"

export const usher = Command.make("usher").pipe(
  Command.withDescription(`${purpose}\n\n  ${exitCodesText}`),
  Command.withShortDescription(purpose),
  Command.withSubcommands([
    { group: "Run", commands: [serve, check, config, migrate, backup, compact, demo] },
    { group: "Look", commands: [why, search, webhooks, invitations, stats, budget, deadLetters, audit] },
    {
      group: "Operate",
      commands: [
        reload,
        replay,
        cancel,
        jobs,
        importPeople,
        exportPeople,
        sources,
        spots,
        lives,
        quarantine,
        purge,
        forget,
        tokens
      ]
    },
    { group: "Try", commands: [senders, send, verify, mapping, invite, selftest, alerts] }
  ])
)
