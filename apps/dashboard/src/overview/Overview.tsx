import { useState, type ReactNode } from "react"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { capped, count, plural } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { Shown } from "../parts/Shown.tsx"
import { Age, Ago } from "../parts/time.tsx"
import { LazyPart, LazyTraffic } from "../shell/LazyScreens.tsx"
import { Attention } from "./Attention.tsx"
import { Budgets } from "./Budgets.tsx"
import { SourceTable } from "./SourceTable.tsx"

export const Overview = () => (
  <Page title="Overview">
    <Attention />
    <Start />
    <Figures />
    <LazyTraffic />
    <Section title="Budget">
      <Budgets />
    </Section>
    <Section title="Sources" aside={<a href="#/sources">View all sources</a>}>
      <SourceTable />
    </Section>
  </Page>
)

/** Stays until somebody leaves the screen, so that it shows the first webhook. */
const Start = () => {
  const sources = useApi(["sources"], api.sources.list())
  const [isFirst, setFirst] = useState(false)
  const isUnused = sources.data?.every(({ lastReceivedAt }) => lastReceivedAt === null) ?? false
  if (isUnused && !isFirst) setFirst(true)
  const { data } = sources
  return (
    isFirst && data !== undefined && <LazyPart>{({ FirstSteps }) => <FirstSteps sources={data} />}</LazyPart>
  )
}

const Figures = () => {
  const stats = useApi(["stats", "now"], api.stats.now(), { everyMs: 30_000 })
  return (
    <Shown query={stats} waiting="figures">
      {({ lastDay, oldestDue, oldestReceived, ...now }) => (
        <dl className="figures">
          <Figure name="Received" value={count(lastDay.accepted)} href="#/webhooks">
            webhooks in 24 h{lastDay.duplicates > 0 && `, plus ${plural(lastDay.duplicates, "duplicate")}`}
          </Figure>
          <Figure name="Sent" value={count(lastDay.invited + lastDay.already_invited)} href="#/invitations">
            invitations in 24 h
          </Figure>
          <Figure
            name="Pending"
            value={capped(now.waitingInvitations + now.waitingWebhooks)}
            href="#/invitations?status=pending,sending"
          >
            {oldestDue ? (
              <>
                oldest due for <Age since={oldestDue} />
              </>
            ) : oldestReceived ? (
              <>
                oldest webhook received <Ago at={oldestReceived} />
              </>
            ) : (
              "none overdue"
            )}
          </Figure>
          <Figure name="Dead letters" value={capped(now.deadLetters)} href="#/dead-letters" isFailure>
            rejected or exhausted
          </Figure>
          <Figure
            name="Failed mappings"
            value={capped(now.unmappable)}
            href="#/webhooks?status=unmappable"
            isFailure
          >
            unmappable webhooks
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
