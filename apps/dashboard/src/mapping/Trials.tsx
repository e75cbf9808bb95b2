import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import type { Mapping as Wire } from "@usher/admin"
import { Ago } from "../parts/time.tsx"
import { Raw } from "../parts/Raw.tsx"

const verdicts = {
  same: { tone: "none", word: "Same" },
  differs: { tone: "info", word: "Differs" },
  fails: { tone: "bad", word: "Fails" }
}

export const Trials = ({ trials }: { readonly trials: ReadonlyArray<Wire.Trial> }) => (
  <div className="table-frame">
    <Table aria-label="Webhooks, and what would become of them" className="table">
      <TableHeader>
        <Column isRowHeader>Webhook</Column>
        <Column>Verdict</Column>
        <Column>Now</Column>
        <Column className="column-wide">With this</Column>
      </TableHeader>
      <TableBody>
        {trials.map((trial) => (
          <Row key={trial.webhookId} id={trial.webhookId} href={`/webhooks/${trial.webhookId}`}>
            <Cell>
              <Ago at={trial.receivedAt} />
            </Cell>
            <Cell>
              <span className={`status tone-${verdicts[trial.verdict].tone}`}>
                {verdicts[trial.verdict].word}
              </span>
            </Cell>
            <Cell>
              <bdi>{trial.before}</bdi>
            </Cell>
            <Cell>
              {trial.verdict === "same" ? null : <bdi>{trial.after}</bdi>}
              {trial.reason === null ? null : (
                <p className="field-error">
                  <Raw text={trial.reason} />
                </p>
              )}
              <ul className="changes">
                {trial.appears.map(({ member, liveId }) => (
                  <li key={`${member} ${liveId}`} className="appears">
                    <Raw text={member} /> <span className="muted">to</span>{" "}
                    <Raw className="mono" text={liveId} />
                  </li>
                ))}
                {trial.disappears.map(({ member, liveId }) => (
                  <li key={`${member} ${liveId}`} className="disappears">
                    <Raw text={member} /> <span className="muted">to</span>{" "}
                    <Raw className="mono" text={liveId} />
                  </li>
                ))}
              </ul>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  </div>
)
