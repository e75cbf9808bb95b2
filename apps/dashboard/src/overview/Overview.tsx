import type { ReactNode } from "react"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { count, capped } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { Shown } from "../parts/Shown.tsx"
import { Age, Ago } from "../parts/time.tsx"
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
      {({ lastDay, oldestDue, oldestReceived, ...now }) => (
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
            value={capped(now.waitingInvitations + now.waitingWebhooks)}
            href="#/invitations?status=pending,sending"
          >
            {oldestDue ? (
              <>
                the oldest is due since <Age since={oldestDue} />
              </>
            ) : oldestReceived ? (
              <>
                the oldest came <Ago at={oldestReceived} />
              </>
            ) : (
              "nothing is late"
            )}
          </Figure>
          <Figure name="Dead letters" value={capped(now.deadLetters)} href="#/dead-letters" isFailure>
            rejected or exhausted
          </Figure>
          <Figure
            name="Unmappable"
            value={capped(now.unmappable)}
            href="#/webhooks?status=unmappable"
            isFailure
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
  /** Red unless it is 0. */
  readonly isFailure?: boolean
  readonly children: ReactNode
}

const Figure = ({ name, value, href, isFailure = false, children }: FigureProps) => (
  <div className="figure">
    <dt>
      <a href={href}>{name}</a>
    </dt>
    <dd className={`figure-value ${isFailure && value !== "0" ? "bad" : ""}`}>{value}</dd>
    <dd className="figure-note">{children}</dd>
  </div>
)
