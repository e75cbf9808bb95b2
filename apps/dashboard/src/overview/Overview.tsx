import type { ReactNode } from "react"
import { Stats } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { count, upTo } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { Shown } from "../parts/Shown.tsx"
import { Age } from "../parts/time.tsx"
import { Attention } from "./Attention.tsx"
import { Budgets } from "./Budgets.tsx"
import { SourceTable } from "./SourceTable.tsx"
import { Traffic } from "./Traffic.tsx"

export const Overview = () => (
  <Page title="Overview">
    <Attention />
    <Figures />
    <Traffic />
    <Section title="Budget">
      <Budgets />
    </Section>
    <Section title="Sources" aside={<a href="#/sources">All about sources</a>}>
      <SourceTable />
    </Section>
  </Page>
)

const Figures = () => {
  const stats = useApi(["stats", "now"], api.stats.now(), { everyMs: 30_000 })
  return (
    <Shown query={stats} waiting="figures">
      {({
        lastDay,
        waitingInvitations,
        waitingWebhooks,
        deadLetters,
        oldestDue,
        oldestReceived,
        unmappable
      }) => (
        <dl className="figures">
          <Figure name="Came in" value={count(lastDay.accepted)} href="#/webhooks">
            webhooks in 24 h{lastDay.duplicates > 0 && `, and ${count(lastDay.duplicates)} twice`}
          </Figure>
          <Figure
            name="Went out"
            value={count(lastDay.invited + lastDay.already_invited)}
            href="#/invitations"
          >
            invitations in 24 h
          </Figure>
          <Figure
            name="Waiting"
            value={upTo(waitingInvitations + waitingWebhooks, Stats.maxCounted)}
            href="#/invitations?status=pending,sending"
          >
            {oldestDue !== null ? (
              <>
                the oldest is due since <Age since={oldestDue} />
              </>
            ) : oldestReceived !== null ? (
              <>
                the oldest came <Age since={oldestReceived} /> ago
              </>
            ) : waitingInvitations > 0 ? (
              "for their time, none is late"
            ) : (
              "nothing is late"
            )}
          </Figure>
          <Figure
            name="Dead letters"
            value={upTo(deadLetters, Stats.maxCounted)}
            href="#/dead-letters"
            isBad={deadLetters > 0}
          >
            rejected or exhausted
          </Figure>
          <Figure
            name="Unmappable"
            value={upTo(unmappable, Stats.maxCounted)}
            href="#/webhooks?status=unmappable"
            isBad={unmappable > 0}
          >
            webhooks that no mapping fits
          </Figure>
        </dl>
      )}
    </Shown>
  )
}

interface FigureProps {
  readonly name: string
  readonly value: string
  readonly href: string
  readonly isBad?: boolean
  readonly children: ReactNode
}

const Figure = ({ name, value, href, isBad = false, children }: FigureProps) => (
  <div className="figure">
    <dt>
      <a href={href}>{name}</a>
    </dt>
    <dd className={`figure-value ${isBad ? "bad" : ""}`}>{value}</dd>
    <dd className="figure-note">{children}</dd>
  </div>
)
